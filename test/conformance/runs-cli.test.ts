import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLocalCompute } from '../../src/compute/local.ts'
import { createEmulator, type Emulator } from '../../src/emulator/emulator.ts'
import { databricksCli, installPeers, type Ran } from './peers.ts'

let emulator: Emulator
let url = ''
let folder = ''
let cluster = ''

const databricks = (...args: string[]): Promise<Ran> =>
  databricksCli({ url, token: emulator.token, folder }, args)

/** On stderr it tells of newer API versions, and how a run goes. */
const ok = async (...args: string[]): Promise<string> => {
  const { status, stdout, stderr } = await databricks(...args)
  expect([args, status, /Error|Traceback/.exec(stderr)]).toEqual([args, 0, null])
  return stdout
}

/** Ids are int64: their digits are read, not their number. */
const idIn = (text: string, name: string): string => new RegExp(`"${name}": (\\d+)`).exec(text)?.[1] ?? ''

const write = (name: string, content: unknown): string => {
  writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content))
  return name
}

const state = async (id: string) => JSON.parse(await ok('runs', 'get', '--run-id', id)).state
const ends = async (id: string) => {
  for (let left = 100; left > 0; left -= 1) {
    const found = await state(id)
    if (/TERMINATED|INTERNAL_ERROR|SKIPPED/.test(found.life_cycle_state)) return found
    await sleep(100)
  }
  throw new Error(`run ${id} did not end`)
}

beforeAll(async () => {
  await installPeers()
  folder = mkdtempSync(join(tmpdir(), 'brickrail-runs-cli-'))
  const places = { folder: join(folder, 'runs'), cache: join(folder, 'cache') }
  const compute = await createLocalCompute({ ...places, env: { ...process.env, HOME: folder } })
  emulator = createEmulator({ clock: 'instant', state: join(folder, 'state'), compute })
  url = (await emulator.listen()).url
  const spec = {
    cluster_name: 'c',
    spark_version: '6.0.x-scala2.11',
    node_type_id: 'Standard_DS3_v2',
    num_workers: 1,
  }
  cluster = JSON.parse(await ok('clusters', 'create', '--json', JSON.stringify(spec))).cluster_id
  write(
    'main.py',
    'import sys\nprint("args", sys.argv[1:])\nif len(sys.argv) < 2:\n    raise SystemExit("max_depth is missing")\n',
  )
  await ok('fs', 'mkdirs', 'dbfs:/datalake/code/model')
  await ok('fs', 'cp', 'main.py', 'dbfs:/datalake/code/model/main.py')
}, 300_000)

afterAll(async () => {
  await emulator.close()
  rmSync(folder, { recursive: true, force: true })
})

const body = (...parameters: string[]) => ({
  run_name: 'build model',
  existing_cluster_id: cluster,
  spark_python_task: { python_file: 'dbfs:/datalake/code/model/main.py', parameters },
})

describe('the old command line', () => {
  it('submits a file in the form of Jobs API 2.0, waits, and gets its output', async () => {
    const shown = await ok('runs', 'submit', '--wait', '--json-file', write('run.json', body('80', '100')))
    const id = idIn(shown, 'run_id')
    expect(await state(id)).toMatchObject({ life_cycle_state: 'TERMINATED', result_state: 'SUCCESS' })
    const output = JSON.parse(await ok('runs', 'get-output', '--run-id', id))
    expect(output.logs).toBe("args ['80', '100']\n")
    expect(output.metadata).toMatchObject({
      run_name: 'build model',
      cluster_instance: { cluster_id: cluster },
    })
  })

  it('fails when the run fails, and shows why', async () => {
    const ran = await databricks('runs', 'submit', '--wait', '--json-file', write('bad.json', body()))
    expect(ran.status).not.toBe(0)
    const said = ran.stdout + ran.stderr
    expect(said).toContain('Workload failed, see run output for details')
    const output = JSON.parse(await ok('runs', 'get-output', '--run-id', idIn(said, 'run_id')))
    expect(output.error).toContain('max_depth is missing')
  })

  it('creates a job, runs it now, lists and cancels its runs', async () => {
    const notebook = write(
      'long.py',
      '# Databricks notebook source\nimport time\ntime.sleep(float(dbutils.widgets.get("s")))\ndbutils.notebook.exit("slept")\n',
    )
    await ok('workspace', 'import', '--language', 'PYTHON', '--format', 'SOURCE', notebook, '/Shared/long')
    const job = write('job.json', {
      name: 'nightly',
      existing_cluster_id: cluster,
      max_concurrent_runs: 2,
      notebook_task: { notebook_path: '/Shared/long', base_parameters: { s: '600' } },
    })
    const id = idIn(await ok('jobs', 'create', '--json-file', job), 'job_id')
    expect(await ok('jobs', 'list')).toContain('nightly')
    const long = idIn(await ok('jobs', 'run-now', '--job-id', id), 'run_id')
    const short = idIn(
      await ok('jobs', 'run-now', '--job-id', id, '--notebook-params', '{"s": "0"}'),
      'run_id',
    )
    expect(await ends(short)).toMatchObject({ result_state: 'SUCCESS' })
    const { notebook_output: given } = JSON.parse(await ok('runs', 'get-output', '--run-id', short))
    expect(given.result).toBe('slept')
    expect(await ok('runs', 'list', '--job-id', id, '--active-only')).toContain(long)
    await ok('runs', 'cancel', '--run-id', long)
    expect(await ends(long)).toMatchObject({ life_cycle_state: 'TERMINATED', result_state: 'CANCELED' })
    await ok('jobs', 'delete', '--job-id', id)
    expect((await databricks('jobs', 'get', '--job-id', id)).stdout).toContain(`Job ${id} does not exist.`)
  })
})
