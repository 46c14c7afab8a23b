import type { Fail } from '../errors.ts'
import { busy, foreignPage, limited, looksLikeHtml, messageOf, refused, unreachable } from './failures.ts'
import type { Dialect, Refusal } from './failures.ts'
import type { HostTools } from './host.ts'

/** What `fetch` is, for requests that the clients make: with a text body or none. */
export type Send = (url: string, init: SendInit) => Promise<Response>

export interface SendInit {
  method: string
  headers: Readonly<Record<string, string>>
  body?: string
}

/** Attempts in all. */
const attempts = 5
/** A longer pause is not waited for: the job is better off failing. ms */
const longestWaitMs = 60_000
const timeoutMs = 30_000
const baseMs = 1000

/** Nothing was sent when one of these happened. */
const neverSent = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'UND_ERR_CONNECT_TIMEOUT',
  'EHOSTUNREACH',
])
const hopeless = new Set(['ENOTFOUND', 'CERT_HAS_EXPIRED', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'ERR_INVALID_URL'])

/** Sending it twice leaves the same state as once. */
const repeatableMethod = (method: string): boolean => method !== 'POST'

interface Patience {
  /** Whether a call may be sent twice; all but POST unless given. */
  repeatable?: (method: string) => boolean
}

interface Line {
  dialect: Dialect
  tools: HostTools
  repeatable: (method: string) => boolean
}

const codeOf = (error: unknown): string => {
  for (let at = error; at instanceof Error; at = at.cause)
    if ('code' in at && typeof at.code === 'string') return at.code
  return error instanceof Error ? error.name : 'unknown'
}

/** How an attempt ended: an answer, or a failure that another attempt may mend after a pause. */
type Attempt = { response: Response } | { error: Fail; reason: string; again: boolean; waitMs?: number }

const seconds = (header: string | null): number | undefined => {
  const value = header === null || header.trim() === '' ? Number.NaN : Number(header)
  return Number.isFinite(value) ? value : undefined
}

/** Of the server's own clock if it tells: x-ratelimit-reset is a moment of it. ms since 1970 */
const nowOf = (headers: Headers): number => {
  const date = Date.parse(headers.get('date') ?? '')
  return Number.isNaN(date) ? Date.now() : date
}

/** The pause that the host asks for: seconds, or until a moment of its clock. ms */
const retryAfterOf = (headers: Headers): number | undefined => {
  const header = headers.get('retry-after')
  const given = seconds(header)
  if (given !== undefined) return Math.max(0, given * 1000)
  const date = Date.parse(header ?? '')
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowOf(headers))
}

/**
 * Whether the host asks for fewer calls, and for how long; 0 when it does not say how long.
 * GitHub: 403 or 429 with Retry-After or x-ratelimit-remaining 0 (docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api);
 * GitLab: 429 with Retry-After and RateLimit-Reset; Azure: 429 with Retry-After.
 */
const throttled = (refusal: Refusal, headers: Headers): number | undefined => {
  const after = retryAfterOf(headers)
  const spent = headers.get('x-ratelimit-remaining') === '0'
  const says = /secondary rate limit|abuse detection/i.test(refusal.message)
  if (refusal.status !== 429 && !(refusal.status === 403 && (after !== undefined || spent || says)))
    return undefined
  if (after !== undefined) return after
  const reset = seconds(headers.get('x-ratelimit-reset') ?? headers.get('ratelimit-reset'))
  return reset === undefined ? 0 : Math.max(0, reset * 1000 - nowOf(headers))
}

/** GitLab in maintenance and GitHub when it is overloaded send 503 with Retry-After. */
const failedAttempt = ({ dialect, repeatable }: Line, refusal: Refusal, headers: Headers): Attempt => {
  const { method, status } = refusal
  const reason = `status ${status}`
  const waitMs = status >= 500 ? retryAfterOf(headers) : undefined
  if (waitMs === undefined)
    return { error: refused(dialect, refusal), reason, again: status >= 500 && repeatable(method) }
  const error = busy(dialect, refusal, Math.max(waitMs, baseMs), nowOf(headers))
  return { error, reason, again: waitMs <= longestWaitMs && repeatable(method), waitMs }
}

const refusalAttempt = (line: Line, refusal: Refusal, headers: Headers): Attempt => {
  const { dialect } = line
  const waitMs = throttled(refusal, headers)
  if (waitMs !== undefined)
    return {
      error: limited(dialect, refusal, Math.max(waitMs, baseMs), nowOf(headers)),
      reason: 'rate limit',
      again: waitMs <= longestWaitMs,
      waitMs,
    }
  return failedAttempt(line, refusal, headers)
}

/** Redirects are not followed: `private-token` would travel along, and a POST would become a GET. */
const moved = (dialect: Dialect, where: Pick<Refusal, 'method' | 'path'>, response: Response): Attempt => {
  const to = (response.headers.get('location') ?? 'nowhere').replace(/\?.*$/s, '')
  if (/sign-?in|login/i.test(to))
    return {
      error: refused(dialect, { ...where, status: 401, message: 'sent to the login page' }),
      reason: to,
      again: false,
    }
  return { error: unreachable(dialect, `it has moved to ${to}; use that address`), reason: to, again: false }
}

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

const garbled = ({ dialect, repeatable }: Line, method: string): Attempt => {
  const reason = 'the answer is cut off, or no JSON'
  return { error: unreachable(dialect, reason), reason, again: repeatable(method) }
}

const read = async (
  line: Line,
  where: Pick<Refusal, 'method' | 'path'>,
  response: Response,
): Promise<Attempt> => {
  if (response.status >= 300 && response.status < 400) return moved(line.dialect, where, response)
  const text = await response.text()
  const type = response.headers.get('content-type')
  const { status, headers } = response
  const message = messageOf(type, text)
  const page = looksLikeHtml(type, text)
  // Azure answers a token that it does not know with 203 and its login page.
  if (status === 203 || (status === 401 && page))
    return refusalAttempt(line, { ...where, status: 401, message }, headers)
  if (page && status < 500) return { error: foreignPage(line.dialect, message), reason: 'HTML', again: false }
  if (status >= 400) return refusalAttempt(line, { ...where, status, message }, headers)
  if (text !== '' && !isJson(text)) return garbled(line, where.method)
  return { response: new Response(text === '' ? null : text, { status, headers }) }
}

const attemptOnce = async (line: Line, url: string, init: SendInit): Promise<Attempt> => {
  const where = { method: init.method, path: new URL(url).pathname }
  try {
    const signal = AbortSignal.timeout(timeoutMs)
    return await read(line, where, await line.tools.fetch(url, { ...init, redirect: 'manual', signal }))
  } catch (error) {
    const code = codeOf(error)
    const again = !hopeless.has(code) && (neverSent.has(code) || line.repeatable(init.method))
    return { error: unreachable(line.dialect, code), reason: code, again }
  }
}

/**
 * The one way to the API of a host, for all three clients: bounded patience, no redirects, no HTML taken for an answer.
 * Reads, PUT and PATCH are sent again after faults of server and line; a POST only when it certainly was not taken.
 * A pause that the host asks for is kept up to a minute.
 * @throws Fail CI_DENIED, CI_REFUSED, CI_UNREACHABLE; none of them holds the request
 */
export const createSend =
  (dialect: Dialect, tools: HostTools, { repeatable = repeatableMethod }: Patience = {}): Send =>
  async (url, init) => {
    const line = { dialect, tools, repeatable }
    for (let attempt = 1; ; attempt++) {
      const ended = await attemptOnce(line, url, init)
      if ('response' in ended) return ended.response
      if (!ended.again || attempt >= attempts) throw ended.error
      const delayMs = ended.waitMs || baseMs * 2 ** (attempt - 1)
      const { pathname } = new URL(url)
      tools.emit({
        type: 'retry',
        method: init.method,
        path: pathname,
        attempt,
        delayMs,
        reason: ended.reason,
      })
      await tools.sleep(delayMs)
    }
  }

const headersOf = (headers: RequestInit['headers']): Record<string, string> =>
  Object.fromEntries(new Headers(headers))

/** The same as a `fetch`, for clients that take one. */
export const asFetch =
  (send: Send): typeof globalThis.fetch =>
  async (input, init = {}) => {
    const url = input instanceof Request ? input.url : String(input)
    const { body } = init
    return await send(url, {
      method: init.method ?? 'GET',
      headers: headersOf(init.headers),
      ...(typeof body === 'string' ? { body } : {}),
    })
  }
