import type { Fault } from '../errors.ts'
import type { Plan } from '../plan/state.ts'
import type { Emit, VerdictNews } from './events.ts'
import { render, type RendererTable } from './render.ts'
import { latestVerdicts, verdictData, type VerdictData } from './verdict.ts'

export interface Warning extends Partial<Omit<Fault, 'message' | 'hint'>> {
  message: string
  hint?: string
}

export interface Failure {
  code: string
  message: string
  hint: string
  faults: readonly Fault[]
}

/** The JSON document of `--output json`. */
export interface Document {
  command: string
  /** Exit code 0. */
  ok: boolean
  exit: number
  plan?: Plan
  /** What the gates of models say; absent where none was asked. */
  verdicts?: VerdictData[]
  result?: Record<string, unknown>
  warnings: Warning[]
  failure?: Failure
}

/** The same and what it says to people. */
export interface Outcome extends Omit<Document, 'verdicts'> {
  verdicts?: readonly VerdictNews[]
  text?: string
}

export const documentOf = (outcome: Outcome): Document => {
  const { command, ok, exit, plan, verdicts, result, warnings, failure } = outcome
  return {
    command,
    ok,
    exit,
    ...(plan && { plan }),
    ...(verdicts && { verdicts: verdicts.map(verdictData) }),
    ...(result && { result }),
    warnings,
    ...(failure && { failure }),
  }
}

/** Listens to a run and remembers what it came to: the last plan and result, the first failure, all warnings. */
export const createCollector = (command: string): { collect: Emit; outcome: (exit: number) => Outcome } => {
  const seen: Pick<Outcome, 'plan' | 'result' | 'text' | 'failure'> = {}
  const warnings: Warning[] = []
  const verdicts: VerdictNews[] = []
  const table: RendererTable<void> = {
    notice: ({ level, text, hint }) => {
      if (level === 'warning') warnings.push({ message: text, ...(hint === undefined ? {} : { hint }) })
    },
    warning: ({ fault }) => void warnings.push({ ...fault }),
    plan: ({ plan }) => void Object.assign(seen, { plan }),
    task: () => undefined,
    tests: () => undefined,
    verdict: (news) => void verdicts.push(news),
    retry: () => undefined,
    failure: ({ code, message, hint, faults }) => {
      seen.failure ??= { code, message, hint, faults }
    },
    result: ({ data, text }) => void Object.assign(seen, { result: data, text }),
  }
  return {
    collect: (event) => render(table, event),
    outcome: (exit) => ({
      command,
      ok: exit === 0,
      exit,
      ...seen,
      ...(verdicts.length > 0 && { verdicts: latestVerdicts(verdicts) }),
      warnings: [...warnings],
    }),
  }
}
