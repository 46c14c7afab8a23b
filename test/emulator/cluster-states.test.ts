import { describe, expect, it } from 'vitest'
import { runningCluster, settle, spec, workspaceAt } from './workspace-at.ts'

const without = (field: string) => Object.fromEntries(Object.entries(spec).filter(([name]) => name !== field))

describe('states', () => {
  /** From a state, a call, the status and error code, and the state right after and after two looks. */
  const rows: [string, string, Record<string, unknown>, number, string, string][] = [
    ['PENDING', 'edit', spec, 400, 'PENDING', 'RUNNING'],
    ['PENDING', 'resize', { num_workers: 2 }, 400, 'PENDING', 'RUNNING'],
    ['PENDING', 'start', {}, 400, 'PENDING', 'RUNNING'],
    ['PENDING', 'restart', {}, 200, 'PENDING', 'RUNNING'],
    ['PENDING', 'delete', {}, 200, 'TERMINATING', 'TERMINATED'],
    ['RUNNING', 'edit', { ...spec, num_workers: 2 }, 200, 'RESTARTING', 'RUNNING'],
    [
      'RUNNING',
      'update',
      { update_mask: 'num_workers', cluster: { num_workers: 3 } },
      200,
      'RESTARTING',
      'RUNNING',
    ],
    ['RUNNING', 'resize', { num_workers: 2 }, 200, 'RESIZING', 'RUNNING'],
    ['RUNNING', 'start', {}, 200, 'RUNNING', 'RUNNING'],
    ['RUNNING', 'restart', {}, 200, 'RESTARTING', 'RUNNING'],
    ['RUNNING', 'delete', {}, 200, 'TERMINATING', 'TERMINATED'],
    ['RUNNING', 'change-owner', { owner_username: 'admin@example.com' }, 400, 'RUNNING', 'RUNNING'],
    ['TERMINATED', 'edit', { ...spec, num_workers: 2 }, 200, 'TERMINATED', 'TERMINATED'],
    ['TERMINATED', 'resize', { num_workers: 2 }, 400, 'TERMINATED', 'TERMINATED'],
    ['TERMINATED', 'start', {}, 200, 'PENDING', 'RUNNING'],
    ['TERMINATED', 'restart', {}, 200, 'TERMINATED', 'TERMINATED'],
    ['TERMINATED', 'delete', {}, 200, 'TERMINATED', 'TERMINATED'],
    ['TERMINATED', 'change-owner', { owner_username: 'admin@example.com' }, 200, 'TERMINATED', 'TERMINATED'],
  ]
  it.each(rows)('%s, %s %o: %i, %s, then %s', async (from, call, body, status, during, after) => {
    const { ask, ok } = workspaceAt()
    const { cluster_id: id } = (await ok('POST', '/api/2.1/clusters/create', spec)).body
    if (from !== 'PENDING') await settle(ok, id)
    if (from === 'TERMINATED') {
      await ok('POST', '/api/2.1/clusters/delete', { cluster_id: id })
      await settle(ok, id)
    }
    const answer = await ask('POST', `/api/2.1/clusters/${call}`, { ...body, cluster_id: id })
    expect(answer.status).toBe(status)
    expect(answer.body.error_code).toBe(status === 400 ? 'INVALID_STATE' : undefined)
    const get = () => ok('GET', `/api/2.1/clusters/get?cluster_id=${id}`)
    expect((await get()).body.state).toBe(during)
    expect((await get()).body.state).toBe(after)
    expect((await get()).body.state).toBe(after)
  })

  it('words its refusals as the service does', async () => {
    const { ask, ok } = workspaceAt()
    const { cluster_id: id } = (await ok('POST', '/api/2.1/clusters/create', spec)).body
    expect((await ask('POST', '/api/2.1/clusters/start', { cluster_id: id })).body.message).toBe(
      `Cluster ${id} is in unexpected state Pending.`,
    )
    expect(
      (await ask('POST', '/api/2.1/clusters/resize', { cluster_id: id, num_workers: 1 })).body.message,
    ).toMatch(/^Cluster is not running/)
  })

  it('edit replaces the whole spec and keeps the id, update only what the mask names', async () => {
    const { ok } = workspaceAt()
    const id = await runningCluster(ok, { custom_tags: { a: '1' }, autotermination_minutes: 60 })
    const details = async () => (await ok('GET', `/api/2.1/clusters/get?cluster_id=${id}`)).body
    await ok('POST', '/api/2.1/clusters/update', {
      cluster_id: id,
      update_mask: 'autoscale,custom_tags',
      cluster: { autoscale: { min_workers: 1, max_workers: 3 } },
    })
    await settle(ok, id)
    expect((await details()).spec).toEqual({
      ...without('num_workers'),
      autotermination_minutes: 60,
      autoscale: { min_workers: 1, max_workers: 3 },
    })
    await ok('POST', '/api/2.1/clusters/edit', { ...spec, cluster_id: id })
    await settle(ok, id)
    expect((await details()).spec).toEqual(spec)
    expect((await details()).autotermination_minutes).toBe(0)
  })

  it('refuses an unknown field of a mask', async () => {
    const { ask, ok } = workspaceAt()
    const id = await runningCluster(ok)
    const answer = await ask('POST', '/api/2.1/clusters/update', {
      cluster_id: id,
      update_mask: 'workers',
      cluster: {},
    })
    expect([answer.status, answer.body.error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE'])
  })

  it('keeps a resize over edit-free restarts', async () => {
    const { ok } = workspaceAt()
    const id = await runningCluster(ok)
    await ok('POST', '/api/2.1/clusters/resize', {
      cluster_id: id,
      autoscale: { min_workers: 2, max_workers: 4 },
    })
    expect(await settle(ok, id)).toBe('RUNNING')
    const { body } = await ok('GET', `/api/2.1/clusters/get?cluster_id=${id}`)
    expect(body).toMatchObject({ autoscale: { min_workers: 2, max_workers: 4 }, num_workers: 2 })
  })
})

describe('the real clock', () => {
  const state = async (ok: ReturnType<typeof workspaceAt>['ok'], id: string) =>
    (await ok('GET', `/api/2.1/clusters/get?cluster_id=${id}`)).body.state
  it('takes time, and shows every state once even to a late look', async () => {
    const { ok } = workspaceAt({ clock: 'real' })
    const { cluster_id: id } = (await ok('POST', '/api/2.1/clusters/create', spec)).body
    expect([await state(ok, id), await state(ok, id)]).toEqual(['PENDING', 'PENDING'])
    await ok('POST', '/_emulator/clock', { advance_ms: 3000 })
    expect(await state(ok, id)).toBe('RUNNING')
    await ok('POST', '/api/2.1/clusters/delete', { cluster_id: id })
    await ok('POST', '/_emulator/clock', { advance_ms: 60_000 })
    expect([await state(ok, id), await state(ok, id)]).toEqual(['TERMINATING', 'TERMINATED'])
  })

  it('lets nothing happen before it could be seen to happen', async () => {
    const { ok } = workspaceAt({ clock: 'real' })
    const { cluster_id: id } = (await ok('POST', '/api/2.1/clusters/create', spec)).body
    const { now: late } = (await ok('POST', '/_emulator/clock', { advance_ms: 60_000 })).body
    expect([await state(ok, id), await state(ok, id)]).toEqual(['PENDING', 'RUNNING'])
    const { body } = await ok('POST', '/api/2.1/clusters/events', {
      cluster_id: id,
      event_types: ['RUNNING'],
    })
    expect(body.events[0].timestamp).toBeGreaterThanOrEqual(late)
  })

  it('terminates an idle cluster', async () => {
    const { ok } = workspaceAt()
    const id = await runningCluster(ok, { autotermination_minutes: 10 })
    await ok('POST', '/_emulator/clock', { advance_ms: 599_000 })
    expect(await state(ok, id)).toBe('RUNNING')
    await ok('POST', '/_emulator/clock', { advance_ms: 2000 })
    expect(await settle(ok, id)).toBe('TERMINATED')
    expect((await ok('GET', `/api/2.1/clusters/get?cluster_id=${id}`)).body.termination_reason).toEqual({
      code: 'INACTIVITY',
      type: 'SUCCESS',
      parameters: { inactivity_duration_min: '10' },
    })
  })

  it('hides a terminated cluster after 30 days and forgets it after 60, unless it is pinned', async () => {
    const { ok, ask } = workspaceAt()
    const gone = await runningCluster(ok)
    const pinned = await runningCluster(ok)
    await ok('POST', '/api/2.1/clusters/pin', { cluster_id: pinned })
    for (const id of [gone, pinned]) {
      await ok('POST', '/api/2.1/clusters/delete', { cluster_id: id })
      await settle(ok, id)
    }
    const day = 86_400_000
    await ok('POST', '/_emulator/clock', { advance_ms: 31 * day })
    expect((await ok('GET', '/api/2.1/clusters/list')).body.clusters).toHaveLength(1)
    expect((await ask('GET', `/api/2.1/clusters/get?cluster_id=${gone}`)).status).toBe(200)
    await ok('POST', '/_emulator/clock', { advance_ms: 30 * day })
    expect((await ask('GET', `/api/2.1/clusters/get?cluster_id=${gone}`)).status).toBe(400)
    expect((await ask('GET', `/api/2.1/clusters/get?cluster_id=${pinned}`)).status).toBe(200)
  })
})
