import { describe, expect, it, onTestFinished } from 'vitest'
import { bind } from '../../src/client/bind.ts'
import { clusters } from '../../src/wire/clusters.ts'
import type { EndpointTable } from '../../src/wire/endpoint.ts'
import { identity } from '../../src/wire/identity.ts'
import { jobs } from '../../src/wire/jobs.ts'
import { libraries } from '../../src/wire/libraries.ts'
import { permissions } from '../../src/wire/permissions.ts'
import { workspaceFiles } from '../../src/wire/workspace-files.ts'
import { workspace as table, workspaceBytes } from '../../src/wire/workspace.ts'
import { clientOf, failureOf, workspace } from '../http/support.ts'

const open = (token?: string) => {
  const { emulator, control } = workspace()
  onTestFinished(() => emulator.close())
  const tokens = { method: 'pat', renewable: false, get: async () => token ?? emulator.token }
  const client = clientOf(emulator.fetch, { tokens })
  return { client, control }
}

const cluster = (name: string) => ({
  cluster_name: name,
  spark_version: '17.3.x-scala2.13',
  node_type_id: 'Standard_DS3_v2',
  num_workers: 0,
})

describe('bind', () => {
  const tables: [string, EndpointTable][] = [
    ['clusters', clusters],
    ['libraries', libraries],
    ['workspace', table],
    ['workspace bytes', workspaceBytes],
    ['workspace-files', workspaceFiles],
    ['identity', identity],
    ['permissions', permissions],
    ['jobs', jobs],
  ]
  it.each(tables)('%s: one method per row, which calls that row', async (_name, rows) => {
    const bound: Record<string, (input: never) => Promise<unknown>> = bind(
      async (endpoint) => endpoint as never,
      rows,
    )
    expect(Object.keys(bound)).toEqual(Object.keys(rows))
    for (const [name, method] of Object.entries(bound)) expect(await method({} as never)).toBe(rows[name])
  })
})

describe('what is not there', () => {
  it('is undefined, by 404 or by the 400 of clusters', async () => {
    const { client } = open()
    expect(await client.clusters.find('0000-000000-xxxxxxxx')).toBeUndefined()
    expect(await client.workspace.children('/Shared/none')).toBeUndefined()
    expect(await client.workspace.read('/Shared/none')).toBeUndefined()
  })

  it('is not confused with what may not be seen', async () => {
    const { client, control } = open('dapi-guest')
    await control('principals', { user: 'guest@example.com', token: 'dapi-guest' })
    expect((await failureOf(client.workspace.children('/Users/admin@example.com'))).code).toBe(
      'PERMISSION_DENIED',
    )
  })

  it('is an empty list in an empty folder', async () => {
    const { client } = open()
    await client.workspace.mkdirs({ path: '/Shared/empty' })
    expect(await client.workspace.children('/Shared/empty')).toEqual([])
    expect(await client.clusters.all()).toEqual([])
    expect(await client.jobs.all()).toEqual([])
    expect(await client.jobs.activeRuns()).toEqual([])
  })
})

describe('lists of many pages', () => {
  it('clusters', async () => {
    const { client } = open()
    const names = Array.from({ length: 230 }, (_, index) => `c${index}`)
    for (const name of names) await client.clusters.create(cluster(name))
    const found = await client.clusters.all()
    expect(new Set(found.map(({ cluster_name }) => cluster_name))).toEqual(new Set(names))
    expect(found).toHaveLength(names.length)
    // Zero workers come back as zero, not as nothing.
    expect(found.every(({ num_workers }) => num_workers === 0)).toBe(true)
  })

  it('jobs, with their tasks', async () => {
    const { client } = open()
    for (let index = 0; index < 120; index += 1)
      await client.jobs.create({
        name: `j${index}`,
        tasks: [{ task_key: 'a', existing_cluster_id: 'x', notebook_task: { notebook_path: '/x' } }],
      })
    const found = await client.jobs.all()
    expect(new Set(found.map(({ job_id }) => job_id)).size).toBe(120)
    expect(found.every(({ settings }) => settings.tasks?.[0]?.existing_cluster_id === 'x')).toBe(true)
  })
})

describe('files', () => {
  it('come back byte for byte, whatever they hold', async () => {
    const { client } = open()
    const content = new Uint8Array(Array.from({ length: 5000 }, (_, index) => (index * 7) % 256))
    await client.workspace.upload({ path: '/Shared/x.bin', format: 'RAW', overwrite: true, content })
    expect(await client.workspace.read('/Shared/x.bin')).toEqual(content)
    const [object] =
      (await client.workspace.children('/Shared'))?.filter(({ path }) => path.endsWith('x.bin')) ?? []
    expect(object).toMatchObject({ object_type: 'FILE', size: 5000 })
  })

  it('a claim without overwrite is refused when it is taken', async () => {
    const { client } = open()
    const input = {
      path: '/Shared/lock',
      format: 'RAW' as const,
      overwrite: false,
      content: new Uint8Array([1]),
    }
    await client.workspace.claim(input)
    expect((await failureOf(client.workspace.claim(input))).message).toContain('RESOURCE_ALREADY_EXISTS')
  })
})

describe('clusters', () => {
  it('the last events come newest first', async () => {
    const { client } = open()
    const { cluster_id } = await client.clusters.create(cluster('a'))
    for (let index = 0; index < 3; index += 1) await client.clusters.get({ cluster_id })
    const [first, second] = await client.clusters.lastEvents(cluster_id, 2)
    expect(Number(first?.timestamp)).toBeGreaterThanOrEqual(Number(second?.timestamp))
    expect(await client.clusters.lastEvents(cluster_id, 1)).toHaveLength(1)
  })
})
