import type { Databricks } from '../../client/databricks.ts'
import type { Emit } from '../../report/events.ts'
import type { RunOutput } from '../../wire/runs.ts'
import { addedTo, createLines } from './lines.ts'
import type { LogFile } from './log-file.ts'
import { outputOf } from './read.ts'
import { createLineScreen } from './screen.ts'
import type { SeenTask } from './state.ts'

/** What a task left behind: its error, its trace, and what its notebook gave back. */
export type Left = Pick<RunOutput, 'error' | 'error_trace' | 'notebook_output'> & {
  /** The trace is among what was printed. */
  traceShown?: boolean
}

/** A program that is not caught prints its trace itself; that of a notebook may only be told by the workspace. */
export const withShown = (output: Left, printed: string): Left => {
  const trace = output.error_trace?.trim()
  return trace && printed.includes(trace) ? { ...output, traceShown: true } : output
}

/** Follows what the tasks of a run print. */
export interface Outputs {
  /** What is new of a task that runs, as far as the workspace tells before the end. */
  read: (task: SeenTask) => Promise<void>
  /** The rest of a task that has ended. */
  finish: (task: SeenTask) => Promise<Left>
}

interface OutputOptions {
  client: Databricks
  emit: Emit
  file: LogFile
  /** Whether more than one task prints. */
  several: () => boolean
  /** Address of the run, for what is not shown here. */
  url: () => string | undefined
}

/** One attempt of one task. */
const createWatch = ({ client, emit, file, several, url }: OutputOptions, { key, id }: SeenTask) => {
  const name = several() ? key : ''
  const [screen, lines] = [createLineScreen(emit, name), createLines()]
  let known = ''
  let silent = false
  const take = async (fresh: readonly string[]): Promise<void> => {
    screen.show(fresh)
    await file.write(name === '' ? fresh : fresh.map((line) => `${name} | ${line}`))
  }
  const add = async (logs = ''): Promise<void> => {
    const fresh = addedTo(known, logs)
    known = logs
    await take(lines.add(fresh))
  }
  const read = async (): Promise<void> => {
    if (silent) return
    const output = await outputOf(client, id)
    // A workspace that refuses once does so until the task has ended.
    silent = output === undefined
    if (output?.logs) await add(output.logs)
  }
  const finish = async (): Promise<Left> => {
    const output = await outputOf(client, id)
    if (output?.logs_truncated && known === '') await take(['… (only the end is kept by the workspace)'])
    if (output?.logs) await add(output.logs)
    await take(lines.end())
    screen.end(`see ${file.path() ?? url() ?? 'the page of the run'}`)
    return withShown(output ?? {}, known)
  }
  return { read, finish }
}

export const createOutputs = (options: OutputOptions): Outputs => {
  const watches = new Map<string, ReturnType<typeof createWatch>>()
  const watchOf = (task: SeenTask) => {
    const known = watches.get(`${task.id}`)
    if (known) return known
    const made = createWatch(options, task)
    watches.set(`${task.id}`, made)
    return made
  }
  return {
    read: async (task) => await watchOf(task).read(),
    finish: async (task) => await watchOf(task).finish(),
  }
}
