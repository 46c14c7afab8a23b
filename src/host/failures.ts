import { Fail } from '../errors.ts'

/** An answer that says no. */
export interface Refusal {
  method: string
  /** Without query: what a message may show. */
  path: string
  status: number
  /** The host's own words. */
  message: string
}

/** How one host says no, and what to do about it. */
export interface Dialect {
  /** As people call it: `GitHub`. */
  host: string
  /** Root of the API, for messages. */
  url: string
  /** Where the token comes from, and how to get another. */
  token: string
  /** The right that a call needs, by how its `METHOD /path` looks; the first that matches. */
  rights: readonly (readonly [call: RegExp, right: string])[]
  /** Hints by what the message says, before all others. */
  known: readonly (readonly [message: RegExp, hint: string])[]
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const flat = (value: unknown): string => {
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return value.map(flat).filter(Boolean).join(', ')
  if (!isRecord(value)) return ''
  return Object.entries(value)
    .flatMap(([name, inner]) => {
      const text = flat(inner)
      return text === '' ? [] : [name === 'message' || name === 'base' ? text : `${name}: ${text}`]
    })
    .join('; ')
}

/** GitLab `{message}` (text or object) or `{error, error_description}`; GitHub `{message, errors}`; Azure `{message}`. */
const wordsOf = (json: unknown): string => {
  if (!isRecord(json)) return ''
  const details = json['errors'] === undefined ? '' : flat(json['errors'])
  const first = [json['error_description'], json['message'], json['error']].map(flat).find(Boolean) ?? ''
  return [first, details].filter(Boolean).join(': ')
}

const html = (text: string): string =>
  /<(?:title|h1)[^>]*>([^<]+)</i.exec(text)?.[1]?.trim() ?? 'an HTML page without a title'

export const looksLikeHtml = (contentType: string | null, text: string): boolean =>
  (contentType ?? '').includes('text/html') || /^\s*<(!doctype|html)/i.test(text)

/** The message of an answer, in whatever form it came; one line, at most 500 characters. */
export const messageOf = (contentType: string | null, text: string): string => {
  if (looksLikeHtml(contentType, text)) return html(text)
  let words = text
  try {
    words = wordsOf(JSON.parse(text))
  } catch {
    // Plain text: its own words.
  }
  return words.replaceAll(/\s+/g, ' ').trim().slice(0, 500) || 'no message'
}

const rightOf = ({ rights }: Dialect, { method, path }: Refusal): string | undefined =>
  rights.find(([call]) => call.test(`${method} ${path}`))?.[1]

const hintOf = (dialect: Dialect, refusal: Refusal): string => {
  const said = dialect.known.find(([message]) => message.test(refusal.message))?.[1]
  if (said !== undefined) return said
  const right = rightOf(dialect, refusal) ?? 'the right to do this'
  if (refusal.status === 401) return `the token is expired, revoked or of another server: ${dialect.token}`
  if (refusal.status === 403) return `the token lacks ${right}; ${dialect.token}`
  if (refusal.status === 404)
    return `it is not there, or the token may not see it: check the address, and that the token has ${right}`
  if (refusal.status >= 500) return `${dialect.host} has a problem of its own; run the job again later`
  return 'mend what the message names and run the job again'
}

/** 401 and 403 -> CI_DENIED, the others -> CI_REFUSED; `context.status` tells them apart. */
export const refused = (dialect: Dialect, refusal: Refusal): Fail => {
  const { host } = dialect
  const hint = hintOf(dialect, refusal)
  const { method, path, status, message } = refusal
  if (status !== 401 && status !== 403) return new Fail('CI_REFUSED', { host, ...refusal, hint })
  return new Fail('CI_DENIED', {
    host,
    what: `${method} ${path}`,
    // GitLab says its status in words too: «401 Unauthorized».
    message: message.startsWith(String(status)) ? message : `${status} ${message}`,
    status,
    hint,
  })
}

/** Seconds as people say them. */
const span = (ms: number): string =>
  ms < 120_000 ? `${Math.ceil(ms / 1000)} s` : `${Math.ceil(ms / 60_000)} min`

/** ms; what is longer is nonsense, and may be no date. */
const longestSpanMs = 365 * 86_400_000

const comeBack = (waitMs: number, now: number): string => {
  const left = Math.min(waitMs, longestSpanMs)
  const when = new Date(now + left).toISOString().slice(0, 19).replace('T', ' ')
  return `run the job again after ${when} UTC (in ${span(left)})`
}

/** The host has a problem of its own, and says how long. */
export const busy = (dialect: Dialect, refusal: Refusal, waitMs: number, now: number): Fail => {
  const hint = `${dialect.host} has a problem of its own; ${comeBack(waitMs, now)}`
  return new Fail('CI_REFUSED', { host: dialect.host, ...refusal, hint })
}

/** The host wants fewer calls, and longer than a job should wait. */
export const limited = (dialect: Dialect, refusal: Refusal, waitMs: number, now: number): Fail => {
  const hint = `the token has used up what ${dialect.host} allows; ${comeBack(waitMs, now)}`
  return new Fail('CI_REFUSED', {
    host: dialect.host,
    ...refusal,
    message: `rate limit: ${refusal.message}`,
    hint,
  })
}

/** An answer that is not the API's: a login page or a proxy's. */
export const foreignPage = ({ host, url }: Dialect, title: string): Fail =>
  new Fail('CI_UNREACHABLE', {
    host,
    url,
    why: `an HTML page answered («${title.slice(0, 100)}»), not the API`,
    hint: 'a login page or proxy answered: check the address, and that the token is of this server',
  })

export const unreachable = ({ host, url }: Dialect, why: string): Fail =>
  new Fail('CI_UNREACHABLE', { host, url, why })

/** The HTTP status that a failure of this room is about. */
export const statusOf = (error: unknown): number | undefined => {
  const status = error instanceof Fail ? error.context['status'] : undefined
  return typeof status === 'number' ? status : undefined
}

/** The clients wrap what their transport throws; their own errors carry the request, and with it the token. */
export const unwrapped = async <T>(work: Promise<T>): Promise<T> => {
  try {
    return await work
  } catch (error) {
    if (error instanceof Error && error.cause instanceof Fail) throw error.cause
    throw error
  }
}
