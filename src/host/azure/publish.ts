// https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands#uploadsummary-add-some-markdown-content-to-the-build-summary
import { randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setValue } from '../context.ts'
import { azure } from '../escape.ts'
import type { Publishing } from '../host.ts'

/**
 * The agent reads the file after this process has ended, and empties its own folder for temporary files after the job. The
 * name is the heading of the summary, and two of one name in one step are one.
 */
const writeSummary = async (folder: string, summary: string): Promise<string> => {
  const path = join(folder, `brickrail-${randomUUID().slice(0, 8)}.md`)
  await writeFile(path, summary, { flag: 'wx' })
  return path
}

const addSummary: Publishing['addSummary'] = async ({ env }, summary) => {
  const path = await writeSummary(setValue(env['AGENT_TEMPDIRECTORY']) ?? tmpdir(), summary)
  return [`##vso[task.uploadsummary]${azure(path)}`]
}

/** `isOutput`: also for later jobs, which name the step by its `name`. */
const setOutputs: Publishing['setOutputs'] = async (_tools, outputs) =>
  Object.entries(outputs).map(
    ([name, value]) => `##vso[task.setvariable variable=${azure(name)};isOutput=true]${azure(value)}`,
  )

export const publishing: Publishing = { takesOutputs: true, setOutputs, addSummary }
