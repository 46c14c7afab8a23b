import pLimit from 'p-limit'
import type { Clock } from './clock.ts'

/**
 * Adaptive limit on calls under way: additive increase, multiplicative decrease, as TCP does.
 * Workspaces refuse at about 20-30 concurrent or per-second calls (databricks/cli#1707), and every one has its own limit.
 */
export interface Limiter {
  run<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T>
  /** The server said «slow down»: halve, and let nobody start before `delayMs` are over. */
  throttled(delayMs: number): void
  readonly concurrency: number
}

export interface LimiterOptions {
  start: number
  max: number
}

export const defaultLimits: LimiterOptions = { start: 20, max: 40 }

export const createLimiter = (clock: Clock, { start, max }: LimiterOptions = defaultLimits): Limiter => {
  const limit = pLimit(start)
  let quietUntil = 0
  let successes = 0

  const untilQuiet = async (signal?: AbortSignal) => {
    for (let left = quietUntil - clock.now(); left > 0; left = quietUntil - clock.now())
      await clock.sleep(left, signal)
  }
  const grow = () => {
    successes += 1
    if (successes < limit.concurrency || limit.concurrency >= max) return
    successes = 0
    limit.concurrency += 1
  }
  return {
    run: (work, signal) =>
      limit(async () => {
        await untilQuiet(signal)
        const result = await work()
        grow()
        return result
      }),
    throttled: (delayMs) => {
      const now = clock.now()
      // One burst of refusals is one signal: halve once per pause, not once per refused call.
      if (now >= quietUntil) limit.concurrency = Math.max(1, Math.floor(limit.concurrency / 2))
      successes = 0
      quietUntil = Math.max(quietUntil, now + delayMs)
    },
    get concurrency() {
      return limit.concurrency
    },
  }
}
