import type { CheckResult } from '../plan/state-evidence.ts'
import type { SliceRule } from '../plan/state-policy.ts'
import { judged, noEvidence, notEvaluated, own, type Asked, type GateCheck, type Refusal } from './check.ts'
import { outside } from './metrics.ts'
import { atLeast, isCount, readNumber, show, type NumberCode } from './numbers.ts'

type SharedCode =
  | 'NO_EVIDENCE'
  | 'NOT_EVALUATED'
  | 'MISSING_SLICES'
  | 'UNREADABLE_ROWS'
  | 'SLICES_TOO_SMALL'
  | NumberCode

const sharedCodes: readonly SharedCode[] = [
  'NO_EVIDENCE',
  'NOT_EVALUATED',
  'MISSING_SLICES',
  'UNREADABLE_ROWS',
  'SLICES_TOO_SMALL',
  'MISSING_METRIC',
  'NOT_A_NUMBER',
  'NOT_FINITE',
]

interface Slice {
  name: string
  value: number
}

interface Slices {
  judged: [Slice, ...Slice[]]
  /** Seen, and too small to say anything. */
  small: number
}

const whys = {
  MISSING_METRIC: 'has no such metric',
  NOT_A_NUMBER: 'has NaN for it',
  NOT_FINITE: 'has an infinite value',
} as const satisfies Record<NumberCode, string>

/** The slices that are large enough, or why they cannot be judged. */
const slicesOf = ({ by, metric, minRows }: SliceRule, { evidence }: Asked): Slices | Refusal<SharedCode> => {
  if (!evidence) return noEvidence
  if (!evidence.evaluation) return notEvaluated
  const all = Object.entries(own(evidence.evaluation.candidate.slices, by) ?? {})
  if (all.length === 0)
    return { code: 'MISSING_SLICES', why: `the evaluation has no slices by ${by}: is there such a column?` }
  const odd = all.find(([, { rows }]) => !isCount(rows))
  if (odd)
    return { code: 'UNREADABLE_ROWS', why: `the number of rows of ${odd[0]} is not readable: evaluate again` }
  const large: Slice[] = []
  for (const [name, { rows, metrics }] of all) {
    if (rows < minRows) continue
    const read = readNumber(metrics, metric)
    if ('code' in read) return { code: read.code, found: name, why: `slice ${name} ${whys[read.code]}` }
    large.push({ name, value: read.value })
  }
  const [first, ...more] = large
  return first
    ? { judged: [first, ...more], small: all.length - large.length }
    : { code: 'SLICES_TOO_SMALL', why: `no slice has ${minRows} rows: get more data, or lower min_rows` }
}

const lowest = (slices: Slices['judged']): Slice => slices.reduce((a, b) => (b.value < a.value ? b : a))
const highest = (slices: Slices['judged']): Slice => slices.reduce((a, b) => (b.value > a.value ? b : a))

const smallNote = ({ small }: Slices): string => (small === 0 ? '' : `; ${small} too small to judge`)

type Side = 'min' | 'max' | 'max-gap'
type Code = SharedCode | 'BELOW_MIN' | 'ABOVE_MAX' | 'GAP_TOO_LARGE'

const ofGap = (slices: Slices, bound: number): { found: string; refusal: Refusal<Code> | undefined } => {
  const [low, high] = [lowest(slices.judged), highest(slices.judged)]
  const gap = high.value - low.value
  const fine = atLeast(bound, gap, Math.max(Math.abs(high.value), Math.abs(low.value)))
  return {
    found: `${show(gap, bound)} (${low.name} ${show(low.value)}, ${high.name} ${show(high.value)})`,
    refusal: fine
      ? undefined
      : { code: 'GAP_TOO_LARGE', why: `${low.name} and ${high.name} differ too much` },
  }
}

const ofWorst = (
  slices: Slices,
  side: 'min' | 'max',
  bound: number,
): { found: string; refusal: Refusal<Code> | undefined } => {
  const worst = side === 'min' ? lowest(slices.judged) : highest(slices.judged)
  const out = outside(worst.value, side, bound)
  return {
    found: `${worst.name}: ${show(worst.value, bound)}`,
    refusal: out && { ...out, why: `slice ${worst.name} has ${out.why}` },
  }
}

const judgeSlices = (rule: SliceRule, side: Side, bound: number, asked: Asked): CheckResult => {
  const facts = {
    check: `slices.${rule.by}.${rule.metric}.${side}`,
    found: 'none',
    wanted: `${side === 'min' ? '>=' : '<='} ${bound}${side === 'max-gap' ? ' between slices' : ''}`,
  }
  const slices = slicesOf(rule, asked)
  if ('code' in slices) return judged(facts, slices)
  const { found, refusal } = side === 'max-gap' ? ofGap(slices, bound) : ofWorst(slices, side, bound)
  return judged({ ...facts, found: `${found}${smallNote(slices)}` }, refusal)
}

const sliceCheck = (side: Side, key: 'min' | 'max' | 'maxGap', code: Code): GateCheck<Code> => ({
  name: `slices.<by>.<metric>.${side}`,
  codes: [...sharedCodes, code],
  ask: (asked) =>
    asked.policy.checks.slices.flatMap((rule) => {
      const bound = rule[key]
      return bound === undefined ? [] : [judgeSlices(rule, side, bound, asked)]
    }),
})

export const sliceMin = sliceCheck('min', 'min', 'BELOW_MIN')
export const sliceMax = sliceCheck('max', 'max', 'ABOVE_MAX')
export const sliceGap = sliceCheck('max-gap', 'maxGap', 'GAP_TOO_LARGE')
