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
  /** Scheme and host, of a plain MLflow server its path too; no trailing slash. */
  host: string
  fetch: typeof globalThis.fetch
  tokens: TokenSource
  clock: Clock
  limiter: Limiter
  userAgent: string
  /** Ends the run: reads at once, a write under way after some seconds; nothing new is sent. */
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

/** GitHub and Azure kill a cancelled job 10 s after the first signal; the record must be closed in that time, too. */
const graceMs = 5000

/**
 * The stop, some seconds later. A write that is under way is waited for: torn off, it might still take effect, after the
 * next run has looked.
 */
const graceful = (stop: AbortSignal): AbortSignal => {
  const late = new AbortController()
  const begin = () => setTimeout(() => late.abort(stop.reason), graceMs).unref()
  if (stop.aborted) begin()
  else stop.addEventListener('abort', begin, { once: true })
  return late.signal
}

const signalsOf = ({ stop, timeoutMs = 60_000 }: HttpOptions) => {
  const late = stop && graceful(stop)
  return (repeat: Repeat): AbortSignal => {
    const timeout = AbortSignal.timeout(timeoutMs)
    const end = repeat === 'read' ? stop : late
    return end ? AbortSignal.any([timeout, end]) : timeout
  }
}

const authorization = ({ scheme = 'Bearer' }: TokenSource, token: string): Record<string, string> =>
  scheme === 'none' ? {} : { authorization: `${scheme} ${token}` }

export const createCall = (options: HttpOptions): Call => {
  const signals = signalsOf(options)
  return async <In, Out>(endpoint: Endpoint<In, Out>, input: In) => {
    options.stop?.throwIfAborted()
    const prepared = prepare(options.host, endpoint, input as Record<string, unknown>)
    let token: string | undefined
    const send: Send = async (renew) => {
      token = await options.tokens.get(renew ? token : undefined)
      options.stop?.throwIfAborted()
      const headers = {
        ...prepared.headers,
        ...authorization(options.tokens, token),
        'user-agent': options.userAgent,
      }
      return await attempt(options.fetch, options.host, { ...prepared, headers }, endpoint.output, {
        signal: signals(endpoint.repeat),
        stop: options.stop,
        now: options.clock.now(),
      })
    }
    const value: Json | Uint8Array = await loop(options, prepared, endpoint.repeat, send)
    return value as Out
  }
}
