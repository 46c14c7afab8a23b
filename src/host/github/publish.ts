// https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands#environment-files
import { randomUUID } from 'node:crypto'
import { appendFile, stat } from 'node:fs/promises'
import { setValue } from '../context.ts'
import type { Host } from '../host.ts'

/** Bytes of one step's summary, of all its commands together; of a larger one GitHub shows nothing. */
const summaryLimit = 1024 * 1024

const sizeOf = async (file: string): Promise<number> => {
  try {
    return (await stat(file)).size
  } catch {
    return 0
  }
}

const note = '_The details are left out: the summary of this step has no room left. The log has all of them._'

/** The summary, or its heading if the rest does not fit, or nothing. */
const fitting = (summary: string, room: number): string => {
  const [heading = ''] = summary.split('\n', 1)
  const texts = [`${summary.trimEnd()}\n\n`, `${heading}\n\n${note}\n\n`]
  return texts.find((text) => Buffer.byteLength(text) <= room) ?? ''
}

/** A delimiter that nobody can guess, so that no value ends early and sets others. */
const assignment = ([name, value]: readonly [string, string]): string => {
  const delimiter = `brickrail_${randomUUID()}`
  return `${name}<<${delimiter}\n${value}\n${delimiter}\n`
}

export const publish: Host['publish'] = async ({ env }, { summary, outputs }) => {
  const summaryFile = setValue(env['GITHUB_STEP_SUMMARY'])
  const outputFile = setValue(env['GITHUB_OUTPUT'])
  if (summaryFile !== undefined)
    await appendFile(summaryFile, fitting(summary, summaryLimit - (await sizeOf(summaryFile))))
  const text = Object.entries(outputs).map(assignment).join('')
  if (outputFile !== undefined && text !== '') await appendFile(outputFile, text)
  return []
}
