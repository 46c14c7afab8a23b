import type { Repeat } from '../wire/endpoint.ts'

/** What came of one attempt. `sent` false: the request certainly never reached the server. */
export type Outcome =
  | { kind: 'answer'; status: number; retryAfterMs?: number }
  | { kind: 'garbled' }
  | { kind: 'torn'; sent: boolean; transient: boolean }

export interface RetryPolicy {
  /** Attempts in all for faults of the server or the line. */
  attempts: number
  /** Attempts in all while the server says «slow down» (429, 503). */
  throttledAttempts: number
  /** A longer Retry-After is not waited for: the job is better off failing. ms */
  longestWaitMs: number
  baseMs: number
  capMs: number
}

export const defaultPolicy: RetryPolicy = {
  attempts: 5,
  throttledAttempts: 30,
  longestWaitMs: 300_000,
  baseMs: 500,
  capMs: 10_000,
}

/** `retry` after a pause, give up as `failed`, or `lost`: it may have happened and must not be sent blindly again. */
export type Decision = { do: 'retry'; delayMs: number } | { do: 'failed' } | { do: 'lost' }

/** Exponential with full jitter: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter */
const backoff = (attempt: number, policy: RetryPolicy, random: number): number =>
  Math.round(Math.min(policy.capMs, policy.baseMs * 2 ** (attempt - 1)) * (0.5 + random / 2))

const doubtful = (outcome: Outcome): boolean =>
  outcome.kind === 'answer'
    ? [500, 502, 504].includes(outcome.status)
    : outcome.kind === 'garbled' || outcome.sent

const throttled = (outcome: Outcome): boolean =>
  outcome.kind === 'answer' && [429, 503].includes(outcome.status)

/**
 * Whether to send again. Databricks' SDKs repeat 429 and 503 only; we also repeat 500, 502, 504 and torn
 * connections, but only where a repeat leaves the same state (databricks-sdk-go#1102 lost deployments to a 504).
 * @param attempt the number of the attempt that ended with `outcome`, from 1
 * @param random in [0, 1)
 */
export const decide = (
  outcome: Outcome,
  repeat: Repeat,
  attempt: number,
  policy: RetryPolicy,
  random: number,
): Decision => {
  if (throttled(outcome)) {
    const hinted = outcome.kind === 'answer' ? outcome.retryAfterMs : undefined
    const delayMs = hinted ?? backoff(attempt, policy, random)
    if (delayMs > policy.longestWaitMs) return { do: 'failed' }
    return attempt < policy.throttledAttempts ? { do: 'retry', delayMs } : { do: 'failed' }
  }
  if (doubtful(outcome)) {
    if (repeat === 'once') return { do: 'lost' }
    return attempt < policy.attempts
      ? { do: 'retry', delayMs: backoff(attempt, policy, random) }
      : { do: 'failed' }
  }
  if (outcome.kind === 'torn' && outcome.transient && attempt < policy.attempts)
    return { do: 'retry', delayMs: backoff(attempt, policy, random) }
  return { do: 'failed' }
}

/**
 * Retry-After in ms: delta seconds or an HTTP date (RFC 9110 10.2.3); undefined when absent or unreadable.
 * @param now ms since 1970
 */
export const retryAfterMs = (header: string | null, now: number): number | undefined => {
  if (header === null || header.trim() === '') return undefined
  const seconds = Number(header)
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000)
  const date = Date.parse(header)
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}
