import type { ArgsDef } from 'citty'
import type { Clock } from '../http/clock.ts'
import type { Emit } from '../report/events.ts'
import type { Redactor } from '../report/redact.ts'
import type { Values } from './args.ts'

/** Everything from outside that one invocation may use; tests pass their own. */
export interface World {
  env: Readonly<Record<string, string | undefined>>
  cwd: string
  clock: Clock
  fetch: typeof globalThis.fetch
  stdout: { write(text: string): unknown; isTTY?: boolean; columns?: number }
  stderr: { write(text: string): unknown; isTTY?: boolean; columns?: number }
  /** Asks a person; undefined when nobody is there. */
  ask?: (question: string) => Promise<string>
  /** Do something again and again in the background until the answer is called; absent where time is not real. */
  every?: (ms: number, work: () => void) => () => void
  /** Aborted, with a Fail INTERRUPTED as its reason, when the process is told to end. */
  stop: AbortSignal
}

/** One invocation of a script. */
export interface Run {
  name: string
  world: World
  values: Values
  vars: Readonly<Record<string, string>>
  /** Every value that a flag was given, in order: `values` has the last one. */
  lists: Readonly<Record<string, readonly string[]>>
  /** All words without a flag. */
  words: readonly string[]
  emit: Emit
  redactor: Redactor
}

/** One command of the command line, which is also a script of its own. */
export interface Script {
  name: string
  about: string
  args: ArgsDef
  /** Resolves to the exit code, 0 if it gives none. */
  run(run: Run): Promise<number | void>
}

export const defineScript = (script: Script): Script => script
