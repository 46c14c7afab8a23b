import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { databricks, type Databricks } from '../client/databricks.ts'
import type { Project } from '../config/load.ts'
import type { AuthOptions } from '../http/auth-options.ts'
import type { RunProgram } from '../http/azure-cli.ts'
import { resolveTokens } from '../http/auth.ts'
import { createCall, type Call } from '../http/call.ts'
import { createLimiter } from '../http/limiter.ts'
import type { TokenSource } from '../http/tokens.ts'
import type { HostContext } from '../host/context.ts'
import { openHost } from '../host/open.ts'
import { hostTools } from './host-tools.ts'
import type { Run } from './script.ts'
import { version } from './version.ts'

/** A workspace that can be called. */
export interface Workspace {
  /** Scheme and host, or `embedded`. */
  host: string
  /** Name of the way to authenticate. */
  method: string
  /** Why the embedded workspace runs no code; undefined: it does, or the workspace is not embedded. */
  simulated?: string
  client: Databricks
  /** Not ended by the stop signal: for what has to be said after it. */
  lastWords: Databricks
  /** Calls to another server than the workspace: its scheme, host and path, without a slash at the end. */
  callAt: (host: string, tokens: TokenSource) => Call
  /** The plain MLflow server of the embedded workspace; undefined on any other target. */
  embeddedMlflow?: Call
  /** Without credentials: for addresses that the workspace has signed. */
  fetch: typeof globalThis.fetch
  /** Ends what the embedded workspace still runs. */
  close(): Promise<void>
}

interface Endpoint {
  host: string
  fetch: typeof globalThis.fetch
  tokens: TokenSource
  /** See Workspace. */
  simulated?: string
  close(): Promise<void>
}

/** What the embedded workspace takes itself for: nothing listens there. */
export const embeddedHost = 'http://embedded'

/** The embedded workspace keeps its state beside the project, so that the next command finds what this one did. */
const embedded = async (run: Run, project: Project): Promise<Endpoint> => {
  const { createEmulator } = await import('../emulator/emulator.ts')
  const { chooseCompute, computeSettings, readMode } = await import('./compute.ts')
  const { env } = run.world
  const state = join(project.root, '.brickrail', 'embedded', project.target.name)
  const name = computeSettings.embedded
  const chosen = await chooseCompute(run, readMode(env[name], name), state, name)
  const emulator = createEmulator({
    ...chosen,
    state,
    clock: env['BRICKRAIL_EMBEDDED_CLOCK'] === 'instant' ? 'instant' : 'real',
  })
  const tokens = { method: 'pat', renewable: false, get: async () => emulator.token }
  const simulated = chosen.simulated === undefined ? {} : { simulated: chosen.simulated }
  return { host: embeddedHost, fetch: emulator.fetch, tokens, close: emulator.close, ...simulated }
}

/** ms. Signing in to Azure may take a while; a prompt that nobody sees takes for ever. */
const longestProgram = 60_000

/** Programs end with us. */
const program =
  ({ stop, env }: Run['world']): RunProgram =>
  async (file, args) => {
    try {
      return await promisify(execFile)(file, [...args], {
        env,
        timeout: longestProgram,
        signal: stop,
      })
    } catch (error) {
      throw stop.aborted ? stop.reason : error
    }
  }

/** Databricks' names of the hosts' own tokens: https://docs.databricks.com/dev-tools/auth/unified-auth */
const vouchers: Readonly<Partial<Record<HostContext['host'], string>>> = {
  github: 'github-oidc',
  azure: 'azure-devops-oidc',
}

const vouching = (run: Run): Pick<AuthOptions, 'idToken'> => {
  const host = openHost(run.world.env)
  const method = vouchers[host.context.host]
  if (method === undefined) return {}
  const get = async (audience: string | undefined) => await host.idToken(hostTools(run), audience)
  return { idToken: { method, get } }
}

/** The configuration has made sure that `host` is scheme and host, and nothing more. */
const remote = async (run: Run, project: Project, host: string): Promise<Endpoint> => {
  const { world, redactor } = run
  const tokens = await resolveTokens({
    host,
    env: world.env,
    profile: project.target.profile,
    readFile: (path) => readFile(path, 'utf8'),
    run: program(world),
    ...vouching(run),
    oauth: { fetch: world.fetch, clock: world.clock, stop: world.stop },
    onSecret: (secret) => {
      if (redactor.add(secret)) return
      const text = 'a credential of fewer than 6 characters cannot be hidden in the output'
      run.emit({ type: 'notice', level: 'warning', text, hint: 'use a real token' })
    },
  })
  return { host, fetch: world.fetch, tokens, close: async () => undefined }
}

/**
 * Connect to the target: the embedded workspace when it has no host.
 * @throws Fail CREDENTIALS_MISSING, ENV_MISSING, USAGE
 */
export const connect = async (run: Run, project: Project): Promise<Workspace> => {
  const { host } = project.target
  const endpoint = host === undefined ? await embedded(run, project) : await remote(run, project, host)
  const { clock, stop } = run.world
  const options = {
    ...endpoint,
    clock,
    limiter: createLimiter(clock),
    userAgent: `brickrail/${version} node/${process.versions.node}`,
    onRetry: (retrying: { method: string; path: string; attempt: number; delayMs: number; reason: string }) =>
      run.emit({ type: 'retry', ...retrying }),
  }
  const mlflow = host === undefined ? { host: `${endpoint.host}/mlflow` } : undefined
  return {
    host: host === undefined ? 'embedded' : endpoint.host,
    method: endpoint.tokens.method,
    ...(endpoint.simulated === undefined ? {} : { simulated: endpoint.simulated }),
    client: databricks(createCall({ ...options, stop })),
    lastWords: databricks(createCall({ ...options, timeoutMs: 10_000 })),
    callAt: (at, tokens) => createCall({ ...options, host: at, tokens, fetch: run.world.fetch, stop }),
    fetch: endpoint.fetch,
    ...(mlflow ? { embeddedMlflow: createCall({ ...options, ...mlflow, stop }) } : {}),
    close: () => endpoint.close(),
  }
}
