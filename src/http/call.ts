import type { Endpoint, Json, Repeat } from '../wire/endpoint.ts'
import { AnswerLost, ApiError } from './api-error.ts'
import { attempt, type Attempt } from './attempt.ts'
import type { TokenSource } from './tokens.ts'
import type { Clock } from './clock.ts'
import type { Limiter } from './limiter.ts'
import { prepare, type Prepared } from './request.ts'
import { decide, defaultPolicy, type RetryPolicy } from './retry.ts'

export interface Retrying {
  method: string
  path: string
  attempt: number
  delayMs: number
  reason: string
}

export interface HttpOptions {
  /** Scheme and host, no trailing slash. */
  host: string
  fetch: typeof globalThis.fetch
  tokens: TokenSource
  clock: Clock
  limiter: Limiter
  userAgent: string
  /** Ends every call under way when the run is stopped. */
  stop?: AbortSignal
  policy?: RetryPolicy
  /** ms that one attempt may take. */
  timeoutMs?: number
  onRetry?: (retrying: Retrying) => void
}

/**
 * Call one endpoint: authenticate, limit, retry, decode.
 * @throws ApiError for an answer >= 400, AnswerLost when a `once` write may have happened,
 * Fail HOST_UNREACHABLE or NOT_JSON, or the stop signal's reason
 */
export type Call = <In, Out>(endpoint: Endpoint<In, Out>, input: In) => Promise<Out>

type Send = (renew: boolean) => Promise<Attempt>

const loop = async (options: HttpOptions, prepared: Prepared, repeat: Repeat, send: Send) => {
  const policy = options.policy ?? defaultPolicy
  const { method, path } = prepared
  let renewed = false
  let refused = false
  for (let number = 1; ; number += 1) {
    const renew: boolean = refused
    const result: Attempt = await options.limiter.run<Attempt>(() => send(renew), options.stop)
    if (result.ok) return result.value
    // A token may end while a long deployment runs: ask for a new one, once.
    refused = result.error instanceof ApiError && result.error.status === 401
    if (refused && options.tokens.renewable && !renewed) {
      renewed = true
      continue
    }
    const decision = decide(result.outcome, repeat, number, policy, options.clock.random())
    if (decision.do === 'failed') throw result.error
    if (decision.do === 'lost') throw new AnswerLost(prepared, result.reason, result.error)
    const delayMs = decision.delayMs
    if (result.outcome.kind === 'answer' && [429, 503].includes(result.outcome.status))
      options.limiter.throttled(delayMs)
    options.onRetry?.({ method, path, attempt: number, delayMs, reason: result.reason })
    await options.clock.sleep(delayMs, options.stop)
  }
}

const signals = (options: HttpOptions): AbortSignal => {
  const timeout = AbortSignal.timeout(options.timeoutMs ?? 60_000)
  return options.stop ? AbortSignal.any([timeout, options.stop]) : timeout
}

export const createCall =
  (options: HttpOptions): Call =>
  async <In, Out>(endpoint: Endpoint<In, Out>, input: In) => {
    options.stop?.throwIfAborted()
    const prepared = prepare(options.host, endpoint, input as Record<string, unknown>)
    let token: string | undefined
    const send: Send = async (renew) => {
      token = await options.tokens.get(renew ? token : undefined)
      const headers = {
        ...prepared.headers,
        authorization: `Bearer ${token}`,
        'user-agent': options.userAgent,
      }
      return await attempt(options.fetch, options.host, { ...prepared, headers }, endpoint.output, {
        signal: signals(options),
        stop: options.stop,
        now: options.clock.now(),
      })
    }
    const value: Json | Uint8Array = await loop(options, prepared, endpoint.repeat, send)
    return value as Out
  }
