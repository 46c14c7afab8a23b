import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkout, machine } from './machine.ts'

export interface Call {
  seq: number
  method: string
  path: string
}

/** Settings of a job, as far as the tests ask. */
export interface JobSettings {
  name: string
  timeout_seconds?: number
  tasks?: { existing_cluster_id?: string; spark_python_task?: { python_file: string } }[]
}

interface Listed {
  clusters?: { num_workers: number }[]
  jobs?: { settings: JobSettings }[]
  objects?: { path: string; object_type: string; modified_at?: number }[]
}

/** A Databricks workspace that runs code: `brickrail emulator` in a process of its own. */
export interface Workspace {
  url: string
  token: string
  /** All calls since the last time that these or the writes were asked for. */
  calls(): Promise<Call[]>
  /** Those of them that do not only read: `POST /api/2.1/clusters/create`. */
  writes(): Promise<string[]>
  /** A fault, as `POST /_emulator/faults` takes it. */
  plant(fault: object): Promise<void>
  /** Make calls to this path slow. */
  delay(path: string, ms: number): Promise<void>
  /** No fault and no delay any more. */
  recover(): Promise<void>
  get<T>(path: string): Promise<T>
  /** Workers of the only cluster. */
  workers(): Promise<number | undefined>
  /** Settings of all jobs, in the order of their names. */
  jobs(): Promise<JobSettings[]>
  /** When each file below that path was written. */
  files(path: string): Promise<Map<string, number | undefined>>
  /** Whether DBFS has that file or folder. */
  has(path: string): Promise<boolean>
  close(): Promise<void>
}

/** What a suite of the cluster writes when its runner is there: a run, and nothing else. */
export const testRun = 'POST /api/2.2/jobs/runs/submit'

const served = async (token: string, home: string) => {
  const program = join(checkout, 'dist/scripts/emulator.js')
  const args = ['--port', '0', '--clock', 'instant', '--token', token, '--compute', 'process']
  const env = { ...machine, HOME: home, PATH: process.env['PATH'] ?? '' }
  const server = spawn(process.execPath, [program, ...args], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  for await (const chunk of server.stdout) {
    said += String(chunk)
    const [, url] = /listens on (http:\S+)/.exec(said) ?? []
    if (url !== undefined) return { server, url }
  }
  throw new Error(`the emulator said only: ${said}`)
}

/** @param token the one that it takes */
export const serve = async (token: string): Promise<Workspace> => {
  const home = mkdtempSync(join(tmpdir(), 'brickrail-workspace-'))
  const { server, url } = await served(token, home)
  const send = async (path: string, method = 'GET', body?: object): Promise<Response> =>
    await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    })
  const ask = async (...request: Parameters<typeof send>): Promise<Response> => {
    const answer = await send(...request)
    if (!answer.ok) throw new Error(`${request[0]} -> ${answer.status}: ${await answer.text()}`)
    return answer
  }
  const get = async <T>(path: string): Promise<T> => (await (await ask(path)).json()) as T
  let seen = 0
  const calls = async (): Promise<Call[]> => {
    const { requests } = await get<{ requests: Call[] }>(`/_emulator/requests?since=${seen}`)
    seen = requests.at(-1)?.seq ?? seen
    return requests
  }
  const list = async (path: string): Promise<[string, number | undefined][]> => {
    const query = new URLSearchParams({ path })
    const { objects = [] } = await get<Listed>(`/api/2.0/workspace/list?${query.toString()}`)
    const each = objects.map(async (one): Promise<[string, number | undefined][]> =>
      one.object_type === 'DIRECTORY' ? await list(one.path) : [[one.path, one.modified_at]],
    )
    return (await Promise.all(each)).flat()
  }
  const plant = async (fault: object): Promise<void> => void (await ask('/_emulator/faults', 'POST', fault))
  return {
    url,
    token,
    calls,
    writes: async () =>
      (await calls()).filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${path}`),
    plant,
    delay: async (path, ms) => await plant({ path, delay_ms: ms, times: 0 }),
    recover: async () => void (await ask('/_emulator/faults', 'DELETE')),
    get,
    workers: async () => (await get<Listed>('/api/2.1/clusters/list')).clusters?.[0]?.num_workers,
    jobs: async () => {
      const { jobs = [] } = await get<Listed>('/api/2.2/jobs/list?expand_tasks=true&limit=100')
      return jobs.map(({ settings }) => settings).toSorted((a, b) => a.name.localeCompare(b.name))
    },
    files: async (path) => new Map(await list(path)),
    has: async (path) => {
      const query = new URLSearchParams({ path })
      return (await send(`/api/2.0/dbfs/get-status?${query.toString()}`)).ok
    },
    close: async () => {
      const gone = once(server, 'exit')
      server.kill('SIGTERM')
      await gone
      rmSync(home, { recursive: true, force: true })
    },
  }
}
