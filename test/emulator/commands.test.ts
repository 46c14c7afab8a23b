import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { Compute } from '../../src/compute/compute.ts'
import { nodeCompute } from './context-at.ts'
import { base64, runningCluster, workspaceAt, type Ask } from './workspace-at.ts'

const at = '/api/1.2'

const until = async (ask: Ask, path: string, done: RegExp): Promise<Record<string, unknown>> => {
  for (let look = 0; look < 400; look += 1) {
    const { body } = await ask('GET', path)
    if (done.test(body.status)) return body
    await sleep(10)
  }
  throw new Error(`${path} does not come to ${done.source}`)
}

const opened = async (compute: Compute, over: Record<string, unknown> = {}, state?: string) => {
  const workspace = workspaceAt({ compute, ...(state === undefined ? {} : { state }) })
  const clusterId = await runningCluster(workspace.ok, over)
  const context = async () => {
    const { id } = (await workspace.ok('POST', `${at}/contexts/create`, { clusterId, language: 'python' }))
      .body
    const path = `${at}/contexts/status?clusterId=${clusterId}&contextId=${id}`
    return { contextId: `${id}`, path, status: await until(workspace.ask, path, /Running|Error/) }
  }
  const run = async (contextId: string, command: string) => {
    const body = { clusterId, contextId, language: 'python', command }
    const { id } = (await workspace.ok('POST', `${at}/commands/execute`, body)).body
    const query = `clusterId=${clusterId}&contextId=${contextId}&commandId=${id}`
    return await until(workspace.ask, `${at}/commands/status?${query}`, /Finished|Error|Cancelled/)
  }
  return { ...workspace, clusterId, context, run }
}

describe('commands without compute', () => {
  it('are refused, and say how to have some', async () => {
    const { ask, ok, emulator } = workspaceAt()
    const clusterId = await runningCluster(ok)
    const { status, body } = await ask('POST', `${at}/contexts/create`, { clusterId, language: 'python' })
    expect([status, body]).toEqual([501, { error: expect.stringContaining('--compute process') }])
    await emulator.close()
  })
})

describe('a context is refused', () => {
  it.each([
    ['in another language', { language: 'scala' }, 400, /python only/],
    ['without a language', { language: undefined }, 400, /language/],
    ['on no cluster', { clusterId: '0101-000000-nothere1' }, 400, /does not exist/],
  ])('%s', async (_, over, status, message) => {
    const { ask, clusterId, emulator } = await opened(nodeCompute())
    const refusal = await ask('POST', `${at}/contexts/create`, { clusterId, language: 'python', ...over })
    expect([refusal.status, Object.keys(refusal.body)]).toEqual([status, ['error']])
    expect(refusal.body.error).toMatch(message)
    await emulator.close()
  })

  it('on a cluster that does not run, and without the right to attach', async () => {
    const { ask, ok, clusterId, emulator } = await opened(nodeCompute())
    await ok('POST', '/_emulator/principals', { user: 'b@example.com', token: 'b-token' })
    const create = (token?: string) =>
      ask('POST', `${at}/contexts/create`, { clusterId, language: 'python' }, token)
    expect((await create('b-token')).status).toBe(403)
    expect((await create('wrong')).status).toBe(401)
    await ok('POST', '/api/2.1/clusters/delete', { cluster_id: clusterId })
    expect((await create()).body).toEqual({ error: expect.stringContaining('TERMINATING, not RUNNING') })
    await emulator.close()
  })
})

describe('a context', () => {
  it('gets its cluster’s variables, a token of its user for as long as it lives, and the secrets', async () => {
    const compute = nodeCompute()
    const { ask, ok, context, run, clusterId, emulator } = await opened(compute, {
      spark_env_vars: { MODE: 'test' },
    })
    await ok('POST', '/api/2.0/secrets/scopes/create', { scope: 's' })
    await ok('POST', '/api/2.0/secrets/put', { scope: 's', key: 'k', string_value: 'hidden-1' })
    const { contextId } = await context()
    const [task] = compute.started
    expect(task).toMatchObject({ work: { kind: 'context' }, secretScopes: { s: { k: 'hidden-1' } } })
    expect(task?.secrets).toContain('hidden-1')
    expect(task?.env).toMatchObject({ MODE: 'test', MLFLOW_TRACKING_URI: 'databricks' })
    const { results } = await run(contextId, 'print(env.DATABRICKS_HOST)')
    const { data: host } = results as { data: string }
    const token = task?.env['DATABRICKS_TOKEN'] ?? ''
    const me = () =>
      fetch(`${host.trim()}/api/2.0/preview/scim/v2/Me`, { headers: { authorization: `Bearer ${token}` } })
    expect((await me()).status).toBe(200)
    await ok('POST', `${at}/contexts/destroy`, { clusterId, contextId })
    for (let look = 0; look < 100 && (await me()).status === 200; look += 1) await sleep(10)
    expect((await ask('GET', '/api/2.0/preview/scim/v2/Me', undefined, token)).status).toBe(401)
    await emulator.close()
  })

  it('ends with its process, and says so', async () => {
    const { context, run, ask, emulator } = await opened(nodeCompute())
    const { contextId, path } = await context()
    expect(await run(contextId, 'import os; os._exit(1)')).toMatchObject({
      status: 'Error',
      results: { resultType: 'error', summary: expect.stringContaining('the context ended') },
    })
    expect(await until(ask, path, /Error/)).toMatchObject({ status: 'Error' })
    expect(await run(contextId, 'print(1)')).toMatchObject({ status: 'Error' })
    await emulator.close()
  })

  it('ends with a restart of its cluster', async () => {
    const compute = nodeCompute()
    const { context, ok, ask, clusterId, emulator } = await opened(compute)
    const { path } = await context()
    await ok('POST', '/api/2.1/clusters/restart', { cluster_id: clusterId })
    for (let look = 0; look < 3; look += 1) await ok('GET', `/api/2.1/clusters/get?cluster_id=${clusterId}`)
    expect(await ask('GET', path)).toMatchObject({ status: 404, body: { error: expect.any(String) } })
    await emulator.close()
  })

  it('does not outlive its cluster, even when nobody asks for it', async () => {
    const compute = nodeCompute()
    const { context, ok, clusterId, emulator } = await opened(compute)
    await context()
    const token = compute.started[0]?.env['DATABRICKS_TOKEN'] ?? ''
    await ok('POST', '/api/2.1/clusters/delete', { cluster_id: clusterId })
    const me = async () => {
      const headers = { authorization: `Bearer ${token}` }
      return (await emulator.fetch('http://h/api/2.0/preview/scim/v2/Me', { headers })).status
    }
    for (let look = 0; look < 100 && (await me()) === 200; look += 1) await sleep(50)
    expect(await me()).toBe(401)
    await emulator.close()
  })

  it('is nobody else’s', async () => {
    const { context, ok, ask, emulator } = await opened(nodeCompute())
    const { path } = await context()
    await ok('POST', '/_emulator/principals', { user: 'b@example.com', token: 'b-token', groups: ['admins'] })
    expect((await ask('GET', path, undefined, 'b-token')).status).toBe(404)
    await emulator.close()
  })

  it('that cannot begin tells why in its commands', async () => {
    const compute: Compute = {
      ...nodeCompute(),
      environment: async () => {
        throw new Error('the venv module is missing')
      },
    }
    const { context, run, emulator } = await opened(compute)
    const { contextId, status } = await context()
    expect(status).toMatchObject({ status: 'Error' })
    expect(await run(contextId, 'print(1)')).toMatchObject({
      status: 'Error',
      results: { summary: expect.stringContaining('the venv module is missing') },
    })
    await emulator.close()
  })

  it('sees the workspace and DBFS in their folders', async () => {
    const compute = nodeCompute()
    const { context, ok, emulator } = await opened(compute)
    const file = { path: '/Shared/a.txt', content: base64('1'), format: 'RAW' }
    await ok('POST', '/api/2.0/workspace/import', file)
    await context()
    const [task] = compute.started
    expect(task?.dbfsRoot).toMatch(/\/dbfs$/)
    expect([existsSync(`${task?.workspaceRoot}/Shared/a.txt`), existsSync(task?.dbfsRoot ?? '')]).toEqual([
      true,
      true,
    ])
    await emulator.close()
  })
})

describe('a context of an emulator that was killed', () => {
  it('has no token any more, and what it left running is ended', async () => {
    const state = mkdtempSync(join(tmpdir(), 'brickrail-contexts-'))
    const first = nodeCompute()
    const { emulator, context } = await opened(first, {}, state)
    const { contextId } = await context()
    const token = first.started[0]?.env['DATABRICKS_TOKEN']
    await emulator.close('leave')
    const reaped: string[] = []
    const compute = { ...nodeCompute(), reap: async (id: string) => void reaped.push(id) }
    const second = workspaceAt({ compute, state })
    expect((await second.ask('GET', '/api/2.0/preview/scim/v2/Me', undefined, token)).status).toBe(401)
    expect(reaped).toEqual([`context-${contextId}`])
    await first.close()
    await second.emulator.close()
    rmSync(state, { recursive: true })
  })
})

it('a context keeps what its last hundred commands gave, and forgets the rest', async () => {
  const { context, run, ask, clusterId, emulator } = await opened(nodeCompute())
  const { contextId } = await context()
  const first = await run(contextId, '1')
  for (let count = 0; count < 100; count += 1) await run(contextId, '1')
  const last = await run(contextId, '1')
  const look = async (id: unknown) => {
    const query = `clusterId=${clusterId}&contextId=${contextId}&commandId=${String(id)}`
    return (await ask('GET', `${at}/commands/status?${query}`)).status
  }
  expect([await look(first['id']), await look(last['id'])]).toEqual([404, 200])
  await emulator.close()
})
