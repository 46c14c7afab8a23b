import { describe, expect, it } from 'vitest'
import { createLimiter } from '../../src/http/limiter.ts'
import { virtualClock } from '../support/harness.ts'

const limiter = (start: number, max: number) => {
  const clock = virtualClock(0)
  return { clock, limiter: createLimiter(clock, { start, max }) }
}

/** Runs `count` calls, and tells the most that were under way at once. */
const most = async (run: (work: () => Promise<void>) => Promise<void>, count: number): Promise<number> => {
  let [now, peak] = [0, 0]
  const work = async () => {
    now += 1
    peak = Math.max(peak, now)
    await new Promise((resolve) => setImmediate(resolve))
    now -= 1
  }
  await Promise.all(Array.from({ length: count }, () => run(work)))
  return peak
}

describe('limiter', () => {
  it('never has more under way than allowed', async () => {
    const { limiter: one } = limiter(3, 3)
    expect(await most((work) => one.run(work), 30)).toBe(3)
  })

  it('grows by one for each full round of successes, up to the most', async () => {
    const { limiter: one } = limiter(2, 4)
    await most((work) => one.run(work), 2)
    expect(one.concurrency).toBe(3)
    await most((work) => one.run(work), 3)
    expect(one.concurrency).toBe(4)
    await most((work) => one.run(work), 50)
    expect(one.concurrency).toBe(4)
  })

  it('halves at a refusal, once per burst, and never below one', async () => {
    const { limiter: one, clock } = limiter(8, 8)
    for (let burst = 0; burst < 5; burst += 1) one.throttled(1000)
    expect(one.concurrency).toBe(4)
    for (const left of [2, 1, 1]) {
      clock.advance(1001)
      one.throttled(1000)
      expect(one.concurrency).toBe(left)
    }
  })

  it('lets nobody begin before the pause is over, and the longest pause counts', async () => {
    const { limiter: one, clock } = limiter(8, 8)
    one.throttled(5000)
    one.throttled(2000)
    const began = await one.run(async () => clock.now())
    expect(began).toBe(5000)
  })

  it('a failure is no success: it does not grow', async () => {
    const { limiter: one } = limiter(1, 9)
    await expect(one.run(() => Promise.reject(new Error('x')))).rejects.toThrow('x')
    expect(one.concurrency).toBe(1)
  })

  it('a pause ends when the run is stopped', async () => {
    const { limiter: one } = limiter(1, 1)
    const stop = new AbortController()
    one.throttled(60_000)
    stop.abort(new Error('stopped'))
    await expect(one.run(async () => 1, stop.signal)).rejects.toThrow('stopped')
  })
})
