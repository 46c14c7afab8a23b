import type { JsonNumber } from '../../plan/state-evidence.ts'
import type { Direction } from '../../plan/state-policy.ts'

/** A run or a version. */
export interface Contender {
  name: string
  metrics: Readonly<Record<string, JsonNumber>>
  params: Readonly<Record<string, string>>
  /** What its metrics were measured on; absent: unknown. */
  measuredOn?: string
}

export interface Measure {
  metric: string
  direction: Direction
}

export interface Ranked extends Contender {
  /** From 1; equals share one. Absent: it lacks a number to be ranked by. */
  rank?: number
  /** Metrics that it lacks, with what stands in their place. */
  lacking: string[]
}

export const showNumber = (value: JsonNumber | undefined): string | undefined =>
  typeof value === 'number' ? String(Number(value.toPrecision(6))) : value

const isRankable = (value: JsonNumber | undefined): value is number =>
  typeof value === 'number' && Number.isFinite(value)

const lackingOf = ({ metrics }: Contender, measures: readonly Measure[]): string[] =>
  measures.flatMap(({ metric }) => {
    const value = Object.hasOwn(metrics, metric) ? metrics[metric] : undefined
    return isRankable(value) ? [] : [`${metric} is ${value ?? 'missing'}`]
  })

/** Below 0: `a` is better. Both have every number. */
const better = (a: Contender, b: Contender, measures: readonly Measure[]): number => {
  for (const { metric, direction } of measures) {
    const [of, than] = [Number(a.metrics[metric]), Number(b.metrics[metric])]
    if (of !== than) return direction === 'min' ? of - than : than - of
  }
  return 0
}

/** Best first, by the first metric, then the next; those that lack a number last, in their own order. */
export const rank = (contenders: readonly Contender[], measures: readonly Measure[]): Ranked[] => {
  const all = contenders.map((one) => ({ ...one, lacking: lackingOf(one, measures) }))
  const whole = all.filter(({ lacking }) => lacking.length === 0)
  const sorted = whole.toSorted((a, b) => better(a, b, measures))
  const ranked = sorted.map((one) => ({
    ...one,
    rank: 1 + sorted.findIndex((other) => better(other, one, measures) === 0),
  }))
  return [...ranked, ...all.filter(({ lacking }) => lacking.length > 0)]
}

/** Params of which not all have the same value, by name. */
export const differing = (contenders: readonly Contender[]): string[] => {
  const names = new Set(contenders.flatMap(({ params }) => Object.keys(params)))
  return [...names]
    .filter((name) => new Set(contenders.map(({ params }) => params[name])).size > 1)
    .toSorted()
}

/**
 * `rmse:min`; without a direction that of the policy, if it has one.
 * @returns undefined when it is none
 */
export const readMeasure = (text: string, known: readonly Measure[]): Measure | undefined => {
  const [, metric = '', direction] = /^(.+?)(?::(min|max))?$/.exec(text) ?? []
  if (direction === 'min' || direction === 'max') return { metric, direction }
  return known.find((one) => one.metric === metric)
}
