import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { registryAt } from './registry-at.ts'
import type { Ask } from './workspace-at.ts'

const models = '/api/2.0/mlflow/registered-models'
const versions = '/api/2.0/mlflow/model-versions'
const catalog = '/api/2.0/mlflow/unity-catalog'

const make = async (ok: Ask, name: string, root = ''): Promise<void> => {
  await ok('POST', `${root}${models}/create`, { name })
}
const add = async (ok: Ask, name: string, root = '') =>
  (await ok('POST', `${root}${versions}/create`, { name, source: 'dbfs:/m' })).body.model_version
const look = async (ok: Ask, name: string, version = '1', root = '') =>
  (await ok('GET', `${root}${versions}/get?name=${name}&version=${version}`)).body.model_version

describe('a registration in a workspace', () => {
  it('is PENDING_REGISTRATION in the answer to create, and over at the next look', async () => {
    const { ok } = registryAt()
    await make(ok, 'm')
    expect((await add(ok, 'm')).status).toBe('PENDING_REGISTRATION')
    expect((await look(ok, 'm')).status).toBe('READY')
  })

  it('takes a second under the real clock', async () => {
    const { ok } = registryAt({ clock: 'real' })
    await make(ok, 'm')
    await add(ok, 'm')
    const seen = [(await look(ok, 'm')).status]
    await ok('POST', '/_emulator/clock', { advance_ms: 1000 })
    seen.push((await look(ok, 'm')).status)
    expect(seen).toEqual(['PENDING_REGISTRATION', 'READY'])
  })

  it('is over for searches and latest versions too', async () => {
    const { ok } = registryAt()
    await make(ok, 'm')
    await add(ok, 'm')
    const { body } = await ok('GET', `${versions}/search?filter=${encodeURIComponent("name='m'")}`)
    expect(body.model_versions[0].status).toBe('READY')
    await add(ok, 'm')
    const found = await ok('GET', `${models}/get?name=m`)
    expect(found.body.registered_model.latest_versions[0]).toMatchObject({ version: '2', status: 'READY' })
  })
})

describe('a planned outcome', () => {
  it.each(['', '/mlflow'])(
    'fails the next version of that model at «%s», with its messages',
    async (root) => {
      const { ok } = registryAt()
      await ok('POST', '/_emulator/outcomes', { model: 'm', messages: ['Copying failed.'] })
      await make(ok, 'm', root)
      await make(ok, 'other', root)
      for (const name of ['other', 'm', 'm']) await add(ok, name, root)
      expect((await look(ok, 'other', '1', root)).status).toBe('READY')
      const failed = { status: 'FAILED_REGISTRATION', status_message: 'Copying failed.' }
      expect(await look(ok, 'm', '1', root)).toMatchObject(failed)
      expect((await look(ok, 'm', '2', root)).status).toBe('READY')
    },
  )

  it('leaves every version PENDING_REGISTRATION for ever', async () => {
    const { ok } = registryAt()
    await ok('POST', '/_emulator/outcomes', { model: '*', status: 'PENDING_REGISTRATION', times: 0 })
    await make(ok, 'm')
    for (const version of ['1', '2']) {
      await add(ok, 'm')
      for (const _ of [1, 2]) expect((await look(ok, 'm', version)).status).toBe('PENDING_REGISTRATION')
    }
  })

  it('is of a model, a cluster or a library, not of two', async () => {
    const { ask } = registryAt()
    for (const body of [{ model: 'm', cluster: 'c' }, {}])
      expect((await ask('POST', '/_emulator/outcomes', body)).status).toBe(400)
  })
})

describe('the three registries', () => {
  it('know nothing of each other', async () => {
    const { ok, ask } = registryAt()
    await make(ok, 'main.default.m')
    for (const path of [`/mlflow${models}/get`, `${catalog}/registered-models/get`])
      expect((await ask('GET', `${path}?name=main.default.m`)).status).toBe(404)
    await make(ok, 'main.default.m', '/mlflow')
    await ok('POST', `${catalog}/registered-models/create`, { name: 'main.default.m' })
    await add(ok, 'main.default.m', '/mlflow')
    const { body } = await ok('GET', `${models}/get?name=main.default.m`)
    expect(body.registered_model).not.toHaveProperty('latest_versions')
  })

  it('have only their own endpoints', async () => {
    const { ask } = registryAt()
    const alias = { name: 'm', alias: 'champion', version: '1' }
    const none = await ask('POST', `${models}/alias`, alias)
    expect([none.status, none.body.error_code]).toEqual([404, 'ENDPOINT_NOT_FOUND'])
    for (const path of [
      'transition-requests/list',
      'databricks/registered-models/get',
      'registered-models/list',
    ]) {
      const answer = await ask('GET', `/mlflow/api/2.0/mlflow/${path}?name=m&version=1`)
      expect([answer.status, answer.headers.get('content-type')]).toEqual([
        404,
        expect.stringMatching(/html/),
      ])
    }
  })

  it.each([
    ['the body', (name: string) => [`${models}/delete`, { name }] as const],
    ['the query', (name: string) => [`${models}/delete?name=${name}`, undefined] as const],
  ])('read %s of a DELETE', async (_, request) => {
    const { ok, ask } = registryAt()
    await make(ok, 'm')
    const [path, body] = request('m')
    await ok('DELETE', path, body)
    expect((await ask('GET', `${models}/get?name=m`)).status).toBe(404)
  })

  it('take camelCase as protobuf does', async () => {
    const { ok } = registryAt()
    await make(ok, 'm')
    const made = await ok('POST', `${versions}/create`, {
      name: 'm',
      source: 'dbfs:/m',
      runId: 'r',
      runLink: 'l',
    })
    expect(made.body.model_version).toMatchObject({ run_id: 'r', run_link: 'l' })
  })

  it('keep what they have over a restart', async () => {
    const state = mkdtempSync(join(tmpdir(), 'brickrail-registry-'))
    try {
      const first = registryAt({ state })
      await make(first.ok, 'm')
      await add(first.ok, 'm')
      await first.emulator.close()
      const second = registryAt({ state })
      expect(await look(second.ok, 'm')).toMatchObject({ version: '1', status: 'READY' })
      expect((await add(second.ok, 'm')).version).toBe('2')
      await second.ok('POST', '/_emulator/reset')
      expect((await second.ask('GET', `${models}/get?name=m`)).status).toBe(404)
      await second.emulator.close()
    } finally {
      rmSync(state, { recursive: true, force: true })
    }
  })

  it('find 500 versions in one page, by index', async () => {
    const { ok } = registryAt()
    await make(ok, 'm', '/mlflow')
    for (let made = 0; made < 500; made += 1) await add(ok, 'm', '/mlflow')
    const started = performance.now()
    const filter = encodeURIComponent("name='m'")
    const { body } = await ok('GET', `/mlflow${versions}/search?filter=${filter}&max_results=10000`)
    expect(body.model_versions).toHaveLength(500)
    // Some 10 ms; a scan a version would take seconds.
    expect(performance.now() - started).toBeLessThan(2000)
  })
})
