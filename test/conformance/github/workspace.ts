import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

export const repository = join(import.meta.dirname, '..', '..', '..')

interface Call {
  seq: number
  method: string
  path: string
}

/** A Databricks workspace: `brickrail emulator` in a process of its own. */
export interface Workspace {
  url: string
  /** Calls since the last time that this was asked, without those that only read. */
  writes(): Promise<string[]>
  /** All calls since then. */
  calls(): Promise<Call[]>
  /** Make calls to this path slow. */
  delay(path: string, ms: number): Promise<void>
  recover(): Promise<void>
  get<T>(path: string): Promise<T>
  post(path: string, body: object): Promise<void>
  close(): Promise<void>
}

export const serve = async (token: string): Promise<Workspace> => {
  const args = [
    join(repository, 'dist/scripts/emulator.js'),
    '--port',
    '0',
    '--clock',
    'instant',
    '--token',
    token,
  ]
  const server = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  let url = ''
  for await (const chunk of server.stdout) {
    said += String(chunk)
    url = /listens on (http:\S+)/.exec(said)?.[1] ?? ''
    if (url !== '') break
  }
  if (url === '') throw new Error(`the emulator said only: ${said}`)
  const ask = async (path: string, method: string, body?: object): Promise<Response> => {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    })
    if (!answer.ok) throw new Error(`${method} ${path} -> ${answer.status}: ${await answer.text()}`)
    return answer
  }
  let seen = 0
  const calls = async (): Promise<Call[]> => {
    const { requests } = (await (await ask(`/_emulator/requests?since=${seen}`, 'GET')).json()) as {
      requests: Call[]
    }
    seen = requests.at(-1)?.seq ?? seen
    return requests
  }
  return {
    url,
    calls,
    writes: async () =>
      (await calls()).filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${path}`),
    delay: async (path, ms) =>
      void (await ask('/_emulator/faults', 'POST', { path, delay_ms: ms, times: 0 })),
    recover: async () => void (await ask('/_emulator/faults', 'DELETE')),
    get: async <T>(path: string) => (await (await ask(path, 'GET')).json()) as T,
    post: async (path, body) => void (await ask(path, 'POST', body)),
    close: async () => {
      const gone = once(server, 'exit')
      server.kill('SIGTERM')
      await gone
    },
  }
}
