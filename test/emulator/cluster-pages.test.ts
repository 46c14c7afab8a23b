import { beforeAll, describe, expect, it } from 'vitest'
import { runningCluster, settle, spec, workspaceAt } from './workspace-at.ts'

describe('clusters/list', () => {
  const { ask, ok } = workspaceAt()
  const ids: string[] = []
  beforeAll(async () => {
    for (let index = 0; index < 25; index += 1) {
      const name = `c${`${24 - index}`.padStart(2, '0')}`
      ids.push(
        (await ok('POST', '/api/2.1/clusters/create', { ...spec, cluster_name: name })).body.cluster_id,
      )
    }
    await ok('POST', '/api/2.1/clusters/pin', { cluster_id: ids[0] })
    await settle(ok, ids[1] ?? '')
    await ok('POST', '/_emulator/clusters', { ...spec, cluster_name: 'job', cluster_source: 'JOB' })
  })
  const names = async (query: string) =>
    ((await ok('GET', `/api/2.1/clusters/list?${query}`)).body.clusters ?? []).map(
      (cluster: { cluster_name: string }) => cluster.cluster_name,
    )

  it('is {} in an empty workspace', async () => {
    expect((await workspaceAt().ok('GET', '/api/2.1/clusters/list')).body).toEqual({})
  })

  it('pages in 2.1 and does not in 2.0', async () => {
    expect((await ok('GET', '/api/2.0/clusters/list')).body.clusters).toHaveLength(26)
    const first = (await ok('GET', '/api/2.1/clusters/list')).body
    expect(first.clusters).toHaveLength(20)
    expect(first).not.toHaveProperty('prev_page_token')
    const second = (await ok('GET', `/api/2.1/clusters/list?page_token=${first.next_page_token}`)).body
    expect(second.clusters).toHaveLength(6)
    expect(second).not.toHaveProperty('next_page_token')
    const back = (await ok('GET', `/api/2.1/clusters/list?page_token=${second.prev_page_token}`)).body
    expect(back.clusters.map((cluster: { cluster_id: string }) => cluster.cluster_id)).toEqual(
      first.clusters.map((cluster: { cluster_id: string }) => cluster.cluster_id),
    )
  })

  it('walks every cluster exactly once in small pages', async () => {
    const seen: string[] = []
    for (let token = ''; ;) {
      const { body } = await ok('GET', `/api/2.1/clusters/list?page_size=4${token && `&page_token=${token}`}`)
      seen.push(...body.clusters.map((cluster: { cluster_id: string }) => cluster.cluster_id))
      if (body.next_page_token === undefined) break
      token = body.next_page_token
    }
    expect(seen).toHaveLength(26)
    expect(new Set(seen).size).toBe(26)
  })

  it.each([
    ['filter_by.is_pinned=true', ['c24']],
    ['filter_by.cluster_sources=JOB', ['job']],
    ['filter_by.cluster_sources=JOB&filter_by.cluster_sources=UI', ['job']],
    ['filter_by.policy_id=p', []],
    ['sort_by.field=CLUSTER_NAME&page_size=2', ['c00', 'c01']],
    ['sort_by.field=CLUSTER_NAME&sort_by.direction=DESC&page_size=2', ['job', 'c24']],
    ['page_size=1', ['c24']],
  ])('%s', async (query, expected) => {
    expect(await names(query)).toEqual(expected)
  })

  it.each(['page_size=101', 'page_size=-1', 'page_token=abc', 'sort_by.field=AGE', 'sort_by.direction=UP'])(
    'refuses %s',
    async (query) => {
      const answer = await ask('GET', `/api/2.1/clusters/list?${query}`)
      expect([answer.status, answer.body.error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE'])
    },
  )

  it('filters by state', async () => {
    expect(await names('filter_by.cluster_states=RUNNING&page_size=100')).toContain('job')
    expect(await names('filter_by.cluster_states=TERMINATED,ERROR')).toEqual([])
  })
})

describe('clusters/events', () => {
  const { ask, ok } = workspaceAt()
  let id = ''
  const types = (body: { events?: { type: string }[] }) => (body.events ?? []).map(({ type }) => type)
  beforeAll(async () => {
    id = await runningCluster(ok)
    await ok('POST', '/api/2.1/clusters/edit', { ...spec, num_workers: 2, cluster_id: id })
    await settle(ok, id)
    await ok('POST', '/api/2.1/clusters/resize', { cluster_id: id, num_workers: 3 })
    await settle(ok, id)
    await ok('POST', '/api/2.1/clusters/delete', { cluster_id: id })
    await settle(ok, id)
  })
  const story = [
    'CREATING',
    'RUNNING',
    'DRIVER_HEALTHY',
    'EDITED',
    'RESTARTING',
    'RUNNING',
    'DRIVER_HEALTHY',
    'RESIZING',
    'UPSIZE_COMPLETED',
    'TERMINATING',
  ]

  it('tell the whole story, newest first', async () => {
    const { body } = await ok('POST', '/api/2.1/clusters/events', { cluster_id: id })
    expect(types(body)).toEqual(story.toReversed())
    expect(body.total_count).toBe(story.length)
    expect(body.events[0]).toMatchObject({
      cluster_id: id,
      details: {
        reason: { code: 'USER_REQUEST', type: 'SUCCESS', parameters: { username: 'admin@example.com' } },
      },
    })
    expect(
      types((await ok('POST', '/api/2.0/clusters/events', { cluster_id: id, order: 'ASC' })).body),
    ).toEqual(story)
  })

  it('page the old way: text numbers, and next_page is the whole next request', async () => {
    let request: Record<string, unknown> | undefined = {
      cluster_id: id,
      order: 'ASC',
      offset: '0',
      limit: '4',
      event_types: [],
    }
    const seen: string[] = []
    const requests = []
    while (request !== undefined) {
      const { body } = await ok('POST', '/api/2.0/clusters/events', request)
      seen.push(...types(body))
      request = body.next_page
      requests.push(request)
    }
    expect(seen).toEqual(story)
    expect(requests).toEqual([
      { cluster_id: id, order: 'ASC', event_types: [], offset: 4, limit: 4 },
      { cluster_id: id, order: 'ASC', event_types: [], offset: 8, limit: 4 },
      undefined,
    ])
  })

  it('page the new way: by token', async () => {
    const first = (
      await ok('POST', '/api/2.1/clusters/events', { cluster_id: id, order: 'ASC', page_size: 6 })
    ).body
    expect(first.next_page).toEqual({
      cluster_id: id,
      order: 'ASC',
      page_size: 6,
      page_token: first.next_page_token,
    })
    const second = (
      await ok('POST', '/api/2.1/clusters/events', {
        cluster_id: id,
        order: 'ASC',
        page_size: 6,
        page_token: first.next_page_token,
      })
    ).body
    expect([...types(first), ...types(second)]).toEqual(story)
    expect(second).not.toHaveProperty('next_page_token')
  })

  it('filter by type and time', async () => {
    expect(
      types(
        (await ok('POST', '/api/2.1/clusters/events', { cluster_id: id, event_types: ['RUNNING'] })).body,
      ),
    ).toEqual(['RUNNING', 'RUNNING'])
    expect((await ok('POST', '/api/2.1/clusters/events', { cluster_id: id, end_time: 1 })).body).toEqual({
      total_count: 0,
    })
  })

  it.each([
    { limit: 501 },
    { limit: '0' },
    { offset: -1 },
    { order: 'UP' },
    { page_size: 501 },
    { page_token: '%' },
  ])('refuse %o', async (over) => {
    const answer = await ask('POST', '/api/2.1/clusters/events', { cluster_id: id, ...over })
    expect([answer.status, answer.body.error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE'])
  })
})
