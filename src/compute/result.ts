import { readFileSync } from 'node:fs'
import type { TaskResult } from './compute.ts'
import { tailOf } from './log-file.ts'
import { redactText } from './redact-stream.ts'
import type { RunFolder } from './run-folder.ts'

/** How the leader of a run's processes ended. */
export interface Exit {
  code: number | null
  signal: NodeJS.Signals | null
}

/** Exit code of the harness when it could not write the result, see outcome.py. */
const unwritten = 74

/** Bytes of log that stand for a trace when Python itself said nothing. */
const tail = 4096

const readResult = (path: string): TaskResult | undefined => {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as TaskResult
  } catch {
    return undefined
  }
}

/** The sentence about a process that left no result. */
export const sayExit = ({ code, signal }: Exit, lost?: string): string => {
  if (code === unwritten) return `the result of the run could not be written${lost ? `: ${lost}` : ''}`
  if (signal === 'SIGKILL')
    return 'the Python process ended with signal SIGKILL: somebody killed it, or it used too much memory'
  if (signal) return `the Python process ended with signal ${signal}`
  return `the Python process ended with exit code ${code} before the code was done`
}

/**
 * What a run came to, by the result that its harness wrote and by the way its process ended. A success counts only when
 * the process ended well, too.
 */
export const resultOf = (folder: RunFolder, exit: Exit, lost?: string): TaskResult => {
  const written = readResult(folder.result)
  if (written?.outcome === 'FAILED') return written
  if (written?.outcome === 'SUCCESS' && exit.code === 0) return written
  const { text } = tailOf(folder.log, tail)
  return { outcome: 'FAILED', error: sayExit(exit, lost), ...(text === '' ? {} : { trace: text }) }
}

/** With every secret replaced, as in the log. */
export const redactResult = (result: TaskResult, secrets: readonly string[]): TaskResult => {
  const clean = (text: string) => redactText(text, secrets)
  return {
    outcome: result.outcome,
    ...(result.error === undefined ? {} : { error: clean(result.error) }),
    ...(result.trace === undefined ? {} : { trace: clean(result.trace) }),
    ...(result.notebookResult === undefined
      ? {}
      : { notebookResult: { ...result.notebookResult, result: clean(result.notebookResult.result) } }),
  }
}
