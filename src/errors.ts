import { codes, seeHelp } from './errors/codes.ts'
import { exitCodes, type Context, type Entry, type Exit } from './errors/entry.ts'
import { modelCodes } from './errors/model-codes.ts'

export { exitCodes, seeHelp }

/** One fault in a file that a user wrote. Line and column count from 1; 0 means the whole file. */
export interface Fault {
  file: string
  line: number
  column: number
  /** The name of the rule that was broken, e.g. `unknown-key`. */
  rule: string
  message: string
  /** What to do. */
  hint?: string
}

/** code -> what happened, what to do, exit code. Secrets never enter a context; the renderers redact all the same. */
const registry = { ...codes, ...modelCodes }

export type FailCode = keyof typeof registry

/** Every expected failure. The edge prints message and hint and ends with `exit`; nothing else ends the process. */
export class Fail extends Error {
  readonly code: FailCode
  readonly hint: string
  readonly exit: Exit
  readonly context: Context
  readonly faults: readonly Fault[]

  constructor(
    code: FailCode,
    context: Context = {},
    options: { cause?: unknown; faults?: readonly Fault[] } = {},
  ) {
    const entry: Entry = registry[code]
    super(entry.say(context), options.cause === undefined ? {} : { cause: options.cause })
    this.name = 'Fail'
    this.code = code
    this.exit = entry.exit
    this.hint = entry.hint(context)
    this.context = context
    this.faults = options.faults ?? []
  }
}

/** All faults of the configuration in one failure. */
export const invalid = (faults: readonly Fault[]): Fail =>
  new Fail('CONFIG_INVALID', { count: faults.length }, { faults })
