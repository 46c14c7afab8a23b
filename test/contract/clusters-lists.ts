import { describe, expect, it } from 'vitest'
import type { ClusterEvent, EventsRequest } from '../../src/wire/clusters.ts'
import { computeOf, type Compute } from './compute.ts'
import { costly, real, type Subject } from './subject.ts'

const ids = (items: readonly { cluster_id: string }[] | undefined): string[] =>
  (items ?? []).map(({ cluster_id: id }) => id)
const typesOf = (events: readonly ClusterEvent[] | undefined): string[] =>
  (events ?? []).map(({ type }) => type)

/** @param own an embedded workspace that nobody else uses */
const clusterCases = (own: Subject): void => {
  const { clusters } = own.client
  const compute = computeOf(own)

  it.skipIf(real)('is {} in an empty workspace, and then goes through every page', async () => {
    expect(await clusters.list({})).toEqual({})
    expect(await clusters.all()).toEqual([])
    const made = await Promise.all(Array.from({ length: 101 }, () => compute.create()))
    expect(ids(await clusters.all()).toSorted()).toEqual(made.toSorted())
    const first = await clusters.list({ page_size: 100 })
    expect(first).not.toHaveProperty('prev_page_token')
    const second = await clusters.list({ page_size: 100, page_token: first.next_page_token ?? '' })
    expect([first.clusters?.length, second.clusters?.length]).toEqual([100, 1])
    expect(second).not.toHaveProperty('next_page_token')
    const back = await clusters.list({ page_size: 100, page_token: second.prev_page_token ?? '' })
    expect(ids(back.clusters)).toEqual(ids(first.clusters))
  })

  it.skipIf(real)('filters by source and state', async () => {
    const id = await compute.shared('TERMINATED')
    await own.control('clusters', { ...(await compute.spec()), cluster_source: 'JOB' })
    const terminated = { 'filter_by.cluster_states': ['TERMINATED', 'ERROR'] }
    const jobs = { 'filter_by.cluster_sources': ['JOB', 'UI'] }
    expect(ids((await clusters.list(terminated)).clusters)).toEqual([id])
    expect((await clusters.list(jobs)).clusters).toMatchObject([{ cluster_source: 'JOB' }])
    expect(await clusters.list({ ...terminated, ...jobs })).toEqual({})
  })
}

/** Every page, by sending `next_page` back as the whole next request. */
const pagesOf = async ({ client }: Subject, request: EventsRequest): Promise<ClusterEvent[][]> => {
  const found: ClusterEvent[][] = []
  for (let next: EventsRequest | undefined = request; next !== undefined;) {
    const page = await client.clusters.events(next)
    found.push(page.events ?? [])
    next = page.next_page
  }
  return found
}

const eventCases = (subject: Subject, compute: Compute): void => {
  const { clusters } = subject.client

  it.skipIf(costly)('tell the story of a cluster, newest first unless asked otherwise', async () => {
    const id = await compute.create()
    await compute.statesUntil(id, 'RUNNING')
    const { events } = await clusters.events({ cluster_id: id, order: 'ASC' })
    const story = typesOf(events)
    expect(story[0]).toBe('CREATING')
    expect(story).toContain('RUNNING')
    expect(ids(events).every((one) => one === id)).toBe(true)
    const stamps = (await clusters.events({ cluster_id: id })).events?.map(({ timestamp }) =>
      Number(timestamp),
    )
    expect(stamps).toEqual(stamps?.toSorted((a, b) => b - a))
    expect(await clusters.lastEvents(id, 1)).toHaveLength(1)
  })

  it.skipIf(costly).each([{ limit: 1 }, { page_size: 1 }])('come whole in pages of %o', async (size) => {
    const id = await compute.shared('TERMINATED')
    const query: EventsRequest = { cluster_id: id, order: 'ASC', event_types: ['CREATING', 'TERMINATING'] }
    const { events: all = [], total_count: total } = await clusters.events(query)
    const pages = await pagesOf(subject, { ...query, ...size })
    expect(pages.flat()).toEqual(all)
    expect(pages).toHaveLength(all.length)
    expect([all.length >= 2, total]).toEqual([true, all.length])
  })

  it.skipIf(costly)('are none where nothing fits', async () => {
    const id = await compute.shared('TERMINATED')
    expect(await clusters.events({ cluster_id: id, end_time: 1 })).not.toHaveProperty('events')
  })
}

/** The cases of clusters/list and clusters/events. */
export const listCases = (subject: Subject, compute: Compute, own: Subject): void => {
  describe('clusters/list', () => {
    clusterCases(own)
  })
  describe('clusters/events', () => {
    eventCases(subject, compute)
  })
}
