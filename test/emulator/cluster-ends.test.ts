import { describe, expect, it } from 'vitest'
import { runningCluster, settle, spec, workspaceAt } from './workspace-at.ts'

describe('scripted failures of a start', () => {
  it('end in TERMINATED with the reason, as often as asked', async () => {
    const { ok } = workspaceAt()
    const reason = {
      code: 'AZURE_QUOTA_EXCEEDED_EXCEPTION',
      type: 'CLIENT_ERROR',
      parameters: { azure_error_code: 'QuotaExceeded' },
    }
    await ok('POST', '/_emulator/outcomes', {
      cluster: 'HelloCluster',
      termination_reason: reason,
      messages: ['Quota exceeded'],
    })
    const { cluster_id: id } = (await ok('POST', '/api/2.1/clusters/create', spec)).body
    const states = []
    for (let look = 0; look < 4; look += 1)
      states.push((await ok('GET', `/api/2.1/clusters/get?cluster_id=${id}`)).body)
    expect(states.map(({ state }) => state)).toEqual(['PENDING', 'TERMINATING', 'TERMINATED', 'TERMINATED'])
    expect(states[3]).toMatchObject({ termination_reason: reason, state_message: 'Quota exceeded' })
    await ok('POST', '/api/2.1/clusters/start', { cluster_id: id })
    expect(await settle(ok, id)).toBe('RUNNING')
    expect((await ok('GET', `/api/2.1/clusters/get?cluster_id=${id}`)).body).not.toHaveProperty(
      'termination_reason',
    )
  })

  it('may end in ERROR, and hit any name', async () => {
    const { ok } = workspaceAt()
    await ok('POST', '/_emulator/outcomes', { cluster: '*', state: 'ERROR', times: 0 })
    const id = await runningCluster(ok)
    const { body } = await ok('GET', `/api/2.1/clusters/get?cluster_id=${id}`)
    expect(body).toMatchObject({ state: 'ERROR', termination_reason: { type: 'CLOUD_FAILURE' } })
    expect((await ok('GET', '/_emulator/outcomes')).body.outcomes).toHaveLength(1)
  })

  it('leave other clusters alone', async () => {
    const { ok } = workspaceAt()
    await ok('POST', '/_emulator/outcomes', { cluster: 'Other' })
    const { cluster_id: id } = (await ok('POST', '/api/2.1/clusters/create', spec)).body
    expect(await settle(ok, id)).toBe('RUNNING')
  })
})

describe('pin and permanent-delete', () => {
  it('pins once, refuses to delete, and forgets after unpin', async () => {
    const { ok, ask } = workspaceAt()
    const id = await runningCluster(ok)
    const cluster = { cluster_id: id }
    await ok('POST', '/api/2.1/clusters/pin', cluster)
    await ok('POST', '/api/2.1/clusters/pin', cluster)
    const refused = await ask('POST', '/api/2.1/clusters/permanent-delete', cluster)
    expect(refused.status).toBe(400)
    expect(refused.body.message).toMatch(/unpin the cluster first/)
    await ok('POST', '/api/2.1/clusters/unpin', cluster)
    const { body } = await ok('POST', '/api/2.1/clusters/events', {
      ...cluster,
      event_types: ['PINNED', 'UNPINNED'],
    })
    expect(body.events.map(({ type }: { type: string }) => type)).toEqual(['UNPINNED', 'PINNED'])
    await ok('POST', '/api/2.1/clusters/permanent-delete', cluster)
    expect((await ask('GET', `/api/2.1/clusters/get?cluster_id=${id}`)).status).toBe(400)
    expect((await ask('POST', '/api/2.1/clusters/permanent-delete', cluster)).status).toBe(400)
  })
})

describe('clusters of the Jobs service', () => {
  it.each(['edit', 'resize', 'start'])('refuse %s', async (call) => {
    const { ok, ask } = workspaceAt()
    const { cluster_id: id } = (await ok('POST', '/_emulator/clusters', { ...spec, cluster_source: 'JOB' }))
      .body
    const answer = await ask('POST', `/api/2.1/clusters/${call}`, { ...spec, cluster_id: id })
    expect([answer.status, answer.body.message]).toEqual([400, expect.stringMatching(/Jobs service/)])
    expect((await ok('GET', `/api/2.1/clusters/get?cluster_id=${id}`)).body).toMatchObject({
      cluster_source: 'JOB',
      state: 'RUNNING',
    })
  })
})
