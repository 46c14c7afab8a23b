import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bin, databricksCli, installPeers, run, type Ran } from './peers.ts'

const repository = join(import.meta.dirname, '..', '..')
const token = 'dapi-served-for-conformance'
const folder = mkdtempSync(join(tmpdir(), 'brickrail-served-'))
const state = join(folder, 'state')

let server: ChildProcess
let url = ''

/** `brickrail emulator`, as a user starts it, until it says where it listens. */
const serve = async (port: string): Promise<void> => {
  const args = [
    '--port',
    port,
    '--state',
    state,
    '--clock',
    'instant',
    '--token',
    token,
    '--compute',
    'simulated',
  ]
  server = spawn(process.execPath, [join(repository, 'dist/scripts/emulator.js'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  for await (const chunk of server.stdout ?? []) {
    said += String(chunk)
    const found = /listens on (http:\S+)/.exec(said)
    if (!found?.[1]) continue
    url = found[1]
    return
  }
  throw new Error(`the emulator said only: ${said}`)
}

const end = async (signal: 'SIGKILL' | 'SIGTERM'): Promise<void> => {
  const gone = once(server, 'exit')
  server.kill(signal)
  await gone
}

const brickrail = async (...args: string[]): Promise<Ran> =>
  await run(
    process.execPath,
    [join(repository, 'dist/scripts/brickrail.js'), ...args],
    { PATH: process.env['PATH'] ?? '', HOME: folder, DATABRICKS_HOST: url, DATABRICKS_TOKEN: token },
    join(folder, 'project'),
  )

const databricks = async (...args: string[]): Promise<string> => {
  const { status, stdout, stderr } = await databricksCli({ url, token, folder }, args)
  expect([args, status, stderr]).toEqual([args, 0, ''])
  return stdout
}

const python = async (script: string): Promise<unknown> => {
  const env = { HOME: folder, PATH: '/usr/bin:/bin', DATABRICKS_HOST: url, DATABRICKS_TOKEN: token }
  const { status, stdout, stderr } = await run(bin('python'), ['-c', script], env, folder)
  expect([status, stderr]).toEqual([0, ''])
  return JSON.parse(stdout)
}

beforeAll(async () => {
  await installPeers()
  await serve('0')
})
afterAll(async () => {
  await end('SIGTERM')
  rmSync(folder, { recursive: true, force: true })
})

describe('what brickrail deploys, seen by others', () => {
  it('begins with init in an empty folder', async () => {
    const args = [join(repository, 'dist/scripts/init.js'), 'project']
    const made = await run(process.execPath, args, { HOME: folder, PATH: '' }, folder)
    expect([made.status, made.stderr]).toEqual([0, ''])
  })

  it('deploys the sample to the served workspace', async () => {
    const { status, stdout } = await brickrail('deploy', '--target', 'dev')
    expect([status, stdout]).toEqual([0, expect.stringContaining('deployment #1 of dev is done')])
  })

  it('is a cluster with its libraries to the old CLI', async () => {
    const { clusters } = JSON.parse(await databricks('clusters', 'list', '--output', 'json'))
    expect(clusters).toMatchObject([{ cluster_name: 'HelloCluster', state: 'RUNNING', num_workers: 1 }])
    const { library_statuses } = JSON.parse(
      await databricks('libraries', 'cluster-status', '--cluster-id', clusters[0].cluster_id),
    )
    expect(library_statuses.map(({ status }: { status: string }) => status)).toEqual(
      Array(5).fill('INSTALLED'),
    )
  })

  it('is the files of the checkout to the Python SDK, notebooks with their language', async () => {
    const found = await python(`
import json
from databricks.sdk import WorkspaceClient
w = WorkspaceClient()
rows = [(o.path, o.object_type.value, o.language.value if o.language else None) for o in w.workspace.list('/Shared/project', recursive=True)]
csv = w.workspace.download('/Shared/project/data/synthetic_prices.csv').read().decode()
print(json.dumps({'rows': sorted(rows), 'csv': csv}))`)
    const { rows, csv } = found as { rows: [string, string, string | null][]; csv: string }
    expect(csv).toBe(readFileSync(join(folder, 'project/workspace/data/synthetic_prices.csv'), 'utf8'))
    const languages = rows.filter(([, type]) => type === 'NOTEBOOK').map(([, , language]) => language)
    expect([...new Set(languages)].sort((a, b) => String(a).localeCompare(String(b)))).toEqual([
      'PYTHON',
      'R',
      'SCALA',
      'SQL',
    ])
    expect(rows).toContainEqual(['/Shared/project/scripts/check_prices.sh', 'FILE', null])
  })

  it('survives a kill -9 of the workspace, and the second run changes nothing', async () => {
    const port = new URL(url).port
    await end('SIGKILL')
    await serve(port)
    const { status, stdout } = await brickrail('deploy', '--target', 'dev', '--output', 'json')
    expect([status, JSON.parse(stdout)]).toEqual([
      0,
      expect.objectContaining({ ok: true, result: expect.objectContaining({ changes: 0 }) }),
    ])
  })

  it('notices what somebody did with the old CLI, and repairs it', async () => {
    await databricks('workspace', 'delete', '/Shared/project/notebooks/daily_summary')
    const planned = await brickrail('plan', '--target', 'dev', '--exit-code', '--quiet')
    expect([planned.status, planned.stdout]).toEqual([
      3,
      expect.stringContaining('+ notebooks/daily_summary'),
    ])
    expect((await brickrail('deploy', '--target', 'dev')).status).toBe(0)
    expect(await databricks('workspace', 'ls', '/Shared/project/notebooks')).toContain('daily_summary')
  })
})
