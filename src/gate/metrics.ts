import type { CheckResult, Evidence, JsonNumber } from '../plan/state-evidence.ts'
import type { MetricRule } from '../plan/state-policy.ts'
import { judged, noEvidence, type Asked, type Facts, type GateCheck, type Refusal } from './check.ts'
import { readNumber, show, type NumberCode } from './numbers.ts'

/** The evaluation's numbers, where there is one, else what the training run has logged. */
const numbersOf = ({ evaluation, logged }: Evidence): Readonly<Record<string, JsonNumber>> =>
  evaluation?.candidate.metrics ?? logged

/** A value, or why there is none that can be judged. */
export const valueOf = (evidence: Evidence, name: string): { value: number } | Refusal<NumberCode> => {
  const read = readNumber(numbersOf(evidence), name)
  if ('value' in read) return read
  if (read.code === 'NOT_A_NUMBER') return { code: read.code, found: 'NaN', why: `${name} is no number` }
  if (read.code === 'NOT_FINITE') return { code: read.code, found: 'infinite', why: `${name} is infinite` }
  const where = evidence.evaluation ? 'the evaluation' : 'the training run'
  return { code: read.code, found: 'none', why: `${where} has no metric ${name}: log or evaluate it again` }
}

/** What the policy says when this metric fails comes first. */
export const withMessage = <C extends string>(
  { message }: MetricRule,
  refusal: Refusal<C> | undefined,
): Refusal<C> | undefined =>
  refusal && message ? { ...refusal, why: `${message} (${refusal.why})` } : refusal

type Bound = 'min' | 'max'
type BoundCode = 'NO_EVIDENCE' | NumberCode | 'BELOW_MIN' | 'ABOVE_MAX'

/** Bounds are inclusive, and nothing passes that is not on the right side of one. */
export const outside = (
  value: number,
  side: Bound,
  bound: number,
): Refusal<'BELOW_MIN' | 'ABOVE_MAX'> | undefined => {
  if (side === 'min') return value >= bound ? undefined : { code: 'BELOW_MIN', why: `less than ${bound}` }
  return value <= bound ? undefined : { code: 'ABOVE_MAX', why: `more than ${bound}` }
}

const judgeBound = (rule: MetricRule, side: Bound, bound: number, { evidence }: Asked): CheckResult => {
  const facts: Facts = {
    check: `metrics.${rule.name}.${side}`,
    found: 'none',
    wanted: `${side === 'min' ? '>=' : '<='} ${bound}`,
  }
  const refuse = (refusal: Refusal<BoundCode>): CheckResult => judged(facts, withMessage(rule, refusal))
  if (!evidence) return refuse(noEvidence)
  const read = valueOf(evidence, rule.name)
  if ('code' in read) return refuse(read)
  return judged(
    { ...facts, found: show(read.value, bound) },
    withMessage(rule, outside(read.value, side, bound)),
  )
}

const boundCheck = (side: Bound, code: 'BELOW_MIN' | 'ABOVE_MAX'): GateCheck<BoundCode> => ({
  name: `metrics.<name>.${side}`,
  codes: ['NO_EVIDENCE', 'MISSING_METRIC', 'NOT_A_NUMBER', 'NOT_FINITE', code],
  ask: (asked) =>
    asked.policy.checks.metrics.flatMap((rule) => {
      const bound = rule[side]
      return bound === undefined ? [] : [judgeBound(rule, side, bound, asked)]
    }),
})

export const metricMin = boundCheck('min', 'BELOW_MIN')
export const metricMax = boundCheck('max', 'ABOVE_MAX')
