import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { localFiles } from '../../src/emulator/library/local.ts'
import { openStore } from '../../src/emulator/server/store.ts'
import { book, runsAt } from './runs-at.ts'
import { runningCluster } from './workspace-at.ts'

const { ok, compute, submit, end } = runsAt()
const secrets = '/api/2.0/secrets'
const runWith = async (value: string) => {
  const existing_cluster_id = await runningCluster(ok, { spark_env_vars: { PASSWORD: value } })
  return await submit([book('a', { existing_cluster_id })])
}

describe('spark_env_vars that name a secret', () => {
  it.each([
    ['{{secrets/S/k}}', 'hidden'],
    ['x{{secrets/s/k}}', 'x{{secrets/s/k}}'],
  ])('%s reach the code as %s', async (given, seen) => {
    await ok('POST', `${secrets}/scopes/create`, { scope: 's' }).catch(() => undefined)
    await ok('POST', `${secrets}/put`, { scope: 's', key: 'k', string_value: 'hidden' })
    const id = await runWith(given)
    const { request, end: stop } = await compute.next()
    stop({ outcome: 'SUCCESS' })
    await end(id)
    expect(request.env['PASSWORD']).toBe(seen)
    expect(request.secrets).toContain('hidden')
  })

  it('fail the run when there is none', async () => {
    const { state } = await end(await runWith('{{secrets/s/other}}'))
    expect(state.state_message).toContain('Secret does not exist with scope: s and key: other')
  })
})

it('a library that fails is told without the password of its index', async () => {
  compute.unavailable['private'] = 'no such package'
  const pypi = { package: 'private', repo: 'https://me:hunter22@host/simple' }
  const { state } = await end(await submit([book('a', { libraries: [{ pypi }] })]))
  expect(state.state_message).toContain('https://host/simple')
  expect(state.state_message).toContain('no such package')
})

describe('a library that a run has put into DBFS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'brickrail-local-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  mkdirSync(join(folder, 'dbfs'))
  writeFileSync(join(folder, 'private.txt'), 'root:x')
  writeFileSync(join(folder, 'dbfs', 'r.txt'), 'six')
  symlinkSync(join(folder, 'private.txt'), join(folder, 'dbfs', 'link.txt'))
  symlinkSync(folder, join(folder, 'dbfs', 'up'))
  const db = openStore(undefined)
  afterAll(() => db.close())

  it.each([
    ['dbfs:/r.txt', 1],
    ['/dbfs/r.txt', 1],
    ['dbfs:/link.txt', 0],
    ['dbfs:/up/private.txt', 0],
    ['dbfs:/../private.txt', 0],
  ])('%s is there: %i', (path, count) => {
    const site = { folder: () => folder } as Parameters<typeof localFiles>[0]['site']
    expect(Object.keys(localFiles({ db, site }, [{ requirements: path }]))).toHaveLength(count)
  })
})
