import type { CheckResult, Evidence, Moment } from '../plan/state-evidence.ts'
import type { ModelPolicy } from '../plan/state-policy.ts'

/** What a check is given: all of it data, so that the same question has the same answer everywhere and at any time. */
export interface Asked {
  policy: ModelPolicy
  evidence: Evidence | undefined
  moment: Moment
}

/** One check of the gate. `Code` is why it may refuse: each has its row in docs/gates.md. */
export interface GateCheck<Code extends string = string> {
  /** `metrics.<name>.min`: of what stands in `<...>` there is one result each. */
  name: string
  codes: readonly Code[]
  /** Asked in every mode: approvals, READY, path and champion are never off. */
  neverOff?: true
  /** Asked before a rollback too, which skips everything else. */
  rollback?: true
  /** No result: the policy does not ask for it. */
  ask: (asked: Asked) => readonly CheckResult[]
}

/** What was compared, in a few words each. */
export interface Facts {
  check: string
  found: string
  wanted: string
}

export interface Refusal<Code extends string> {
  code: Code
  why: string
  found?: string
}

export const passed = (facts: Facts): CheckResult => ({ ...facts, status: 'passed' })

export const skipped = (facts: Facts, why: string): CheckResult => ({ ...facts, status: 'skipped', why })

/** @param wait what is missing may still come: nothing is wrong yet */
export const refused = <Code extends string>(
  facts: Facts,
  { found = facts.found, ...refusal }: Refusal<Code>,
  wait = false,
): CheckResult => ({ ...facts, found, status: wait ? 'waiting' : 'failed', ...refusal })

export const judged = <Code extends string>(facts: Facts, refusal: Refusal<Code> | undefined): CheckResult =>
  refusal ? refused(facts, refusal) : passed(facts)

/** While a version is only evaluated, what time or people have yet to bring is waited for. */
export const mayStillCome = ({ moment }: Asked): boolean => moment.action === 'evaluate'

/** Own keys only: a metric called `constructor` is not there because every object has one. */
export const own = <T>(record: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined

export const noEvidence = {
  code: 'NO_EVIDENCE',
  found: 'no evidence',
  why: 'this version was not evaluated: `brickrail evaluate`',
} as const

export const notEvaluated = {
  code: 'NOT_EVALUATED',
  found: 'not evaluated',
  why: 'the evidence holds no evaluation on data: `brickrail evaluate`',
} as const
