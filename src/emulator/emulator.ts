import type { Compute } from '../compute/compute.ts'
import {
  artifactCredentials,
  artifactProxy,
  artifacts,
  loggedModelArtifacts,
  modelFiles,
} from '../wire/artifacts.ts'
import { clusters } from '../wire/clusters.ts'
import { commands } from '../wire/commands.ts'
import { dbfs } from '../wire/dbfs.ts'
import { identity } from '../wire/identity.ts'
import { jobs } from '../wire/jobs.ts'
import { libraries } from '../wire/libraries.ts'
import { loggedModels } from '../wire/logged-models.ts'
import { permissions } from '../wire/permissions.ts'
import { runs } from '../wire/runs.ts'
import { secrets } from '../wire/secrets.ts'
import { tracking, trackingDatabricks } from '../wire/tracking.ts'
import { workspaceFiles } from '../wire/workspace-files.ts'
import { workspace } from '../wire/workspace.ts'
import { modelFilesHandlers } from './artifact/model-files.ts'
import { artifactProxyHandlers } from './artifact/proxy.ts'
import { mountSigned } from './artifact/signed.ts'
import { emptyArtifacts } from './artifact/storage.ts'
import { artifactCredentialsHandlers, artifactsHandlers, loggedModelArtifactsHandlers } from './artifacts.ts'
import { clustersHandlers } from './clusters.ts'
import { commandsHandlers } from './commands.ts'
import { dbfsHandlers, emptyDbfs } from './dbfs.ts'
import { identityHandlers } from './identity.ts'
import { jobsHandlers } from './jobs.ts'
import { librariesHandlers } from './libraries.ts'
import { startInstalling } from './library/pump.ts'
import { loggedModelsHandlers } from './logged-models.ts'
import { emptyMirror } from './mirror/mirror.ts'
import { mountMlflow } from './mlflow/face.ts'
import { permissionsHandlers } from './permissions.ts'
import { mountRegistries } from './registry-mount.ts'
import { runsHandlers } from './runs.ts'
import { createDriver, type Driver } from './runs/driver.ts'
import { reclaim } from './runs/lost.ts'
import { newOwner } from './runs/owner.ts'
import { secretsHandlers } from './secrets.ts'
import { now, type ClockMode } from './server/clock.ts'
import { mountControl, type Controlled } from './server/control.ts'
import { createFaults, Torn } from './server/faults.ts'
import { listen, type Listening } from './server/listen.ts'
import { createLog } from './server/log.ts'
import { openFolder, type Site } from './server/site.ts'
import { mountOidc } from './server/oidc.ts'
import { createApp, mlflowRoot, mount, pathOf, type Services } from './server/router.ts'
import { seed } from './server/seed.ts'
import { openStore } from './server/store.ts'
import { trackingDatabricksHandlers, trackingHandlers } from './tracking.ts'
import { seedExperiments } from './tracking/experiment-rows.ts'
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
  /** Runs code and installs libraries; absent: simulated, states only. The emulator closes it. */
  compute?: Compute
  /** Without compute: why no code runs, and what to do, for those who want to run some. */
  simulated?: string
  /** What cannot be installed for want of a network is SKIPPED, not FAILED. */
  lenient?: boolean
  /** OAuth clients: service principals, admins too. Others come through POST /_emulator/principals. */
  clients?: readonly { id: string; secret: string }[]
}

export interface Emulator {
  /** The workspace itself; any host in the URL will do. */
  readonly fetch: typeof globalThis.fetch
  readonly token: string
  /** Serve it on 127.0.0.1; without a port, on a free one. */
  readonly listen: (port?: number) => Promise<Listening>
  /**
   * Cancel what runs, then close the state. Without compute nothing is waited for. `leave`: as if this process were killed;
   * whoever opens the state next ends those runs as lost.
   */
  readonly close: (runs?: 'cancel' | 'leave') => Promise<void>
}

const defaultToken = 'dapi-embedded-workspace'
const defaultUser = 'admin@example.com'
const defaultSimulated = 'simulated: no code runs here; use --compute process'

const mountFamilies = (app: ReturnType<typeof createApp>, services: Services): void => {
  mount(app, services, clusters, clustersHandlers)
  mount(app, services, libraries, librariesHandlers)
  mount(app, services, workspace, workspaceHandlers)
  mount(app, services, workspaceFiles, workspaceFilesHandlers)
  mount(app, services, identity, identityHandlers)
  mount(app, services, permissions, permissionsHandlers)
  mount(app, services, dbfs, dbfsHandlers)
  mount(app, services, secrets, secretsHandlers)
  mount(app, services, commands, commandsHandlers)
  mount(app, services, jobs, jobsHandlers)
  mount(app, services, runs, runsHandlers)
  for (const root of ['', mlflowRoot] as const) {
    mount(app, services, tracking, trackingHandlers, root)
    mount(app, services, loggedModels, loggedModelsHandlers, root)
  }
  mount(app, services, trackingDatabricks, trackingDatabricksHandlers)
  mountRegistries(app, services)
  mount(app, services, artifactProxy, artifactProxyHandlers, mlflowRoot)
  for (const root of ['', mlflowRoot] as const) mount(app, services, artifacts, artifactsHandlers, root)
  mount(app, services, artifactCredentials, artifactCredentialsHandlers)
  mount(app, services, loggedModelArtifacts, loggedModelArtifactsHandlers)
  mount(app, services, modelFiles, modelFilesHandlers)
  mountSigned(app, services)
}

const createServices = (options: EmulatorOptions, token: string, user: string, site: Site): Controlled => {
  const db = openStore(options.state)
  const begin = () => {
    seed(db, { user, token, clients: options.clients ?? [] })
    seedExperiments(db, now(db))
  }
  const services: Controlled = {
    db,
    site,
    mode: options.clock ?? 'real',
    faults: createFaults(),
    log: createLog(),
    reset: () => {
      site.forgetRuns()
      // Together: what happens to the folders, there always is a workspace.
      db.atomically(() => {
        db.clear()
        begin()
      })
      services.faults.clear()
      services.log.clear()
      emptyDbfs(site.folder())
      emptyMirror(site.folder())
      emptyArtifacts(site.folder())
    },
  }
  db.atomically(begin)
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
  const folder = openFolder(options.state)
  let own: Promise<Listening> | undefined
  let driver: Driver | undefined
  const site: Site = {
    folder: folder.get,
    compute: options.compute,
    simulated: options.simulated ?? defaultSimulated,
    lenient: options.lenient ?? false,
    url: async () => (await (own ??= listen(serve, 0))).url,
    owner: newOwner(),
    wake: () => driver?.wake(),
    forgetRuns: () => driver?.reset(),
    later: (work) => work(),
  }
  const services = createServices(options, token, user, site)
  driver = createDriver(services)
  reclaim(services)
  const app = createApp()
  mountFamilies(app, services)
  mountOidc(app, services)
  mountControl(app, services, user)
  mountMlflow(app)
  const stopInstalling = startInstalling(services)
  const serve = observed(services, async (request) => await app.fetch(request))
  return {
    fetch: asFetch(serve),
    token,
    listen: async (port = 0) => await (own = listen(serve, port)),
    close: async (runs = 'cancel') => {
      stopInstalling()
      const ended = driver?.close(runs)
      if (ended) await ended
      if (options.compute && runs === 'cancel') await options.compute.close()
      if (own) await (await own.catch(() => undefined))?.close().catch(() => undefined)
      services.db.close()
      folder.close()
    },
  }
}
