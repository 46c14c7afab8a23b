import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decide, defaultPolicy, retryAfterMs, type Outcome } from '../../src/http/retry.ts'

type Told = 'retry' | 'failed' | 'lost'

const answer = (status: number): Outcome => ({ kind: 'answer', status })
const cut: Outcome = { kind: 'torn', sent: true, transient: true }
const notSent: Outcome = { kind: 'torn', sent: false, transient: true }
const hopeless: Outcome = { kind: 'torn', sent: false, transient: false }
const garbled: Outcome = { kind: 'garbled' }

/** Outcome -> what follows the first attempt of a read or safe call, and of a `once` call. */
const rows: [string, Outcome, Told, Told][] = [
  ...[200, 302, 400, 401, 403, 404, 409, 413, 501].map(
    (status) => [`${status}`, answer(status), 'failed', 'failed'] as [string, Outcome, Told, Told],
  ),
  ['429', answer(429), 'retry', 'retry'],
  ['503', answer(503), 'retry', 'retry'],
  ['500', answer(500), 'retry', 'lost'],
  ['502', answer(502), 'retry', 'lost'],
  ['504, which lost deployments of others (databricks-sdk-go#1102)', answer(504), 'retry', 'lost'],
  ['an answer that is cut off', garbled, 'retry', 'lost'],
  ['a connection torn after sending', cut, 'retry', 'lost'],
  ['a connection that never came about', notSent, 'retry', 'retry'],
  ['a name that does not resolve', hopeless, 'failed', 'failed'],
]

const first = (outcome: Outcome, repeat: 'read' | 'safe' | 'once', attempt = 1) =>
  decide(outcome, repeat, attempt, defaultPolicy, 0.5).do

describe('decide', () => {
  it.each(rows)('after %s', (_name, outcome, repeatable, once) => {
    expect(first(outcome, 'read')).toBe(repeatable)
    expect(first(outcome, 'safe')).toBe(repeatable)
    expect(first(outcome, 'once')).toBe(once)
  })

  it.each([
    ['500', answer(500), defaultPolicy.attempts],
    ['a torn connection', cut, defaultPolicy.attempts],
    ['a connection that never came about', notSent, defaultPolicy.attempts],
    ['429', answer(429), defaultPolicy.throttledAttempts],
    ['503', answer(503), defaultPolicy.throttledAttempts],
  ])('after %s it gives up at the last attempt', (_name, outcome, attempts) => {
    expect(first(outcome, 'read', attempts - 1)).toBe('retry')
    expect(first(outcome, 'read', attempts)).toBe('failed')
  })

  it('waits as long as the server says, and never less', () => {
    const outcome: Outcome = { kind: 'answer', status: 429, retryAfterMs: 42_000 }
    expect(decide(outcome, 'once', 3, defaultPolicy, 0)).toEqual({ do: 'retry', delayMs: 42_000 })
  })

  it('without a word of the server it waits longer each time, never more than the cap', () => {
    const delays = [1, 2, 3, 4].map((attempt) => decide(garbled, 'read', attempt, defaultPolicy, 0.999))
    expect(delays).toEqual(
      [500, 1000, 2000, 3999].map((delayMs) => ({
        do: 'retry',
        delayMs: expect.closeTo(delayMs, -1) as number,
      })),
    )
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 29 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (attempt, random) => {
          const decision = decide(answer(429), 'read', attempt, defaultPolicy, random)
          const base = Math.min(defaultPolicy.capMs, defaultPolicy.baseMs * 2 ** (attempt - 1))
          expect(decision.do).toBe('retry')
          if (decision.do !== 'retry') return
          expect(decision.delayMs).toBeGreaterThanOrEqual(Math.floor(base / 2))
          expect(decision.delayMs).toBeLessThanOrEqual(base)
        },
      ),
    )
  })
})

describe('Retry-After', () => {
  const now = Date.parse('2026-11-21T12:00:00Z')
  const rows: [string | null, number | undefined][] = [
    [null, undefined],
    ['', undefined],
    ['  ', undefined],
    ['0', 0],
    ['7', 7000],
    ['1.5', 1500],
    ['-3', 0],
    ['soon', undefined],
    ['Infinity', undefined],
    ['Sat, 21 Nov 2026 12:00:30 GMT', 30_000],
    ['Sat, 21 Nov 2026 11:00:00 GMT', 0],
  ]
  it.each(rows)('%j is %s ms', (header, ms) => {
    expect(retryAfterMs(header, now)).toBe(ms)
  })
})
