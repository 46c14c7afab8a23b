import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { MlflowRun } from '../../../src/wire/tracking.ts'
import { cache } from '../ci/machine.ts'
import { run, type Ran } from '../peers.ts'

const repository = join(import.meta.dirname, '..', '..', '..')
const token = 'dapi-sample-for-conformance'

/** What pip needs of this machine, and environments that are kept between runs of these tests. */
const kept = Object.fromEntries(
  Object.entries(process.env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && /^(PATH|LANG|JAVA_HOME|(PIP|UV)_.*|(HTTPS?|NO)_PROXY)$/i.test(entry[0]),
  ),
)

/** The sample in a folder of its own, and the embedded workspace as a server that runs its code. */
export interface Stage {
  folder: string
  brickrail: (...args: string[]) => Promise<Ran>
  /** Success only. */
  json: (...args: string[]) => Promise<{ result: Record<string, unknown> }>
  call: <T>(path: string, body?: unknown) => Promise<T>
  /** Runs of the experiment of the sample, by MLflow's filter. */
  mlflow: (filter: string) => Promise<MlflowRun[]>
  /** Text of a file on DBFS. */
  dbfs: (path: string) => Promise<string>
  close: () => Promise<void>
}

/** Ids have more digits than a number holds: they become texts. */
const parsed = (text: string) => JSON.parse(text.replaceAll(/(?<=":\s*)\d{16,}/g, '"$&"'))

const serve = async (folder: string, env: Record<string, string>): Promise<[ChildProcess, string]> => {
  // A relative folder, as the README writes it: runs are in other ones.
  const args = ['--port', '0', '--state', 'state', '--clock', 'instant', '--token', token]
  const program = join(repository, 'dist/scripts/emulator.js')
  const server = spawn(process.execPath, [program, ...args, '--compute', 'process'], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  for await (const chunk of server.stdout ?? []) {
    said += String(chunk)
    const found = /listens on (http:\S+)/.exec(said)
    if (found?.[1]) return [server, found[1]]
  }
  throw new Error(`the emulator said only: ${said}`)
}

/** @param libraries replaces the sample's libraries file; CRAN packages would need R here */
export const openStage = async (libraries: string): Promise<Stage> => {
  const folder = mkdtempSync(join(tmpdir(), 'brickrail-sample-'))
  const env = { ...kept, HOME: folder, BRICKRAIL_CACHE: cache }
  const [server, url] = await serve(folder, env)
  const project = join(folder, 'project')
  const brickrail = async (...args: string[]) =>
    await run(
      process.execPath,
      [join(repository, 'dist/scripts/brickrail.js'), ...args],
      { ...env, DATABRICKS_HOST: url, DATABRICKS_TOKEN: token, BRICKRAIL_TARGET: 'dev' },
      args[0] === 'init' ? folder : project,
    )
  const made = await brickrail('init', 'project')
  expect([made.status, made.stderr]).toEqual([0, ''])
  writeFileSync(join(project, 'pipelines/libraries/hello-cluster.yml'), libraries)
  const call = async <T>(path: string, body?: unknown): Promise<T> => {
    const answer = await fetch(`${url}${path}`, {
      headers: { authorization: `Bearer ${token}` },
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    })
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
    return parsed(await answer.text()) as T
  }
  return {
    folder: project,
    brickrail,
    json: async (...args) => {
      const { status, stdout, stderr } = await brickrail(...args, '--output', 'json')
      if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}\n${stdout}\n${stderr}`)
      return parsed(stdout)
    },
    call,
    mlflow: async (filter) => {
      const query = new URLSearchParams({ experiment_name: '/Shared/tesseract' })
      const at = `/api/2.0/mlflow/experiments/get-by-name?${query.toString()}`
      const { experiment } = await call<{ experiment: { experiment_id: string } }>(at)
      const search = { experiment_ids: [experiment.experiment_id], filter }
      return (await call<{ runs?: MlflowRun[] }>('/api/2.0/mlflow/runs/search', search)).runs ?? []
    },
    dbfs: async (path) => {
      const query = new URLSearchParams({ path })
      const { data } = await call<{ data: string }>(`/api/2.0/dbfs/read?${query.toString()}`)
      return Buffer.from(data, 'base64').toString('utf8')
    },
    close: async () => {
      const gone = once(server, 'exit')
      server.kill('SIGTERM')
      await gone
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** The sample's own libraries, without those of R. */
export const pythonLibraries = (): string =>
  readFileSync(join(repository, 'pipelines/libraries/hello-cluster.yml'), 'utf8').replace(/^cran:[^]*/m, '')
