// https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands#environment-files
import { randomUUID } from 'node:crypto'
import { appendFile, stat } from 'node:fs/promises'
import { Fail } from '../../errors.ts'
import { setValue } from '../context.ts'
import type { Publishing } from '../host.ts'

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

const addSummary: Publishing['addSummary'] = async ({ env }, summary) => {
  const file = setValue(env['GITHUB_STEP_SUMMARY'])
  if (file !== undefined) await appendFile(file, fitting(summary, summaryLimit - (await sizeOf(file))))
  return []
}

const setOutputs: Publishing['setOutputs'] = async ({ env }, outputs) => {
  const file = setValue(env['GITHUB_OUTPUT'])
  const text = Object.entries(outputs).map(assignment).join('')
  if (file === undefined || text === '') return []
  try {
    await appendFile(file, text)
  } catch (error) {
    const why = error instanceof Error ? error.message : 'unknown'
    throw new Fail('OUTPUTS_LOST', { what: 'GITHUB_OUTPUT', why }, { cause: error })
  }
  return []
}

export const publishing: Publishing = { takesOutputs: true, setOutputs, addSummary }
