import { Fail } from '../errors.ts'
import type { Json } from '../wire/endpoint.ts'
import { ApiError, readErrorBody } from './api-error.ts'
import { parseJson } from './json.ts'
import type { Prepared } from './request.ts'
import { retryAfterMs, type Outcome } from './retry.ts'

/** One attempt's end: a value, or a failure with what the retry rules need to know about it. */
export type Attempt =
  | { ok: true; value: Json | Uint8Array }
  | { ok: false; outcome: Outcome; error: Fail; reason: string }

const neverSent = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'UND_ERR_CONNECT_TIMEOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
])
const hopeless = new Set(['ENOTFOUND', 'CERT_HAS_EXPIRED', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'ERR_INVALID_URL'])

const codeOf = (error: unknown): string => {
  for (let at = error; at instanceof Error; at = at.cause)
    if ('code' in at && typeof at.code === 'string') return at.code
  return error instanceof Error ? error.name : 'unknown'
}

const torn = (host: string, error: unknown): Attempt => {
  const code = codeOf(error)
  const sent = !neverSent.has(code) && !hopeless.has(code)
  return {
    ok: false,
    outcome: { kind: 'torn', sent, transient: !hopeless.has(code) },
    error: new Fail('HOST_UNREACHABLE', { host, why: code }, { cause: error }),
    reason: code,
  }
}

const notJson = (prepared: Prepared, status: number, what: string, retryable: boolean): Attempt => ({
  ok: false,
  outcome: retryable ? { kind: 'garbled' } : { kind: 'answer', status },
  error: new Fail('NOT_JSON', { method: prepared.method, path: prepared.path, status, what }),
  reason: what,
})

const looksLikeHtml = (response: Response, text: string): boolean =>
  (response.headers.get('content-type') ?? '').includes('text/html') || text.trimStart().startsWith('<')

const read = async (prepared: Prepared, response: Response): Promise<Attempt> => {
  const text = await response.text()
  if (looksLikeHtml(response, text)) return notJson(prepared, response.status, 'an HTML page', false)
  try {
    const value = parseJson(text)
    // Every answer of these APIs is an object; anything else is somebody else's answer.
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ok: true, value }
    return notJson(prepared, response.status, 'no JSON object', false)
  } catch {
    return notJson(prepared, response.status, text === '' ? 'empty' : 'cut off', true)
  }
}

const readBytes = async (prepared: Prepared, response: Response): Promise<Attempt> => {
  if ((response.headers.get('content-type') ?? '').includes('text/html'))
    return notJson(prepared, response.status, 'an HTML page', false)
  return { ok: true, value: new Uint8Array(await response.arrayBuffer()) }
}

const refused = async (
  host: string,
  prepared: Prepared,
  response: Response,
  now: number,
): Promise<Attempt> => {
  const body = readErrorBody(response.status, await response.text())
  const wait = retryAfterMs(response.headers.get('retry-after'), now)
  return {
    ok: false,
    outcome: {
      kind: 'answer',
      status: response.status,
      ...(wait === undefined ? {} : { retryAfterMs: wait }),
    },
    error: new ApiError({ host, method: prepared.method, path: prepared.path }, response.status, body),
    reason: `${response.status} ${body.errorCode}`,
  }
}

/**
 * Send once and classify. Redirects are not followed: an API call that is sent elsewhere is a login page,
 * and the token must not travel to another host.
 * @throws the signal's reason when the run itself was stopped
 */
export const attempt = async (
  fetch: typeof globalThis.fetch,
  host: string,
  prepared: Prepared,
  output: 'json' | 'bytes',
  options: { signal: AbortSignal; stop?: AbortSignal | undefined; now: number },
): Promise<Attempt> => {
  try {
    const { method, headers, body } = prepared
    const init = { method, headers, redirect: 'manual' as const, signal: options.signal }
    const response = await fetch(
      prepared.url,
      body === undefined ? init : { ...init, body: body as NonNullable<RequestInit['body']> },
    )
    if (response.status >= 400) return await refused(host, prepared, response, options.now)
    if (response.status >= 300) return notJson(prepared, response.status, 'a redirect', false)
    return await (output === 'bytes' ? readBytes(prepared, response) : read(prepared, response))
  } catch (error) {
    if (options.stop?.aborted) throw options.stop.reason
    return torn(host, error)
  }
}
