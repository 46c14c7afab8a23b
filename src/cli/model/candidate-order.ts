import type { CandidateRule } from '../../plan/state-policy.ts'
import type { MlflowRun } from '../../wire/tracking.ts'

/** A run that can be ordered: every metric of the policy is a number. */
interface Ranked {
  run: MlflowRun
  values: number[]
}

export interface Chosen {
  /** Best first; more than one only when they are tied and the policy refuses ties. */
  best: MlflowRun[]
  /** Runs that are no candidates, and why. */
  left: { run: MlflowRun; why: string }[]
}

/** Infinity comes out of some stores as the greatest number that they can hold. */
const largest = Number.MAX_VALUE

const valueOf = ({ data: { metrics = [] } }: MlflowRun, name: string): number | string => {
  const metric = metrics.find(({ key }) => key === name)
  if (metric === undefined) return `has no metric ${name}`
  const value = Number(metric.value)
  if (Number.isNaN(value)) return `its ${name} is NaN`
  return Math.abs(value) >= largest ? `its ${name} is infinite` : value
}

const ranked = (run: MlflowRun, order: CandidateRule['order']): Ranked | string => {
  const { status, lifecycle_stage: stage } = run.info
  if (stage !== 'active') return 'it is deleted'
  if (status !== 'FINISHED') return `it is ${status}`
  const values = order.map(({ metric }) => valueOf(run, metric))
  const why = values.find((value) => typeof value === 'string')
  if (why !== undefined) return why
  return { run, values: values.filter((value) => typeof value === 'number') }
}

const compare = (a: Ranked, b: Ranked, order: CandidateRule['order']): number => {
  for (const [at, { direction }] of order.entries()) {
    const [one, other] = [a.values[at] ?? 0, b.values[at] ?? 0]
    if (one !== other) return direction === 'max' ? other - one : one - other
  }
  return 0
}

const startOf = ({ info }: MlflowRun): number => Number(info.start_time ?? 0)

/** Runs that begin in the same millisecond have no order of their own: that of their ids is at least always the same. */
const byTime = (a: MlflowRun, b: MlflowRun): number =>
  startOf(a) - startOf(b) || (a.info.run_id < b.info.run_id ? -1 : 1)

/** The best run by the rule of a policy. */
export const chooseRun = (runs: readonly MlflowRun[], { order, tieBreak }: CandidateRule): Chosen => {
  const judged = runs.map((run) => ({ run, rank: ranked(run, order) }))
  const left = judged.flatMap(({ run, rank }) => (typeof rank === 'string' ? [{ run, why: rank }] : []))
  const fit = judged
    .flatMap(({ rank }) => (typeof rank === 'string' ? [] : [rank]))
    .toSorted((a, b) => compare(a, b, order))
  const [first] = fit
  if (first === undefined) return { best: [], left }
  const tied = fit.filter((one) => compare(first, one, order) === 0).map(({ run }) => run)
  if (tieBreak === 'refuse') return { best: tied.toSorted(byTime), left }
  const chosen = tied.toSorted(byTime).at(tieBreak === 'newest' ? -1 : 0)
  return { best: chosen ? [chosen] : [], left }
}
