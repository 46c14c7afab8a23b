import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

export interface Logged {
  seq: number
  method: string
  path: string
  status: number
}

/** What `clusters/list` and `workspace/list` of the served workspace say, as far as the tests ask. */
export interface Listed {
  clusters?: { cluster_name: string; num_workers: number }[]
  objects?: { path: string; object_type: string; modified_at?: number }[]
}

/** An embedded workspace in a process of its own. */
export interface ServedWorkspace {
  url: string
  token: string
  /** Requests since the last call. */
  requests(): Promise<Logged[]>
  get(path: string, query?: Record<string, string>): Promise<Listed>
  plant(fault: object): Promise<void>
  heal(): Promise<void>
  end(): Promise<void>
}

const token = 'dapi-served-for-gitlab'

const address = async (server: ChildProcess): Promise<string> => {
  let said = ''
  for await (const chunk of server.stdout ?? []) {
    said += String(chunk)
    const [, url] = /listens on (http:\S+)/.exec(said) ?? []
    if (url !== undefined) return url
  }
  throw new Error(`the emulator said only: ${said}`)
}

export const serveWorkspace = async (repository: string): Promise<ServedWorkspace> => {
  const args = ['--port', '0', '--clock', 'instant', '--token', token]
  const server = spawn(process.execPath, [join(repository, 'dist/scripts/emulator.js'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env['PATH'] ?? '' },
  })
  const url = await address(server)
  const faults = `${url}/_emulator/faults`
  let seen = 0
  return {
    url,
    token,
    requests: async () => {
      const answer = await fetch(`${url}/_emulator/requests?since=${seen}`)
      const { requests } = (await answer.json()) as { requests: Logged[] }
      seen = requests.at(-1)?.seq ?? seen
      return requests
    },
    get: async (path, query = {}) => {
      const answer = await fetch(`${url}${path}?${new URLSearchParams(query).toString()}`, {
        headers: { authorization: `Bearer ${token}` },
      })
      return (await answer.json()) as Listed
    },
    plant: async (fault) => void (await fetch(faults, { method: 'POST', body: JSON.stringify(fault) })),
    heal: async () => void (await fetch(faults, { method: 'DELETE' })),
    end: async () => {
      const gone = once(server, 'exit')
      server.kill('SIGTERM')
      await gone
    },
  }
}
