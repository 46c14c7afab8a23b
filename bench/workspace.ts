import { spawn } from 'node:child_process'
import { end, built, plainEnv } from './process.ts'

/** One call, from the emulator's log. `ms` includes the injected latency; `at` is its begin, ms since 1970. */
export interface Logged {
  method: string
  path: string
  status: number
  ms: number
  at: number
}

/** The embedded workspace as a process of its own. */
export interface Workspace {
  readonly url: string
  readonly token: string
  /** Begin as a new workspace, with so much latency on every call. */
  reset(latencyMs: number): Promise<void>
  /** From now on so much latency on every call. */
  slow(latencyMs: number): Promise<void>
  /** The calls since the last time, oldest first; they are forgotten then. */
  takeLog(): Promise<Logged[]>
  /** Paths of all objects below a folder that are no folders. */
  objectsBelow(path: string): Promise<string[]>
  /** Content of a file or notebook. */
  read(path: string): Promise<string>
  remove(path: string): Promise<void>
  /** Any call of the API: its JSON, and its text for ids that a number cannot hold. */
  call<Answer>(method: string, path: string, body?: unknown): Promise<Answer>
  text(method: string, path: string, body?: unknown): Promise<string>
  close(): Promise<void>
}

const token = 'dapi-bench'
const isReady = /listens on (http:\S+)/

const start = async (state: string, stop: AbortSignal, more: readonly string[]) => {
  const child = spawn(
    process.execPath,
    [built('emulator'), '--port', '0', '--state', state, '--clock', 'instant', '--token', token, ...more],
    { env: plainEnv(state), signal: stop, stdio: ['ignore', 'pipe', 'inherit'] },
  )
  // The stop signal ends it; that is no failure of its own.
  child.on('error', () => undefined)
  let said = ''
  for await (const text of child.stdout.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    said += String(text)
    const url = isReady.exec(said)?.[1]
    if (url !== undefined) return { child, url }
  }
  throw new Error(`the embedded workspace did not start: ${said}`)
}

const createApi = (url: string, stop: AbortSignal) => {
  const send = async (method: string, path: string, body?: unknown): Promise<Response> => {
    const response = await fetch(url + path, {
      method,
      headers: { authorization: `Bearer ${token}` },
      signal: stop,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
    return response
  }
  const call = async (method: string, path: string, body?: unknown): Promise<unknown> =>
    await (await send(method, path, body)).json()
  const objectsBelow = async (path: string): Promise<string[]> => {
    const query = `path=${encodeURIComponent(path)}`
    const { objects = [] } = (await call('GET', `/api/2.0/workspace/list?${query}`)) as {
      objects?: { path: string; object_type: string }[]
    }
    const below = await Promise.all(
      objects.map(async (object) =>
        object.object_type === 'DIRECTORY' ? await objectsBelow(object.path) : [object.path],
      ),
    )
    return below.flat()
  }
  return { send, call, objectsBelow }
}

/**
 * @param state a folder for its state, which the caller removes
 * @param more options of `brickrail emulator`; states only unless they say otherwise
 */
export const startWorkspace = async (
  state: string,
  stop: AbortSignal,
  more: readonly string[] = ['--compute', 'simulated'],
): Promise<Workspace> => {
  const { child, url } = await start(state, stop, more)
  const { send, call, objectsBelow } = createApi(url, stop)
  const slow = async (latencyMs: number) =>
    void (await call('POST', '/_emulator/faults', { delay_ms: latencyMs, times: 0 }))
  const forget = async () => await call('DELETE', '/_emulator/requests')
  return {
    url,
    token,
    objectsBelow,
    slow,
    reset: async (latencyMs) => {
      await call('POST', '/_emulator/reset')
      await slow(latencyMs)
    },
    takeLog: async () => {
      const { requests } = (await call('GET', '/_emulator/requests')) as { requests: Logged[] }
      await forget()
      return requests
    },
    read: async (path) => {
      const query = new URLSearchParams({ path, format: 'SOURCE', direct_download: 'true' })
      return await (await send('GET', `/api/2.0/workspace/export?${query.toString()}`)).text()
    },
    call: async <Answer>(method: string, path: string, body?: unknown) =>
      (await call(method, path, body)) as Answer,
    text: async (method, path, body) => await (await send(method, path, body)).text(),
    remove: async (path) => void (await call('POST', '/api/2.0/workspace/delete', { path })),
    close: async () => await end(child),
  }
}
