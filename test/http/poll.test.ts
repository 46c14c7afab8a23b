import { describe, expect, it } from 'vitest'
import { pages } from '../../src/http/pages.ts'
import { poll, type PollOptions } from '../../src/http/poll.ts'
import { createCall } from '../../src/http/call.ts'
import { Fail } from '../../src/errors.ts'
import { clusters } from '../../src/wire/clusters.ts'
import { jobs } from '../../src/wire/jobs.ts'
import { virtualClock } from '../support/harness.ts'
import { answering, failureOf, json, optionsFor } from './support.ts'

describe('pages', () => {
  const rows: [string, unknown[], number[], number][] = [
    ['an empty list, whose field is absent', [{}], [], 1],
    ['one page', [{ jobs: [{ job_id: 1 }] }], [1], 1],
    ['an empty token on the last page', [{ jobs: [{ job_id: 1 }], next_page_token: '' }], [1], 1],
    [
      'three pages, one of them empty',
      [{ jobs: [{ job_id: 1 }], next_page_token: 'a' }, { next_page_token: 'b' }, { jobs: [{ job_id: 2 }] }],
      [1, 2],
      3,
    ],
    [
      'a token that comes back for ever ends the list',
      [
        { jobs: [{ job_id: 1 }], next_page_token: 'a' },
        { jobs: [{ job_id: 2 }], next_page_token: 'a' },
      ],
      [1, 2],
      2,
    ],
  ]
  it.each(rows)('%s', async (_name, answers, ids, calls) => {
    const fetch = answering(...answers.map((answer) => json(answer)))
    const found = await pages(createCall(optionsFor(fetch)), jobs.list, { limit: 2 }, 'jobs')
    expect(found.map(({ job_id }) => job_id)).toEqual(ids)
    expect(fetch.calls).toHaveLength(calls)
  })

  it('keeps the other parameters with each token', async () => {
    const fetch = answering(json({ clusters: [], next_page_token: 'a&b' }), json({}))
    await pages(createCall(optionsFor(fetch)), clusters.list, { page_size: 100 }, 'clusters')
    expect(fetch.calls.map(({ url }) => new URL(url).search)).toEqual([
      '?page_size=100',
      '?page_size=100&page_token=a%26b',
    ])
  })

  it('half a list is no list', async () => {
    const fetch = answering(
      json({ jobs: [{ job_id: 1 }], next_page_token: 'a' }),
      json({ message: 'no' }, 403),
    )
    const work = pages(createCall(optionsFor(fetch)), jobs.list, {}, 'jobs')
    expect((await failureOf(work)).code).toBe('PERMISSION_DENIED')
  })
})

const polling = (states: string[], options: Partial<PollOptions<string>> = {}) => {
  const clock = virtualClock(0)
  const seen: string[] = []
  let reads = 0
  const work = () =>
    poll<string>({
      read: async () => states[Math.min(reads++, states.length - 1)] ?? '',
      done: (state) => state === 'RUNNING',
      state: (state) => state,
      what: 'cluster x to be RUNNING',
      hint: 'look at its events',
      timeoutMs: 60_000,
      clock,
      onState: (state) => seen.push(state),
      ...options,
    })
  return { work, clock, seen, reads: () => reads }
}

describe('poll', () => {
  it('what is done at once needs no pause', async () => {
    const { work, clock } = polling(['RUNNING'])
    expect(await work()).toBe('RUNNING')
    expect(clock.now()).toBe(0)
  })

  it('tells each state on the way, at growing intervals', async () => {
    const { work, clock, seen } = polling(['PENDING', 'PENDING', 'RESTARTING', 'RUNNING'])
    await work()
    expect(seen).toEqual(['PENDING', 'PENDING', 'RESTARTING'])
    expect(clock.now()).toBe(250 + 375 + 562.5)
  })

  it('gives up in time, and says what it waited for and the last state', async () => {
    const { work, clock, reads } = polling(['PENDING'])
    const failure = await failureOf(work())
    expect(failure).toMatchObject({ code: 'TIMEOUT', exit: 7, hint: 'look at its events' })
    expect(failure.message).toBe('gave up after 60 s waiting for cluster x to be RUNNING; last state PENDING')
    expect(clock.now()).toBeLessThanOrEqual(60_000)
    expect(reads()).toBeLessThan(30)
  })

  it('looks at least once, however short the time', async () => {
    const { work, reads } = polling(['PENDING'], { timeoutMs: 0 })
    expect((await failureOf(work())).code).toBe('TIMEOUT')
    expect(reads()).toBe(1)
  })

  it('ends when done() says that it can never be', async () => {
    const { work } = polling(['PENDING', 'ERROR'], {
      done: (state) => {
        if (state === 'ERROR') throw new Fail('CLUSTER_FAILED', { state })
        return false
      },
    })
    expect((await failureOf(work())).code).toBe('CLUSTER_FAILED')
  })

  it('ends when the run is stopped', async () => {
    const { work } = polling(['PENDING'], { stop: AbortSignal.abort(new Error('stopped')) })
    await expect(work()).rejects.toThrow('stopped')
  })
})
