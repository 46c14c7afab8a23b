import { Fail } from '../errors.ts'
import type { Json } from '../wire/endpoint.ts'
import { parseJson } from './json.ts'

export interface Where {
  method: string
  path: string
}

/** A workspace's own words, whatever shape they came in. */
export interface ErrorBody {
  errorCode: string
  message: string
}

/** An answer of status 400 and above. */
export class ApiError extends Fail {
  readonly status: number
  readonly errorCode: string
  readonly apiMessage: string

  constructor(where: Where & { host: string }, status: number, body: ErrorBody) {
    const context = {
      ...where,
      status,
      errorCode: body.errorCode,
      message: body.message,
      who: 'this identity',
    }
    if (status === 401) super('UNAUTHENTICATED', { ...context, method: 'token', hint: hints['401'] })
    else if (status === 403) super('PERMISSION_DENIED', context)
    else super('API_REFUSED', { ...context, hint: hintFor(status, body.errorCode) })
    this.status = status
    this.errorCode = body.errorCode
    this.apiMessage = body.message
  }
}

/** A write whose answer was lost: it may or may not have taken effect. Appliers look for their marker. */
export class AnswerLost extends Fail {
  constructor(where: Where, why: string, cause?: unknown) {
    super('ANSWER_LOST', { ...where, why }, { cause })
  }
}

const hints: Record<string, string> = {
  '401': 'make a new token in the workspace of this host and put it into the CI variable; tokens expire',
  '404': 'check the name or id; something may have been removed meanwhile, so plan again',
  '429': 'the workspace is overloaded by other clients; run again later',
  INVALID_STATE: 'the object is busy changing; run again when it is stable',
  QUOTA_EXCEEDED: 'ask the cloud administrator for more quota, or choose a smaller size',
}

const hintFor = (status: number, code: string): string =>
  hints[code] ??
  hints[String(status)] ??
  (status >= 500
    ? 'the workspace has a problem of its own; run again, it goes on from what is there'
    : 'mend what the message names and run again')

const field = (value: Json | undefined, name: string): string | undefined => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const found = value[name]
  return typeof found === 'string' || typeof found === 'number' ? String(found) : undefined
}

const fromJson = (json: Json): ErrorBody | undefined => {
  const oauth = field(json, 'error_description')
  const message = field(json, 'message') ?? oauth ?? field(json, 'error') ?? field(json, 'detail')
  const code = field(json, 'error_code') ?? (oauth === undefined ? undefined : field(json, 'error'))
  if (message === undefined && code === undefined) return undefined
  const scim = field(json, 'detail') === undefined ? undefined : `SCIM_${field(json, 'status') ?? 'ERROR'}`
  return { errorCode: code ?? scim ?? 'UNKNOWN', message: message ?? code ?? '' }
}

const firstText = (html: string): string | undefined =>
  /<(?:pre|title|h1)[^>]*>([^<]+)</i.exec(html)?.[1]?.trim()

/**
 * Read an error answer: the JSON form, API 1.2 `{error}`, OAuth `{error,error_description}`, SCIM `{detail,status}`, plain `CODE: message`, HTML, or nothing.
 * The forms are those that databricks-sdk-py `errors/deserializer.py` accepts.
 */
export const readErrorBody = (status: number, text: string): ErrorBody => {
  try {
    const body = fromJson(parseJson(text))
    if (body) return body
  } catch {
    // Not JSON: one of the forms below.
  }
  const plain = /^([A-Z][A-Z_]+): ([\s\S]*)$/.exec(text)
  if (plain?.[1]) return { errorCode: plain[1], message: plain[2] ?? '' }
  const words = text.trimStart().startsWith('<') ? firstText(text) : text.trim().slice(0, 500)
  return { errorCode: `HTTP_${status}`, message: words || `status ${status} without a message` }
}

/**
 * The object is not there. clusters/get, jobs/get and runs/get say so with 400 INVALID_PARAMETER_VALUE
 * (databricks-sdk-py `errors/overrides.py`).
 */
export const isMissing = (error: unknown): error is ApiError =>
  error instanceof ApiError &&
  (error.status === 404 ||
    (error.errorCode === 'INVALID_PARAMETER_VALUE' &&
      /^(Cluster|Job|Run):? .* (does not|doesn't) exist/.test(error.apiMessage)))

export const hasCode = (error: unknown, ...codes: string[]): error is ApiError =>
  error instanceof ApiError && codes.includes(error.errorCode)
