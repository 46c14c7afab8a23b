import { parseJson } from './json.ts'
import { readMultipart } from './multipart.ts'
import { isMembers } from './read.ts'
import { malformed, Refused } from './refused.ts'

type Fields = Record<string, unknown>

/** The largest legal body is a 10 MB file in base64. */
const maxBody = 16 * 1024 * 1024

const collect = (target: Fields, entries: Iterable<[string, unknown]>): Fields => {
  for (const [name, value] of entries) {
    const known = target[name]
    if (known === undefined) target[name] = value
    else target[name] = Array.isArray(known) ? [...(known as unknown[]), value] : [known, value]
  }
  return target
}

const parseBody = (bytes: Uint8Array): Fields => {
  if (bytes.length === 0) return {}
  let value
  try {
    value = parseJson(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw malformed('Invalid JSON given in the body of the request - failed to parse given JSON')
  }
  if (!isMembers(value)) throw malformed('Invalid JSON given in the body of the request - expected a map')
  return value
}

const checkSize = (bytes: number): void => {
  if (bytes > maxBody)
    throw new Refused(
      413,
      'REQUEST_TOO_LARGE',
      `The body has ${bytes} bytes; at most ${maxBody} are accepted`,
    )
}

/**
 * Query, body and path in one record. A JSON body is read whatever its type says: the legacy CLI sends `text/json`,
 * on GET too. `bytes` bodies arrive as `content`.
 * @throws Refused 400 MALFORMED_REQUEST, 413
 */
export const readInput = async (request: Request, bytes: boolean): Promise<Fields> => {
  checkSize(Number(request.headers.get('content-length') ?? 0))
  const query = collect({}, new URL(request.url).searchParams)
  if (request.method === 'GET' || request.method === 'HEAD') return query
  const type = request.headers.get('content-type') ?? ''
  const body = new Uint8Array(await request.arrayBuffer())
  checkSize(body.length)
  if (bytes) return { ...query, content: body }
  const form = type.startsWith('multipart/form-data')
  return { ...query, ...(form ? readMultipart(body, type) : parseBody(body)) }
}
