import type { ApprovalSource, EvaluationRule, GateMode, Place, RegistryKind } from './state-policy.ts'
import type { Holders, VersionInfo } from './state-registry.ts'

export type JsonNumber = number | 'NaN' | 'Infinity' | '-Infinity'

export interface Measured {
  metrics: Record<string, JsonNumber>
  /** `<column>` -> value -> rows and metrics. */
  slices: Record<string, Record<string, { rows: number; metrics: Record<string, JsonNumber> }>>
}

/** What the policy has said of the numbers themselves: another label or other inputs are another measurement. */
export type MeasuredRule = Pick<EvaluationRule, 'label' | 'task' | 'features' | 'time'>

/** What one run of the evaluator has found. */
export interface Evaluation {
  /** ISO 8601 */
  at: string
  run?: { id: string; url?: string }
  dataset: {
    /** As the policy names it: evidence of another dataset does not count. */
    path: string
    /** sha256 of the bytes (of a table: its version). */ digest: string
    rows: number
    /** ISO 8601 */ newest?: string
  }
  /** As the policy had it: numbers of another rule do not count, nor those of evidence from before this was kept. */
  rule?: MeasuredRule
  candidate: Measured
  champion?: Measured & { version: string }
}

export interface SignatureInfo {
  /** MLmodel's: JSON text each. */
  inputs?: string
  outputs?: string
  params?: string
}

export interface SuiteEvidence {
  suite: string
  commit: string
  /** sha256 of the JUnit file, hex. */
  digest: string
  tests: number
  passed: number
  failed: number
  skipped: number
}

/** All that a verdict rests on. Its digest is what approvals are bound to. */
export interface Evidence {
  version: 1
  model: {
    key: string
    name: string
    registry: RegistryKind
    version: string
    runId?: string
    source?: string
    status: string
  }
  /** Who trained it: of the run, else of the version. */
  trainer?: string
  /** Author of the commit. */
  committer?: string
  /** What production held when this was made; absent: nothing. */
  champion?: { version: string }
  policy: string
  /** Of the pipeline (or checkout) that evaluated. */
  commit?: string
  pipelineUrl?: string
  /** ISO 8601 */
  at: string
  /** What the training run says of itself, by the names that policies ask for; `commit` is what it was trained from. */
  lineage: Record<string, string>
  /** Whether the checkout had no changes; unknown where there is none. */
  cleanTree?: boolean
  signature?: SignatureInfo
  championSignature?: SignatureInfo
  inputExample?: boolean
  /** Logged by the training run. */
  logged: Record<string, JsonNumber>
  evaluation?: Evaluation
  tests: SuiteEvidence[]
  tags: Record<string, string>
  description?: string
}

export interface Approval {
  user: string
  source: ApprovalSource
  /** The evidence digest that it is bound to. */
  evidence: string
  version: string
  place: Place
  /** ISO 8601 */
  at: string
  /** Groups that the server reports the user in. */
  groups?: string[]
}

/** What the gate is asked, beside policy and evidence: the present, as data. */
export interface Moment {
  place: Place
  action: 'promote' | 'rollback' | 'evaluate'
  /** ISO 8601 */
  now: string
  /** Digest of the evidence. */
  evidence: string
  /** Who is at which place now. */
  holders: Holders
  candidate: VersionInfo | undefined
  approvals: readonly Approval[]
  /** Digests by place at which this version has a done promotion in the ledger. */
  passed: Partial<Record<Place, string>>
  /** The target is protected. */
  protected: boolean
  /** The freeze window that is open for this action, see cli/model/freeze.ts; ISO 8601. Named always: who leaves it out does not compile. */
  frozenUntil: { until: string; window: string } | undefined
}

export type CheckStatus = 'passed' | 'failed' | 'waiting' | 'skipped'

/** One line of the verdict table. */
export interface CheckResult {
  /** `metrics.rmse`, `tests.unit`, `signature.compatible`, `approvals`, ... */
  check: string
  status: CheckStatus
  /** What is there, in a few words: `2.20 (champion 2.10)`. */
  found: string
  /** What is asked: `<= 2.15`. */
  wanted: string
  /** Distinct per reason: MISSING_METRIC, NOT_A_NUMBER, BELOW_MIN, ... Absent when passed. */
  code?: string
  /** Why, and what to do. */
  why?: string
}

/** `passed`: promote; `waiting`: only an approval (or results that are still to come) is missing; `failed`: no. */
export interface Verdict {
  verdict: 'passed' | 'failed' | 'waiting'
  /** Whether the mode lets it through: enforce only when passed; warn never to a protected place. */
  allows: boolean
  mode: GateMode
  checks: CheckResult[]
  /** Why it is not let through, in one sentence; absent when `allows`. */
  why?: string
  /** The same for programs: a check failed, something is waited for, or only the mode leaves the place as it is. */
  obstacle?: 'failed' | 'waiting' | 'mode'
}
