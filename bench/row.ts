import { defaultLimits } from '../src/http/limiter.ts'
import type { Logged } from './workspace.ts'

/** Injected into every call, in ms. */
export const latencyMs = 50

/** Calls that our limiter lets go at once, at most. */
export const concurrency: number = defaultLimits.max

export type What = 'cold' | 'unchanged' | 'one changed' | 'one removed'

/** One run of a tool. */
export interface Sample {
  wallMs: number
  calls: readonly Logged[]
  peakBytes?: number
}

/** One line of the table: some runs of the same thing, as their median. */
export interface Row {
  tool: string
  files: number
  what: What
  runs: number
  /** Objects that are in the workspace afterwards. */
  objects: number
  calls: number
  /** Calls that went one after the other, at least: the longest chain of calls that do not overlap. */
  chain: number
  wallMs: number
  fastestMs: number
  slowestMs: number
  startMs: number
  peakBytes?: number
  /** calls x latency / concurrency */
  limitMs: number
}

export const median = (numbers: readonly number[]): number => {
  const sorted = numbers.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2
}

/** Of calls that end before the next one of the chain begins, the most there are. */
export const chainOf = (calls: readonly Logged[]): number => {
  let length = 0
  let free = Number.NEGATIVE_INFINITY
  for (const { at, ms } of calls.toSorted((a, b) => a.at + a.ms - (b.at + b.ms))) {
    if (at < free) continue
    length += 1
    free = at + ms
  }
  return length
}

/** A timer may be a little early. */
const leastMs = latencyMs - 1

/** @throws when a call did not bear the latency or was refused for a reason that this bench does not know */
export const checkCalls = (calls: readonly Logged[]): void => {
  const early = calls.find(({ ms }) => ms < leastMs)
  if (early)
    throw new Error(`${early.method} ${early.path} took ${early.ms} ms: the latency was not injected`)
  // 404 is an answer too: nothing is there yet.
  const refused = calls.find(({ status }) => status >= 400 && status !== 404)
  if (refused) throw new Error(`${refused.method} ${refused.path} was answered ${refused.status}`)
}

export const rowOf = (
  about: Pick<Row, 'tool' | 'files' | 'what' | 'objects' | 'startMs'>,
  samples: readonly Sample[],
): Row => {
  const wall = samples.map(({ wallMs }) => wallMs)
  const calls = median(samples.map((sample) => sample.calls.length))
  const peaks = samples.flatMap(({ peakBytes }) => peakBytes ?? [])
  return {
    ...about,
    runs: samples.length,
    calls,
    chain: median(samples.map((sample) => chainOf(sample.calls))),
    wallMs: median(wall),
    fastestMs: Math.min(...wall),
    slowestMs: Math.max(...wall),
    ...(peaks.length === 0 ? {} : { peakBytes: median(peaks) }),
    limitMs: (calls * latencyMs) / concurrency,
  }
}
