/**
 * The workspace under test. By default each suite gets an embedded workspace of its own. To run the same cases on a real one:
 * `BRICKRAIL_CONTRACT_HOST=https://… BRICKRAIL_CONTRACT_TOKEN=… npx vitest run --project unit test/contract`. Every name
 * begins with `brickrail-contract-` and all of it is removed at the end (after a killed run: remove what has that name);
 * files go into the caller's home folder. Cases that start machines or need an admin are skipped unless
 * BRICKRAIL_CONTRACT_FULL=1; with it, BRICKRAIL_CONTRACT_NODE_TYPE and BRICKRAIL_CONTRACT_SPARK_VERSION choose the cluster
 * (else the smallest node type and the newest LTS), and a run takes about an hour. Some facts here have no better source than
 * hearsay (`~` in the reference page): where a real workspace fails a case, the case and the emulator are to be mended.
 */
import { randomInt } from 'node:crypto'
import { afterAll, vi } from 'vitest'
import { databricks, type Databricks } from '../../src/client/databricks.ts'
import { createEmulator, type EmulatorOptions } from '../../src/emulator/emulator.ts'
import { ApiError, isMissing } from '../../src/http/api-error.ts'
import { resolveTokens } from '../../src/http/auth.ts'
import { createCall, type Call } from '../../src/http/call.ts'
import { systemClock as clock } from '../../src/http/clock.ts'
import { createLimiter } from '../../src/http/limiter.ts'
import type { AnyEndpoint } from '../../src/wire/endpoint.ts'

const {
  BRICKRAIL_CONTRACT_HOST: realHost,
  BRICKRAIL_CONTRACT_TOKEN: realToken,
  BRICKRAIL_CONTRACT_FULL: full,
} = process.env

/** Whether a real workspace was given. */
export const real: boolean = realHost !== undefined
if (real !== (realToken !== undefined))
  throw new Error('set both BRICKRAIL_CONTRACT_HOST and BRICKRAIL_CONTRACT_TOKEN, or neither')

// Before any case is registered: a cluster takes minutes to start.
if (real) vi.setConfig({ testTimeout: 1_800_000, hookTimeout: 1_800_000 })

/** Skip cases that start machines or need an admin. */
export const costly: boolean = real && full !== '1'
/** Skip cases about what only AWS has. */
export const awsOnly: boolean = real && !/\.cloud\.databricks\.com\b/.test(realHost ?? '')

/** How the client reaches the workspace. */
export type Line = 'fetch' | 'listen' | 'network'
export const lines: readonly Line[] = real ? ['network'] : ['fetch', 'listen']

export interface Subject {
  readonly line: Line
  /** The client under test. */
  readonly client: Databricks
  /** What the client calls with, for spellings that it does not use. */
  readonly call: Call
  /** The same client for preparation and cleaning: what only this one calls does not count as exercised. */
  readonly setup: Databricks
  /** Endpoints that the client under test called with success. */
  readonly called: ReadonlySet<AnyEndpoint>
  /** A name that nothing else in the workspace has. */
  readonly unique: (word: string) => string
  /** A path that nothing has yet, in the suite's own folder, which exists. */
  readonly path: (name: string) => Promise<string>
  /** The client with another token. */
  readonly as: (token: string) => Promise<Databricks>
  /** Do this at the end of the suite, last one first; what is gone already is fine. */
  readonly undo: (work: () => Promise<unknown>) => void
  /** POST to `/_emulator/`. @throws on a real workspace */
  readonly control: (path: string, body: unknown) => Promise<void>
}

interface Server {
  host: string
  token: string
  fetch: typeof globalThis.fetch
  close(): Promise<void>
}

const network = (): Server => ({
  host: new URL(/^https?:/.test(realHost ?? '') ? (realHost ?? '') : `https://${realHost}`).origin,
  token: realToken ?? '',
  fetch: globalThis.fetch,
  close: async () => undefined,
})

const serverOf = async (line: Line, options: EmulatorOptions): Promise<Server> => {
  if (line === 'network') return network()
  const emulator = createEmulator({ clock: 'instant', ...options })
  const { fetch, token } = emulator
  if (line === 'fetch')
    return { host: 'http://workspace.test', token, fetch, close: async () => emulator.close() }
  const { url, close } = await emulator.listen()
  const end = async () => {
    await close()
    await emulator.close()
  }
  return { host: url, token, fetch: globalThis.fetch, close: end }
}

const callTo = async ({ host, fetch }: Server, token: string): Promise<Call> => {
  const tokens = await resolveTokens({
    run: async () => ({ stdout: '' }),
    host,
    env: { DATABRICKS_TOKEN: token },
    readFile: async (path) => {
      throw new Error(`the token is given, so ${path} must not be read`)
    },
    oauth: { fetch, clock },
    onSecret: () => undefined,
  })
  return createCall({
    host,
    fetch,
    tokens,
    clock,
    limiter: createLimiter(clock),
    userAgent: 'brickrail-test',
  })
}

const recorded =
  (call: Call, called: Set<AnyEndpoint>): Call =>
  async (endpoint, input) => {
    const output = await call(endpoint, input)
    called.add(endpoint)
    return output
  }

const undone = async (works: readonly (() => Promise<unknown>)[]): Promise<void> => {
  const failed: unknown[] = []
  for (const work of works.toReversed())
    try {
      await work()
    } catch (error) {
      if (!isMissing(error)) failed.push(error)
    }
  if (failed.length > 0) throw new AggregateError(failed, 'something of this run is left in the workspace')
}

/** The folder is made when it is first asked for. */
const pathsOf = (setup: Databricks, unique: Subject['unique'], undo: Subject['undo']): Subject['path'] => {
  let folder: Promise<string> | undefined
  const make = async () => {
    const { userName } = await setup.identity.me({})
    const path = `/Users/${userName}/${unique('files')}`
    await setup.workspace.mkdirs({ path })
    undo(() => setup.workspace.delete({ path, recursive: true }))
    return path
  }
  return async (name) => {
    folder ??= make()
    const own = `${await folder}/${unique('case')}`
    await setup.workspace.mkdirs({ path: own })
    return `${own}/${name}`
  }
}

/**
 * Connect, and disconnect at the end of the test file. Call it at the file's top level.
 * @param options of the embedded workspace, where that is the subject
 */
export const open = async (
  line: Line = real ? 'network' : 'fetch',
  options: EmulatorOptions = {},
): Promise<Subject> => {
  const server = await serverOf(line, options)
  const called = new Set<AnyEndpoint>()
  const plain = await callTo(server, server.token)
  const call = recorded(plain, called)
  const setup = databricks(plain)
  // One refusal that names the host or the token, not one a case.
  if (line === 'network') await setup.identity.me({})
  const works: (() => Promise<unknown>)[] = []
  const run = `${Date.now().toString(36)}${randomInt(36 ** 4).toString(36)}`
  let count = 0
  const unique = (word: string) => `brickrail-contract-${run}-${word}-${(count += 1)}`
  const undo: Subject['undo'] = (work) => void works.push(work)
  afterAll(() => undone(works).finally(() => server.close()))
  const control: Subject['control'] = async (path, body) => {
    if (line === 'network') throw new Error('only the emulator has /_emulator/')
    const init = { method: 'POST', body: JSON.stringify(body) }
    const { ok, status } = await server.fetch(`${server.host}/_emulator/${path}`, init)
    if (!ok) throw new Error(`/_emulator/${path}: ${status}`)
  }
  const as = async (token: string) => databricks(await callTo(server, token))
  const path = pathsOf(setup, unique, undo)
  return { line, client: databricks(call), call, setup, called, unique, path, as, undo, control }
}

/** The refusal of a call that must be refused. */
export const refused = async (work: Promise<unknown>): Promise<ApiError> => {
  try {
    await work
  } catch (error) {
    if (error instanceof ApiError) return error
    throw error
  }
  throw new Error('it was not refused')
}
