import { Hono } from 'hono'
import type { Context } from 'hono'
import type { AnyEndpoint, EndpointTable } from '../../wire/endpoint.ts'
import type { Bytes, Call, Face, Handler, Handlers } from './call.ts'
import { now, type ClockMode } from './clock.ts'
import { readInput } from './input.ts'
import { formatJson } from './json.ts'
import { authenticate } from './principals.ts'
import { malformed, notImplemented, Refused } from './refused.ts'
import type { Site } from './site.ts'
import type { Store } from './store.ts'
import { fileResponse, StoredFile } from './stored-file.ts'

/** What every request needs of the emulator. */
export interface Services {
  readonly db: Store
  readonly site: Site
  mode: ClockMode
}

/** Real servers collapse duplicate slashes: `//api/2.0//clusters/list` works. */
export const pathOf = (url: string): string => new URL(url).pathname.replace(/\/{2,}/g, '/')

export const json = (value: unknown, status = 200, headers: Record<string, string> = {}): Response =>
  new Response(formatJson(value), { status, headers: { 'content-type': 'application/json', ...headers } })

export const refusal = (error: Refused): Response =>
  json(
    { error_code: error.errorCode, message: error.message },
    error.status,
    error.status === 401 ? { 'www-authenticate': 'Bearer realm="DatabricksRealm"' } : {},
  )

/** API 1.2 has its own form: `{error}`. */
const isOldest = (path: string): boolean => path.startsWith('/api/1.2/')

/** `{name}` -> `:name`, `{name*}` -> `:name{.+}`. */
const pattern = (path: string): string =>
  path.replace(/\{(\w+)(\*?)\}/g, (_, name: string, rest: string) => `:${name}${rest && '{.+}'}`)

const isBytes = (result: unknown): result is Bytes => result instanceof Uint8Array

const answer = (result: unknown, request: Request, headers: Record<string, string>): Response => {
  if (result instanceof StoredFile) return fileResponse(result, request, headers)
  if (!isBytes(result)) return json(result, 200, headers)
  return new Response(result, { headers: { 'content-type': 'application/octet-stream', ...headers } })
}

/** Everything below is a plain MLflow server: `MLFLOW_TRACKING_URI=http://127.0.0.1:<port>/mlflow`. */
export const mlflowRoot = '/mlflow'

const faceOf = (path: string): Face => (path.startsWith(`${mlflowRoot}/`) ? 'mlflow' : 'databricks')

const serve =
  (services: Services, endpoint: AnyEndpoint, handler: Handler<Record<string, unknown>, unknown>) =>
  async (c: Context): Promise<Response> => {
    const { db } = services
    const me = authenticate(db, c.req.raw.headers.get('authorization'), now(db))
    const given = await readInput(c.req.raw, endpoint.input === 'bytes', services.site.folder)
    const input = { ...given, ...c.req.param() }
    const headers: Record<string, string> = {}
    const result = transact(services, (site) => {
      const { origin } = new URL(c.req.url)
      const call: Call = {
        db,
        site,
        mode: services.mode,
        now: now(db),
        me,
        path: c.req.path,
        face: faceOf(c.req.path),
        origin,
        headers,
      }
      return handler(input, call)
    })
    return answer(result, c.req.raw, headers)
  }

/**
 * One immediate transaction; what it wants done `later` is done when it is committed, and not at all when it is not.
 * @throws whatever the work throws
 */
export const transact = <T>({ db, site }: Services, work: (site: Site) => T): T => {
  const queued: (() => void)[] = []
  const result = db.atomically(() => work({ ...site, later: (task) => void queued.push(task) }))
  for (const task of queued) task()
  return result
}

/** Register a family: its table says where (below `root`), its handlers say what. */
export const mount = <T extends EndpointTable>(
  app: Hono,
  services: Services,
  table: T,
  handlers: Handlers<T>,
  root: '' | typeof mlflowRoot = '',
): void => {
  for (const [name, endpoint] of Object.entries(table)) {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the caller's types pair the two tables
    const handler = handlers[name] as Handler<Record<string, unknown>, unknown>
    const paths = [endpoint.path, ...endpoint.alsoAt].map((path) => root + pattern(path))
    app.on([endpoint.method], paths, serve(services, endpoint, handler))
  }
}

/** The database could not be written to, as a sentence: a full disk stays, a lock passes. */
const ofDatabase = ({ message }: Error): Refused | undefined => {
  if (message.includes('database or disk is full'))
    return new Refused(500, 'IO_ERROR', 'the disk of the embedded workspace is full (ENOSPC)')
  if (message.includes('database is locked'))
    return new Refused(
      503,
      'TEMPORARILY_UNAVAILABLE',
      'another process holds the embedded workspace; try again',
    )
  return undefined
}

export const createApp = (): Hono => {
  const app = new Hono({ getPath: (request) => pathOf(request.url) })
  app.notFound((c) => refusal(notImplemented(`has no ${c.req.method} ${c.req.path}`)))
  app.onError((error, c) => {
    if (error instanceof Refused && isOldest(c.req.path)) return json({ error: error.message }, error.status)
    if (error instanceof Refused) return refusal(error)
    if (error instanceof SyntaxError) return refusal(malformed(error.message))
    return refusal(ofDatabase(error) ?? new Refused(500, 'INTERNAL_ERROR', error.stack ?? error.message))
  })
  return app
}
