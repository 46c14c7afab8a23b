import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createEmulator, type Emulator } from '../../src/emulator/emulator.ts'
import { databricksCli, installPeers, type Ran } from './peers.ts'

/** The tutorials' own cluster. */
const helloCluster = {
  cluster_name: 'HelloCluster',
  spark_version: '6.0.x-scala2.11',
  spark_conf: { 'spark.sql.execution.arrow.enabled': 'true' },
  node_type_id: 'Standard_DS3_v2',
  num_workers: 1,
  ssh_public_keys: [],
  custom_tags: { Project: 'DevOpsIntegration' },
  cluster_log_conf: { dbfs: { destination: 'dbfs:/cluster_logs' } },
  spark_env_vars: { PYSPARK_PYTHON: '/databricks/python3/bin/python3' },
  autotermination_minutes: 120,
  enable_elastic_disk: false,
  init_scripts: [],
}

const files: Record<string, string> = {
  'hello.py': '# Databricks notebook source\nprint("hello")\n',
  'model.R': '# Databricks notebook source\nlibrary(tidyverse)\n',
  'query.sql': '-- Databricks notebook source\nSELECT 1\n',
  'Job.scala': '// Databricks notebook source\nval x = 1\n',
  'nested/book.ipynb': '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 0}',
  'nested/data.csv': 'a,b\n1,2\n',
}

let emulator: Emulator
let url = ''
let close: () => Promise<void>
let folder = ''

const databricks = (command: string, over: Record<string, string> = {}): Promise<Ran> =>
  databricksCli({ url, token: emulator.token, folder }, command.split(' '), over)

const ok = async (command: string): Promise<string> => {
  const { status, stdout, stderr } = await databricks(command)
  expect([command, status, stderr]).toEqual([command, 0, ''])
  return stdout
}

// oxlint-disable-next-line typescript/no-explicit-any -- answers are looked into as they come
const ask = async (path: string): Promise<any> => {
  const headers = { authorization: `Bearer ${emulator.token}` }
  return await (await emulator.fetch(`http://h${path}`, { headers })).json()
}
const paths = async (path: string): Promise<string[]> =>
  ((await ask(`/api/2.0/workspace/list?path=${path}`)).objects ?? []).map(
    (object: { path: string }) => object.path,
  )

const create = async (): Promise<string> =>
  JSON.parse(await ok('clusters create --json-file hello-cluster.json')).cluster_id
const get = async (id: string) => JSON.parse(await ok(`clusters get --cluster-id ${id}`))

beforeAll(async () => {
  await installPeers()
  emulator = createEmulator({ clock: 'instant' })
  const listening = await emulator.listen()
  url = listening.url
  close = listening.close
})
afterAll(async () => {
  await close()
  await emulator.close()
})
beforeEach(async () => {
  await emulator.fetch('http://h/_emulator/reset', { method: 'POST' })
  folder = mkdtempSync(join(tmpdir(), 'brickrail-legacy-'))
  writeFileSync(join(folder, 'hello-cluster.json'), JSON.stringify(helloCluster))
  mkdirSync(join(folder, 'workspace', 'nested'), { recursive: true })
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, 'workspace', name), text)
  return () => rmSync(folder, { recursive: true, force: true })
})

describe('the tutorials build a cluster', () => {
  it('clusters create --json-file, and clusters list --output json finds it by name', async () => {
    const id = await create()
    const { clusters } = JSON.parse(await ok('clusters list --output json'))
    const named = clusters.filter(
      (cluster: { cluster_name: string }) => cluster.cluster_name === 'HelloCluster',
    )
    expect(named).toMatchObject([{ ...helloCluster, cluster_id: id, state: 'PENDING', spec: helloCluster }])
    expect((await get(id)).state).toBe('RUNNING')
    expect(await ok('clusters list')).toContain(`${id}  HelloCluster  RUNNING`)
  })

  it('replaces it: clusters permanent-delete --cluster-id, then create again', async () => {
    const old = await create()
    await ok(`clusters permanent-delete --cluster-id ${old}`)
    const made = await create()
    const { clusters } = await ask('/api/2.0/clusters/list')
    expect(clusters.map((cluster: { cluster_id: string }) => cluster.cluster_id)).toEqual([made])
    const gone = await databricks(`clusters get --cluster-id ${old}`)
    expect([gone.status, gone.stdout + gone.stderr]).toEqual([
      1,
      expect.stringContaining(`Cluster ${old} does not exist`),
    ])
  })

  it('sees nothing in an empty workspace', async () => {
    expect(JSON.parse(await ok('clusters list --output json'))).toEqual({})
  })

  it('edits, resizes, stops and starts it', async () => {
    const id = await create()
    await get(id)
    expect((await get(id)).state).toBe('RUNNING')
    writeFileSync(
      join(folder, 'edit.json'),
      JSON.stringify({ ...helloCluster, cluster_id: id, num_workers: 2 }),
    )
    await ok('clusters edit --json-file edit.json')
    expect([(await get(id)).state, (await get(id)).num_workers]).toEqual(['RESTARTING', 2])
    await ok(`clusters resize --cluster-id ${id} --num-workers 3`)
    expect([(await get(id)).state, (await get(id)).num_workers]).toEqual(['RESIZING', 3])
    await ok(`clusters delete --cluster-id ${id}`)
    expect([(await get(id)).state, (await get(id)).state]).toEqual(['TERMINATING', 'TERMINATED'])
    await ok(`clusters start --cluster-id ${id}`)
    expect([(await get(id)).state, (await get(id)).state]).toEqual(['PENDING', 'RUNNING'])
  })

  it('reads its events with numbers as text', async () => {
    const id = await create()
    await get(id)
    await get(id)
    const page = JSON.parse(
      await ok(`clusters events --cluster-id ${id} --order ASC --limit 2 --offset 1 --output json`),
    )
    expect(page.events.map((event: { type: string }) => event.type)).toEqual(['RUNNING', 'DRIVER_HEALTHY'])
    expect(page.total_count).toBe(3)
  })

  it('reads node types, runtimes and zones', async () => {
    expect(await ok('clusters list-node-types')).toContain('Standard_DS3_v2')
    expect(await ok('clusters spark-versions')).toContain('6.0.x-scala2.11')
    expect(await ok('clusters list-zones')).toContain('us-west-2a')
  })
})

describe('the tutorials install libraries', () => {
  it('one by one, and the state shows them all', async () => {
    const id = await create()
    for (const name of ['azure', 'googlemaps', 'python-tds'])
      await ok(`libraries install --cluster-id ${id} --pypi-package ${name}`)
    await ok(`libraries install --cluster-id ${id} --cran-package tidyverse`)
    const wanted = [
      { pypi: { package: 'azure' } },
      { pypi: { package: 'googlemaps' } },
      { pypi: { package: 'python-tds' } },
      { cran: { package: 'tidyverse' } },
    ]
    const read = async () =>
      JSON.parse(await ok(`libraries cluster-status --cluster-id ${id}`)).library_statuses
    const seen: string[] = []
    for (let look = 0; look < 3; look += 1) seen.push((await read())[0].status)
    expect(seen).toEqual(['PENDING', 'INSTALLING', 'INSTALLED'])
    expect((await ask(`/api/2.0/libraries/cluster-status?cluster_id=${id}`)).library_statuses).toEqual(
      wanted.map((library) => ({ library, status: 'INSTALLED', is_library_for_all_clusters: false })),
    )
    await ok(`libraries uninstall --cluster-id ${id} --all`)
    expect((await read()).map((entry: { status: string }) => entry.status)).toEqual(
      Array(4).fill('UNINSTALL_ON_RESTART'),
    )
  })
})

describe('the tutorials replace the workspace folder', () => {
  it('delete fails on a fresh workspace by design, import_dir fills it, the second round replaces it', async () => {
    const first = await databricks('workspace delete --recursive /Shared/HelloWorkspace')
    expect([first.status, first.stdout + first.stderr]).toEqual([
      1,
      expect.stringContaining('RESOURCE_DOES_NOT_EXIST'),
    ])
    await ok('workspace import_dir workspace /Shared/HelloWorkspace/')
    const notebooks = ['Job', 'hello', 'model', 'query'].map((name) => `/Shared/HelloWorkspace/${name}`)
    expect(await paths('/Shared/HelloWorkspace')).toEqual([
      ...notebooks.slice(0, 3),
      '/Shared/HelloWorkspace/nested',
      ...notebooks.slice(3),
    ])
    expect(await paths('/Shared/HelloWorkspace/nested')).toEqual(['/Shared/HelloWorkspace/nested/book'])
    expect(
      (await ok('workspace ls /Shared/HelloWorkspace'))
        .trim()
        .split('\n')
        .map((line) => line.trim()),
    ).toEqual(['Job', 'hello', 'model', 'nested', 'query'])

    await ok('workspace delete --recursive /Shared/HelloWorkspace')
    expect(await paths('/Shared')).toEqual([])
    rmSync(join(folder, 'workspace', 'query.sql'))
    await ok('workspace import_dir workspace /Shared/HelloWorkspace/')
    expect(await paths('/Shared/HelloWorkspace')).not.toContain('/Shared/HelloWorkspace/query')
  })

  it('export_dir brings back what import_dir took, with its header lines and .r for .R', async () => {
    await ok('workspace import_dir workspace /Shared/HelloWorkspace/')
    await ok('workspace export_dir /Shared/HelloWorkspace out')
    const back = readdirSync(join(folder, 'out'), { recursive: true, encoding: 'utf8' }).toSorted()
    expect(back).toEqual(['Job.scala', 'hello.py', 'model.r', 'nested', 'nested/book.py', 'query.sql'])
    expect(readFileSync(join(folder, 'out', 'hello.py'), 'utf8')).toBe(files['hello.py'])
    expect(readFileSync(join(folder, 'out', 'model.r'), 'utf8')).toBe(files['model.R'])
  })

  it('import needs --overwrite, and -l of ls tells type and language', async () => {
    await ok('workspace import_dir workspace /Shared/X')
    writeFileSync(join(folder, 'hello.py'), 'print("new")\n')
    const refused = await databricks('workspace import -l PYTHON hello.py /Shared/X/hello')
    expect([refused.status, refused.stdout + refused.stderr]).toEqual([
      1,
      expect.stringContaining('RESOURCE_ALREADY_EXISTS'),
    ])
    await ok('workspace import -l PYTHON --overwrite hello.py /Shared/X/hello')
    await ok('workspace export /Shared/X/hello got.py')
    expect(readFileSync(join(folder, 'got.py'), 'utf8')).toBe('# Databricks notebook source\nprint("new")\n')
    expect(await ok('workspace ls -l /Shared/X')).toMatch(/NOTEBOOK\s+hello\s+PYTHON/)
  })
})

describe('what goes wrong', () => {
  it('a wrong token ends with status 1 and changes nothing', async () => {
    const { status, stdout, stderr } = await databricks('clusters create --json-file hello-cluster.json', {
      DATABRICKS_TOKEN: 'wrong',
    })
    expect([status, stdout + stderr]).toEqual([
      1,
      expect.stringMatching(/authentication information may be incorrect/),
    ])
    expect(await ask('/api/2.0/clusters/list')).toEqual({})
  })

  it('a bad body ends with status 1 and the reason', async () => {
    writeFileSync(
      join(folder, 'hello-cluster.json'),
      JSON.stringify({ ...helloCluster, node_type_id: 'huge' }),
    )
    const { status, stdout, stderr } = await databricks('clusters create --json-file hello-cluster.json')
    expect([status, stdout + stderr]).toEqual([1, expect.stringContaining('Node type huge is not supported')])
  })

  it('a call that is not there yet says so', async () => {
    const { status, stdout, stderr } = await databricks('groups list')
    expect([status, stdout + stderr]).toEqual([1, expect.stringContaining('NOT_IMPLEMENTED')])
  })
})
