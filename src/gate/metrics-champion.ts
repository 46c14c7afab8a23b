import type { CheckResult, Evidence } from '../plan/state-evidence.ts'
import type { MetricRule } from '../plan/state-policy.ts'
import {
  judged,
  noEvidence,
  notEvaluated,
  skipped,
  type Asked,
  type Facts,
  type GateCheck,
  type Refusal,
} from './check.ts'
import { valueOf, withMessage } from './metrics.ts'
import { atLeast, percent, readNumber, show, type NumberCode } from './numbers.ts'

type Code =
  | 'NO_EVIDENCE'
  | 'NO_DIRECTION'
  | 'NOT_EVALUATED'
  | NumberCode
  | 'CHAMPION_NOT_MEASURED'
  | 'CHAMPION_MISSING_METRIC'
  | 'CHAMPION_NOT_A_NUMBER'
  | 'CHAMPION_NOT_FINITE'
  | 'CHAMPION_IS_ZERO'
  | 'GAIN_TOO_SMALL'
  | 'LOSS_TOO_LARGE'

type Kind = 'relative-gain' | 'relative-loss' | 'absolute-gain' | 'absolute-loss'

const keys = {
  'relative-gain': 'minRelativeGain',
  'relative-loss': 'maxRelativeLoss',
  'absolute-gain': 'minAbsoluteGain',
  'absolute-loss': 'maxAbsoluteLoss',
} as const satisfies Record<Kind, keyof MetricRule>

const isRelative = (kind: Kind): boolean => kind.startsWith('relative')
const isLoss = (kind: Kind): boolean => kind.endsWith('loss')

interface Pair {
  candidate: number
  champion: number
}

const championCodes = {
  MISSING_METRIC: { code: 'CHAMPION_MISSING_METRIC', why: 'the champion has no such metric on these rows' },
  NOT_A_NUMBER: { code: 'CHAMPION_NOT_A_NUMBER', why: 'the value of the champion is no number' },
  NOT_FINITE: { code: 'CHAMPION_NOT_FINITE', why: 'the value of the champion is infinite' },
} as const satisfies Record<NumberCode, Refusal<Code>>

/** Both, of the same rows: what was logged at some other time, on other rows, is never compared. */
const pairOf = (evidence: Evidence, name: string): Pair | Refusal<Code> => {
  if (!evidence.evaluation) return notEvaluated
  const candidate = valueOf(evidence, name)
  if ('code' in candidate) return candidate
  const { champion } = evidence.evaluation
  if (!champion || champion.version !== evidence.champion?.version)
    return {
      code: 'CHAMPION_NOT_MEASURED',
      why: 'the champion was not measured on the same rows: evaluate again',
    }
  const read = readNumber(champion.metrics, name)
  return 'code' in read ? championCodes[read.code] : { candidate: candidate.value, champion: read.value }
}

const ruled = (kind: Kind, { candidate, champion }: Pair, rule: MetricRule): Refusal<Code> | undefined => {
  const bound = rule[keys[kind]] ?? Number.NaN
  // How much better: as a product and not as a quotient, so that there is nothing to divide by.
  const gain = rule.direction === 'max' ? candidate - champion : champion - candidate
  const scale = Math.max(Math.abs(candidate), Math.abs(champion))
  const limit = isRelative(kind) ? bound * Math.abs(champion) : bound
  if (isRelative(kind) && champion === 0)
    return {
      code: 'CHAMPION_IS_ZERO',
      why: 'nothing is a share of 0: use an absolute change for this metric',
    }
  const asked = isRelative(kind) ? percent(bound) : String(bound)
  if (isLoss(kind))
    return atLeast(limit, -gain, scale)
      ? undefined
      : { code: 'LOSS_TOO_LARGE', why: `worse than the champion by more than ${asked}` }
  return atLeast(gain, limit, scale)
    ? undefined
    : { code: 'GAIN_TOO_SMALL', why: `not better than the champion by ${asked}` }
}

const foundOf = ({ candidate, champion }: Pair): string => {
  const change = candidate - champion
  const sign = change > 0 ? '+' : ''
  const share = champion === 0 ? '' : `, ${sign}${percent(change / Math.abs(champion))}`
  return `${show(candidate, champion)} (champion ${show(champion)}${share})`
}

const judgeKind = (rule: MetricRule, kind: Kind, { evidence, moment }: Asked): CheckResult => {
  const bound = rule[keys[kind]] ?? Number.NaN
  const text = isRelative(kind) ? percent(bound) : String(bound)
  const facts: Facts = {
    check: `metrics.${rule.name}.${kind}`,
    found: 'none',
    wanted: `${isLoss(kind) ? 'loss <=' : 'gain >='} ${text}`,
  }
  const refuse = (refusal: Refusal<Code>): CheckResult => judged(facts, withMessage(rule, refusal))
  if (!evidence) return refuse(noEvidence)
  if (!evidence.champion && moment.holders.production.length === 0) return skipped(facts, 'no champion yet')
  if (!rule.direction)
    return refuse({ code: 'NO_DIRECTION', why: 'the policy does not say which way is better' })
  const pair = pairOf(evidence, rule.name)
  if ('code' in pair) return refuse(pair)
  return judged({ ...facts, found: foundOf(pair) }, withMessage(rule, ruled(kind, pair, rule)))
}

const shared: readonly Code[] = [
  'NO_EVIDENCE',
  'NO_DIRECTION',
  'NOT_EVALUATED',
  'MISSING_METRIC',
  'NOT_A_NUMBER',
  'NOT_FINITE',
  'CHAMPION_NOT_MEASURED',
  'CHAMPION_MISSING_METRIC',
  'CHAMPION_NOT_A_NUMBER',
  'CHAMPION_NOT_FINITE',
]

const againstChampion = (kind: Kind): GateCheck<Code> => ({
  name: `metrics.<name>.${kind}`,
  codes: [
    ...shared,
    ...(isRelative(kind) ? (['CHAMPION_IS_ZERO'] as const) : []),
    isLoss(kind) ? 'LOSS_TOO_LARGE' : 'GAIN_TOO_SMALL',
  ],
  ask: (asked) =>
    asked.policy.checks.metrics
      .filter((rule) => rule[keys[kind]] !== undefined)
      .map((rule) => judgeKind(rule, kind, asked)),
})

export const metricRelativeGain = againstChampion('relative-gain')
export const metricRelativeLoss = againstChampion('relative-loss')
export const metricAbsoluteGain = againstChampion('absolute-gain')
export const metricAbsoluteLoss = againstChampion('absolute-loss')
