import { parseJson } from './json.ts'
import { readMultipart } from './multipart.ts'
import { isMembers } from './read.ts'
import { badValue, malformed, Refused } from './refused.ts'
import { spoolBody } from './spool-body.ts'
import { spoolMultipart, uploadsRoot } from './spool.ts'

type Fields = Record<string, unknown>

/** The largest legal body is a 10 MB file in base64. */
const maxBody = 16 * 1024 * 1024

/** Files of up to 2 GB go to DBFS in one form: databricks-cli `dbfs/api.py`. A larger form than `maxBody` goes to disk. */
const maxUpload = 2 * 1024 ** 3 + maxBody
const takesUploads = /\/dbfs\/put$/

/** Files of artifacts come as the body itself: 5 GB, as https://docs.databricks.com/api/workspace/files/upload. */
const maxFile = 5 * 1024 ** 3
const takesFiles = /\/api\/2\.0\/(?:mlflow-artifacts\/artifacts|fs\/files)\/./

const collect = (target: Fields, entries: Iterable<[string, unknown]>): Fields => {
  for (const [name, value] of entries) {
    const known = target[name]
    if (known === undefined) target[name] = value
    else target[name] = Array.isArray(known) ? [...(known as unknown[]), value] : [known, value]
  }
  return target
}

/** A plain MLflow server wants JSON to be called so, and takes what it cannot parse for an empty body. */
const plainBody = (bytes: Uint8Array, request: Request): Fields => {
  const type = request.headers.get('content-type') ?? ''
  if (/^(POST|PUT)$/.test(request.method) && !/^application\/json\s*(;|$)/i.test(type))
    throw badValue(`Bad Request. Content-Type '${type}' is not one of ['application/json']`)
  try {
    return parseBody(bytes)
  } catch {
    return {}
  }
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

const checkSize = (bytes: number, most = maxBody): void => {
  if (bytes > most)
    throw new Refused(413, 'REQUEST_TOO_LARGE', `The body has ${bytes} bytes; at most ${most} are accepted`)
}

/** A form that is large, or does not say how large it is. */
const isUpload = (path: string, type: string, length: string | null): boolean =>
  takesUploads.test(path) &&
  type.startsWith('multipart/form-data') &&
  (length === null || Number(length) > maxBody)

/**
 * Query, body and path in one record. A JSON body is read whatever its type says: the legacy CLI sends `text/json`,
 * on GET too. `bytes` bodies arrive as `content`; the file of a large upload, and any artifact, as `Spooled`, below `folder()`.
 * @throws Refused 400 MALFORMED_REQUEST, 413, 500 IO_ERROR
 */
export const readInput = async (request: Request, bytes: boolean, folder: () => string): Promise<Fields> => {
  const { pathname, searchParams } = new URL(request.url)
  const query = collect({}, searchParams)
  if (request.method === 'GET' || request.method === 'HEAD') return query
  const type = request.headers.get('content-type') ?? ''
  const length = request.headers.get('content-length')
  if (isUpload(pathname, type, length) && request.body !== null) {
    checkSize(Number(length ?? 0), maxUpload)
    return { ...query, ...(await spoolMultipart(request.body, type, uploadsRoot(folder()), maxUpload)) }
  }
  if (bytes && takesFiles.test(pathname) && request.body !== null) {
    checkSize(Number(length ?? 0), maxFile)
    return { ...query, content: await spoolBody(request.body, uploadsRoot(folder()), maxFile) }
  }
  checkSize(Number(length ?? 0))
  const body = new Uint8Array(await request.arrayBuffer())
  checkSize(body.length)
  if (bytes) return { ...query, content: body }
  if (pathname.startsWith('/mlflow/')) return { ...query, ...plainBody(body, request) }
  const form = type.startsWith('multipart/form-data')
  return { ...query, ...(form ? readMultipart(body, type) : parseBody(body)) }
}
