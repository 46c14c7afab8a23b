import { clusters } from '../wire/clusters.ts'
import { identity } from '../wire/identity.ts'
import { jobs } from '../wire/jobs.ts'
import { libraries } from '../wire/libraries.ts'
import { permissions } from '../wire/permissions.ts'
import { workspaceFiles } from '../wire/workspace-files.ts'
import { workspace } from '../wire/workspace.ts'
import { clustersHandlers } from './clusters.ts'
import { identityHandlers } from './identity.ts'
import { jobsHandlers } from './jobs.ts'
import { librariesHandlers } from './libraries.ts'
import { permissionsHandlers } from './permissions.ts'
import type { ClockMode } from './server/clock.ts'
import { mountControl, type Controlled } from './server/control.ts'
import { createFaults, Torn } from './server/faults.ts'
import { listen, type Listening } from './server/listen.ts'
import { createLog } from './server/log.ts'
import { mountOidc } from './server/oidc.ts'
import { createApp, mount, pathOf, type Services } from './server/router.ts'
import { seed } from './server/seed.ts'
import { openStore } from './server/store.ts'
import { workspaceFilesHandlers } from './workspace-files.ts'
import { workspaceHandlers } from './workspace.ts'

export interface EmulatorOptions {
  /** State folder; absent: everything is kept in memory and ends with the process. */
  state?: string
  /** Default `real`. */
  clock?: ClockMode
  /** Personal access token of `user`. */
  token?: string
  /** An admin of the workspace. */
  user?: string
  /** OAuth clients: service principals, admins too. Others come through POST /_emulator/principals. */
  clients?: readonly { id: string; secret: string }[]
}

export interface Emulator {
  /** The workspace itself; any host in the URL will do. */
  readonly fetch: typeof globalThis.fetch
  readonly token: string
  /** Serve it on 127.0.0.1; without a port, on a free one. */
  readonly listen: (port?: number) => Promise<Listening>
  /** Close the state. */
  readonly close: () => void
}

const defaultToken = 'dapi-embedded-workspace'
const defaultUser = 'admin@example.com'

const mountFamilies = (app: ReturnType<typeof createApp>, services: Services): void => {
  mount(app, services, clusters, clustersHandlers)
  mount(app, services, libraries, librariesHandlers)
  mount(app, services, workspace, workspaceHandlers)
  mount(app, services, workspaceFiles, workspaceFilesHandlers)
  mount(app, services, identity, identityHandlers)
  mount(app, services, permissions, permissionsHandlers)
  mount(app, services, jobs, jobsHandlers)
}

const createServices = (options: EmulatorOptions, token: string, user: string): Controlled => {
  const db = openStore(options.state)
  const start = () => db.atomically(() => seed(db, { user, token, clients: options.clients ?? [] }))
  const services: Controlled = {
    db,
    mode: options.clock ?? 'real',
    faults: createFaults(),
    log: createLog(),
    reset: () => {
      db.atomically(() => db.clear())
      services.faults.clear()
      services.log.clear()
      start()
    },
  }
  start()
  return services
}

type Serve = (request: Request) => Promise<Response>

/** Log and faults for everything but the control routes. */
const observed =
  (services: Controlled, serve: Serve): Serve =>
  async (request) => {
    const path = pathOf(request.url)
    if (path.startsWith('/_emulator/')) return await serve(request)
    const { method } = request
    const at = Date.now()
    const started = performance.now()
    const log = (status: number) =>
      services.log.add({
        method,
        path,
        query: new URL(request.url).search.slice(1),
        status,
        ms: performance.now() - started,
        at,
      })
    try {
      const response = await services.faults.pass(method, path, () => serve(request))
      log(response.status)
      return response
    } catch (error) {
      log(0)
      throw error
    }
  }

/** As undici does when the other side tears the connection. */
const tornFetch = () => {
  const cause = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', syscall: 'read' })
  return new TypeError('fetch failed', { cause })
}

const asFetch = (serve: Serve): typeof globalThis.fetch => {
  return async (input, init) => {
    const request = new Request(input, init)
    const { signal } = request
    signal.throwIfAborted()
    const aborted = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    })
    try {
      return await Promise.race([serve(request), aborted])
    } catch (error) {
      throw error instanceof Torn ? tornFetch() : error
    }
  }
}

/**
 * A workspace in this process: Databricks' REST API for the families of `wire/`, with their states, refusals and paging.
 * @throws the system's or SQLite's error when the state folder cannot be used
 */
export const createEmulator = (options: EmulatorOptions = {}): Emulator => {
  const token = options.token ?? defaultToken
  const user = options.user ?? defaultUser
  const services = createServices(options, token, user)
  const app = createApp()
  mountFamilies(app, services)
  mountOidc(app, services)
  mountControl(app, services, user)
  const serve = observed(services, async (request) => await app.fetch(request))
  return {
    fetch: asFetch(serve),
    token,
    listen: (port = 0) => listen(serve, port),
    close: () => services.db.close(),
  }
}
