import { beforeEach, describe, expect, it } from 'vitest'
import { base64, runningCluster, spec, workspaceAt } from './workspace-at.ts'

const { emulator, ask, ok } = workspaceAt()
beforeEach(async () => {
  await ok('POST', '/_emulator/reset')
})
const mkdirs = (path: string) => ask('POST', '/api/2.0/workspace/mkdirs', { path })
const exists = async (path: string) =>
  (await ask('GET', `/api/2.0/workspace/get-status?path=${path}`)).status === 200
const plan = (fault: unknown) => ok('POST', '/_emulator/faults', fault, '')
const torn = {
  name: 'TypeError',
  message: 'fetch failed',
  cause: expect.objectContaining({ code: 'ECONNRESET' }),
}

describe('faults', () => {
  it('answer a status with headers once, and have no effect', async () => {
    await plan({ method: 'POST', path: '/api/2.0/workspace', status: 429, headers: { 'retry-after': '7' } })
    const answer = await mkdirs('/Shared/d')
    expect([answer.status, answer.body.error_code, answer.headers.get('retry-after')]).toEqual([
      429,
      'RESOURCE_EXHAUSTED',
      '7',
    ])
    expect(await exists('/Shared/d')).toBe(false)
    expect((await mkdirs('/Shared/d')).status).toBe(200)
    expect((await ok('GET', '/_emulator/faults')).body).toEqual({ faults: [] })
  })

  it.each([
    [{ status: 503, body: { error_code: 'X', message: 'y' } }, 503, { error_code: 'X', message: 'y' }],
    [{ status: 502, body: '<pre>Bad Gateway</pre>' }, 502, Buffer.from('<pre>Bad Gateway</pre>')],
    [{ status: 500 }, 500, { error_code: 'INTERNAL_ERROR', message: 'Planned by /_emulator/faults' }],
    [{ status: 418 }, 418, { error_code: 'UNKNOWN', message: 'Planned by /_emulator/faults' }],
  ])('%o', async (fault, status, body) => {
    await plan(fault)
    const answer = await mkdirs('/Shared/d')
    expect([answer.status, answer.body]).toEqual([status, body])
  })

  it('can answer after the effect', async () => {
    await plan({ status: 500, after: true })
    expect((await mkdirs('/Shared/d')).status).toBe(500)
    expect(await exists('/Shared/d')).toBe(true)
  })

  it.each([
    ['before', false],
    ['after', true],
  ] as const)('tear the connection %s the effect', async (drop, effect) => {
    await plan({ path: '/api/2.0/workspace/mkdirs', drop })
    await expect(mkdirs('/Shared/d')).rejects.toMatchObject(torn)
    expect(await exists('/Shared/d')).toBe(effect)
  })

  it('answer a login page with 200', async () => {
    await plan({ html: true })
    const answer = await ask('GET', '/api/2.1/clusters/list')
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html'])
    expect(answer.body.toString()).toMatch(/^<!DOCTYPE html>/)
  })

  it('cut an answer in half, after the effect', async () => {
    await plan({ truncate: true, path: '/api/2.1/clusters/create' })
    await expect(ask('POST', '/api/2.1/clusters/create', spec)).rejects.toThrow(SyntaxError)
    expect((await ok('GET', '/api/2.1/clusters/list')).body.clusters).toHaveLength(1)
  })

  it('delay', async () => {
    await plan({ delay_ms: 60 })
    const started = performance.now()
    expect((await mkdirs('/Shared/d')).status).toBe(200)
    expect(performance.now() - started).toBeGreaterThanOrEqual(55)
  })

  it('skip, then hit as often as told; 0 is for ever', async () => {
    await plan({ method: 'get', path: '/api/2.1/clusters/*', status: 503, skip: 1, times: 2 })
    const statuses = []
    for (let index = 0; index < 5; index += 1)
      statuses.push((await ask('GET', '/api/2.1/clusters/list')).status)
    expect(statuses).toEqual([200, 503, 503, 200, 200])
    await plan({ status: 500, times: 0 })
    for (let index = 0; index < 5; index += 1)
      expect((await ask('GET', '/api/2.1/clusters/list')).status).toBe(500)
    await ok('DELETE', '/_emulator/faults')
    expect((await ask('GET', '/api/2.1/clusters/list')).status).toBe(200)
  })

  it.each([
    [{ method: 'GET' }, false],
    [{ path: '/api/2.0/workspace/import' }, false],
    [{ path: '/api/*/mkdirs' }, true],
    [{ path: '/api/*/mkdir' }, false],
    [{ path: '/api/2.0/w' }, true],
    [{ method: '*' }, true],
  ])('%o hits a mkdirs: %s', async (match, hit) => {
    await plan([{ ...match, status: 500 }])
    expect((await mkdirs('/Shared/d')).status).toBe(hit ? 500 : 200)
  })
})

describe('the log', () => {
  it('tells each request, torn ones with status 0, and none of its own', async () => {
    await mkdirs('/Shared/d')
    await plan({ drop: 'after' })
    await mkdirs('/Shared/e').catch(() => undefined)
    await ask('GET', '/api//2.0/workspace/get-status?path=%2FShared%2Fnone')
    const { requests } = (await ok('GET', '/_emulator/requests', undefined, '')).body
    expect(requests).toEqual([
      {
        seq: expect.any(Number),
        method: 'POST',
        path: '/api/2.0/workspace/mkdirs',
        query: '',
        status: 200,
        ms: expect.any(Number),
        at: expect.any(Number),
      },
      expect.objectContaining({ method: 'POST', status: 0 }),
      expect.objectContaining({
        method: 'GET',
        path: '/api/2.0/workspace/get-status',
        query: 'path=%2FShared%2Fnone',
        status: 404,
      }),
    ])
    const rest = (await ok('GET', `/_emulator/requests?since=${requests[1].seq}`)).body
    expect(rest.requests).toEqual([requests[2]])
    await ok('DELETE', '/_emulator/requests')
    expect((await ok('GET', '/_emulator/requests')).body).toEqual({ requests: [] })
  })
})

describe('control', () => {
  it('tells that it is well, to anybody', async () => {
    expect((await ok('GET', '/_emulator/health', undefined, '')).body).toEqual({
      status: 'ok',
      clock: 'instant',
    })
  })

  it('moves the clock and changes its mode', async () => {
    const before = (await ok('GET', '/_emulator/clock')).body
    const { body } = await ok('POST', '/_emulator/clock', { advance_ms: 86_400_000, mode: 'real' })
    expect(body.mode).toBe('real')
    expect(body.now - before.now).toBeGreaterThanOrEqual(86_400_000)
    await ok('POST', '/_emulator/clock', { mode: 'instant' })
    await mkdirs('/Shared/d')
    await ok('POST', '/api/2.0/workspace/import', { path: '/Shared/d/f', format: 'AUTO', content: '' })
    expect(
      (await ok('GET', '/api/2.0/workspace/get-status?path=/Shared/d/f')).body.modified_at,
    ).toBeGreaterThanOrEqual(body.now)
  })

  it('resets everything but its own credentials', async () => {
    await ok('POST', '/_emulator/principals', { user: 'a@example.com', token: 'dapi-a' })
    await ok('POST', '/_emulator/outcomes', { cluster: '*' })
    await ok('POST', '/_emulator/clock', { advance_ms: 86_400_000 })
    await runningCluster(ok)
    await mkdirs('/Shared/d')
    await ok('POST', '/_emulator/reset')
    expect((await ok('GET', '/api/2.1/clusters/list')).body).toEqual({})
    expect((await ask('GET', '/api/2.1/clusters/list', undefined, 'dapi-a')).status).toBe(401)
    expect((await ok('GET', '/_emulator/outcomes')).body).toEqual({ outcomes: [] })
    expect((await ok('GET', '/_emulator/clock')).body.offset_ms).toBe(0)
    expect(await exists('/Shared/d')).toBe(false)
    expect((await ok('GET', '/_emulator/requests')).body.requests).toHaveLength(3)
  })

  it.each([
    ['/_emulator/principals', { token: 'x' }],
    ['/_emulator/outcomes', {}],
    ['/_emulator/faults', '{'],
    ['/_emulator/outcomes', { cluster: 'a', library: 'b' }],
  ])('refuses POST %s %o', async (path, body) => {
    expect((await ask('POST', path, body)).status).toBe(400)
  })
})

describe('what it does not know', () => {
  it.each([
    ['GET', '/api/2.0/sql/warehouses'],
    ['POST', '/api/2.1/clusters/list'],
    ['GET', '/api/2.1/jobs/runs/export'],
    ['DELETE', '/api/2.0/workspace/delete'],
    ['GET', '/'],
    ['GET', '/_emulator/nothing'],
  ])('is a 501: %s %s', async (method, path) => {
    const answer = await ask(method, path)
    expect(answer.status).toBe(501)
    expect(answer.body).toEqual({
      error_code: 'NOT_IMPLEMENTED',
      message: `the embedded workspace has no ${method} ${path}`,
    })
  })
})

describe('the wire', () => {
  it('collapses slashes, ignores the content type, takes any host and a Request', async () => {
    const response = await emulator.fetch(
      new Request('http://made.up:81//api//2.0/workspace//mkdirs', {
        method: 'POST',
        headers: { authorization: `bearer ${emulator.token}`, 'content-type': 'text/json' },
        body: '{"path": "/Shared/d"}',
      }),
    )
    expect([response.status, await response.text()]).toEqual([200, '{}'])
    expect(await exists('/Shared/d')).toBe(true)
  })

  it('takes bodies up to 16 MB', async () => {
    const body = (bytes: number) =>
      JSON.stringify({ path: '/Shared/big', format: 'AUTO', content: 'A'.repeat(bytes) })
    expect((await ask('POST', '/api/2.0/workspace/import', body(13_900_000))).status).toBe(200)
    expect((await ask('POST', '/api/2.0/workspace/import', body(16_800_000))).status).toBe(413)
  })

  it('keeps int64 in what it only passes on', async () => {
    const { body } = await ok(
      'POST',
      '/api/2.1/clusters/create',
      `{"spark_version": "15.4.x-scala2.12", "node_type_id": "m5.large", "num_workers": 0, "aws_attributes": {"big": 9007199254740993}}`,
    )
    const details = (await ok('GET', `/api/2.1/clusters/get?cluster_id=${body.cluster_id}`)).body
    expect(details.aws_attributes.big).toBe(9_007_199_254_740_993n)
  })

  it('stops for an aborted signal, before and during', async () => {
    const controller = new AbortController()
    await plan({ delay_ms: 10_000, times: 1 })
    const pending = emulator.fetch('http://h/api/2.1/clusters/list', { signal: controller.signal })
    setTimeout(() => controller.abort(), 10)
    await expect(pending).rejects.toMatchObject({ name: 'AbortError' })
    await expect(emulator.fetch('http://h/', { signal: AbortSignal.abort() })).rejects.toMatchObject({
      name: 'AbortError',
    })
  })

  it('answers a broken handler call with nothing half done', async () => {
    const id = await runningCluster(ok)
    const libraries = [{ pypi: { package: 'a' } }, { pypi: {} }]
    expect((await ask('POST', '/api/2.0/libraries/install', { cluster_id: id, libraries })).status).toBe(400)
    expect((await ok('GET', `/api/2.0/libraries/cluster-status?cluster_id=${id}`)).body).toEqual({
      cluster_id: id,
    })
  })

  it('is fast: a thousand imports and a long list', async () => {
    const started = process.cpuUsage()
    for (let index = 0; index < 1000; index += 1)
      await ok('POST', '/api/2.0/workspace/import', {
        path: `/Shared/f${index}.txt`,
        format: 'AUTO',
        content: base64('text'),
      })
    expect((await ok('GET', '/api/2.0/workspace/list?path=/Shared')).body.objects).toHaveLength(1000)
    const { user, system } = process.cpuUsage(started)
    // Client and server together, on a slow and busy machine; it is about 0.3 s on a quiet one.
    expect((user + system) / 1e6).toBeLessThan(3)
  })
})
