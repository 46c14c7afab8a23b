import type { Fault } from '../errors.ts'
import type { Plan } from '../plan/state.ts'
import type { Verdict } from '../plan/state-evidence.ts'
import type { Place } from '../plan/state-policy.ts'
import type { TestSuite } from './tests.ts'

export interface VerdictNews {
  title: string
  /** Registered name. */
  model: string
  version: string
  place: Place
  /** Digest, hex. */
  evidence?: string
  verdict: Verdict
}

/** Everything that a run has to say. Nobody prints but a renderer. `at` is ms since 1970. */
export type Event =
  | { type: 'notice'; level: 'info' | 'warning'; text: string; hint?: string }
  /** A warning about a place in a user's file. */
  | { type: 'warning'; fault: Fault }
  | { type: 'plan'; plan: Plan }
  /** A piece of work that takes time: started once, progressed any number of times, ended once. */
  | { type: 'task'; state: 'started'; id: string; title: string; at: number }
  | { type: 'task'; state: 'progress'; id: string; detail: string; done?: number; total?: number; at: number }
  | { type: 'task'; state: 'done'; id: string; detail?: string; at: number }
  /** `trace` is for the reports: on screen it has been among the output. */
  | { type: 'task'; state: 'failed'; id: string; detail: string; trace?: string; at: number }
  /** What tests have come to that were run: for the JUnit report. */
  | { type: 'tests'; suites: readonly TestSuite[] }
  /** What the gate says of a version of a model. `title` is its heading: `stock-price version 7 to staging`; `evidence` its digest. */
  | ({ type: 'verdict' } & VerdictNews)
  | { type: 'retry'; method: string; path: string; attempt: number; delayMs: number; reason: string }
  | { type: 'failure'; code: string; message: string; hint: string; exit: number; faults: readonly Fault[] }
  /**
   * The command's answer: `data` is the JSON document of `--output json`, `text` the same for people. `shown` takes its place on
   * screen, where some of it has been seen already.
   */
  | { type: 'result'; data: Record<string, unknown>; text: string; shown?: string }

export type Emit = (event: Event) => void
