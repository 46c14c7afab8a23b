import { describe, expect, it } from 'vitest'
import { hasCode, isMissing } from '../../src/http/api-error.ts'
import type { Int64 } from '../../src/wire/endpoint.ts'
import { jobs, type JobSettings, type JobTask } from '../../src/wire/jobs.ts'
import { exercisesEveryEndpointOf } from './coverage.ts'
import { real, open, refused, type Subject } from './subject.ts'

const subject = await open()
const { client, call, unique } = subject
const noId = 9_007_199_254_740_993n

/** Needs no compute, so it costs nothing. */
const task = (key: string, right = '1'): JobTask => ({
  task_key: key,
  condition_task: { op: 'EQUAL_TO', left: '1', right },
})

const create = async (settings: JobSettings, at: Subject = subject): Promise<Int64> => {
  const { job_id: id } = await at.client.jobs.create(settings)
  at.undo(() => at.setup.jobs.delete({ job_id: id }))
  return id
}
const keysOf = (settings: JobSettings): string[] =>
  (settings.tasks ?? []).map(({ task_key: key }) => key).toSorted()
const rightOf = (settings: JobSettings, key: string): unknown =>
  settings.tasks?.find((one) => one.task_key === key)?.['condition_task']

describe('jobs', () => {
  it('echo their settings with defaults, but not who may use them', async () => {
    const name = unique('job')
    const grant = { group_name: 'users', permission_level: 'CAN_VIEW' }
    const id = await create({ name, tasks: [task('a')], access_control_list: [grant] })
    const job = await client.jobs.get({ job_id: id })
    const defaults = { timeout_seconds: 0, max_concurrent_runs: 1, format: 'MULTI_TASK' }
    expect(job.settings).toMatchObject({
      ...defaults,
      name,
      email_notifications: {},
      webhook_notifications: {},
    })
    expect(job.settings.tasks).toMatchObject([{ ...task('a'), run_if: 'ALL_SUCCESS' }])
    expect(job.settings).not.toHaveProperty('access_control_list')
    const { userName } = await subject.setup.identity.me({})
    expect(job.creator_user_name).toBe(userName)
  })

  it('have an id that survives the client exactly', async () => {
    const ids = [await create({ name: unique('job') }), await create({ name: unique('job') })]
    for (const id of ids) expect((await client.jobs.get({ job_id: id })).job_id).toBe(id)
    expect(new Set(ids.map(String)).size).toBe(2)
  })

  it.skipIf(real)('have ids beyond 2^53', async () => {
    const id = await create({ name: unique('job') })
    expect(id).toBeTypeOf('bigint')
    expect(id).toBeGreaterThan(BigInt(Number.MAX_SAFE_INTEGER))
  })

  it.each(jobs.get.alsoAt)('are the same at %s', async (path) => {
    const id = await create({ name: unique('job') })
    expect((await call({ ...jobs.get, path }, { job_id: id })).job_id).toBe(id)
  })

  it('that are unknown are a 400, and yet missing', async () => {
    const refusal = await refused(client.jobs.get({ job_id: noId }))
    expect(refusal).toMatchObject({ status: 400, errorCode: 'INVALID_PARAMETER_VALUE' })
    expect(refusal.apiMessage).toContain(`Job ${noId} does not exist`)
    expect(isMissing(refusal)).toBe(true)
  })

  it('are gone after delete', async () => {
    const id = await create({ name: unique('job') })
    await client.jobs.delete({ job_id: id })
    expect(isMissing(await refused(client.jobs.get({ job_id: id })))).toBe(true)
  })
})

describe('jobs/update', () => {
  it('replaces top-level fields and merges tasks by task_key', async () => {
    const name = unique('job')
    const id = await create({ name, tasks: [task('a'), task('b')], tags: { team: 'x' } })
    const new_settings = { tasks: [task('b', '2'), task('c')], timeout_seconds: 60 }
    await client.jobs.update({ job_id: id, new_settings })
    const { settings } = await client.jobs.get({ job_id: id })
    expect(keysOf(settings)).toEqual(['a', 'b', 'c'])
    expect(rightOf(settings, 'a')).toMatchObject({ right: '1' })
    expect(rightOf(settings, 'b')).toMatchObject({ right: '2' })
    expect(settings).toMatchObject({ name, timeout_seconds: 60, tags: { team: 'x' } })
  })

  it('removes the fields that it is told to', async () => {
    const id = await create({ name: unique('job'), tasks: [task('a'), task('b')], tags: { team: 'x' } })
    await client.jobs.update({ job_id: id, new_settings: {}, fields_to_remove: ['tags', 'tasks/a'] })
    const { settings } = await client.jobs.get({ job_id: id })
    expect(keysOf(settings)).toEqual(['b'])
    expect(settings).not.toHaveProperty('tags')
  })

  it.skipIf(real)('merges job clusters by their key', async () => {
    const cluster = (key: string, workers: number) => ({
      job_cluster_key: key,
      new_cluster: { spark_version: '15.4.x-scala2.12', node_type_id: 'm5.large', num_workers: workers },
    })
    const id = await create({ name: unique('job'), job_clusters: [cluster('x', 1), cluster('y', 1)] })
    await client.jobs.update({ job_id: id, new_settings: { job_clusters: [cluster('y', 2)] } })
    const { settings } = await client.jobs.get({ job_id: id })
    expect(settings['job_clusters']).toEqual([cluster('x', 1), cluster('y', 2)])
  })

  it('of an unknown job is refused', async () => {
    const refusal = await refused(client.jobs.update({ job_id: noId, new_settings: { name: 'x' } }))
    expect(refusal.apiMessage).toContain('does not exist')
  })
})

describe('jobs/reset', () => {
  it('replaces all settings; nothing of the old ones is left', async () => {
    const id = await create({ name: unique('job'), tasks: [task('a')], tags: { team: 'x' } })
    const name = unique('job')
    await client.jobs.reset({ job_id: id, new_settings: { name, tasks: [task('b')] } })
    const { settings } = await client.jobs.get({ job_id: id })
    expect([settings.name, keysOf(settings)]).toEqual([name, ['b']])
    expect(settings).not.toHaveProperty('tags')
  })

  it('keeps who the job runs as', async () => {
    const { userName } = await subject.setup.identity.me({})
    const run_as = { user_name: userName }
    const id = await create({ name: unique('job'), tasks: [task('a')], run_as })
    await client.jobs.reset({ job_id: id, new_settings: { name: unique('job'), tasks: [task('a')] } })
    expect((await client.jobs.get({ job_id: id })).run_as_user_name).toBe(userName)
  })
})

describe('jobs of more than 100 tasks', () => {
  it('are answered in pages, and whole() puts them together', async () => {
    const keys = Array.from({ length: 120 }, (_, index) => `t${`${index}`.padStart(3, '0')}`)
    const id = await create({ name: unique('job'), tasks: keys.map((key) => task(key)) })
    const first = await client.jobs.get({ job_id: id })
    expect(first.settings.tasks).toHaveLength(100)
    expect(first.next_page_token).toBeTruthy()
    expect(keysOf((await client.jobs.whole(id)).settings)).toEqual(keys)
  })

  it('are found whole by name', async () => {
    const name = unique('Job')
    const keys = Array.from({ length: 101 }, (_, index) => `t${index}`)
    await create({ name, tasks: keys.map((key) => task(key)) })
    const [found, ...more] = await client.jobs.named(name.toLowerCase())
    expect([found?.settings.tasks?.length, more]).toEqual([101, []])
  })
})

describe('jobs that make no sense', () => {
  const bad: [string, JobSettings][] = [
    ['two tasks of one name', { tasks: [task('a'), task('a')] }],
    ['a dependency on nothing', { tasks: [{ ...task('a'), depends_on: [{ task_key: 'b' }] }] }],
    [
      'a circle',
      {
        tasks: [
          { ...task('a'), depends_on: [{ task_key: 'b' }] },
          { ...task('b'), depends_on: [{ task_key: 'a' }] },
        ],
      },
    ],
    ['a job cluster that is not there', { tasks: [{ ...task('a'), job_cluster_key: 'x' }] }],
    [
      'a cron expression that is none',
      { tasks: [task('a')], schedule: { quartz_cron_expression: 'daily', timezone_id: 'UTC' } },
    ],
    [
      'a timezone that is none',
      { tasks: [task('a')], schedule: { quartz_cron_expression: '0 0 6 * * ?', timezone_id: 'Nowhere' } },
    ],
  ]
  it.each(bad)('are refused: %s', async (_, settings) => {
    const refusal = await refused(client.jobs.create({ name: unique('job'), ...settings }))
    expect(refusal.status).toBe(400)
  })

  it.each(['0 0 6 * * ?', '0 0/15 8-18 ? * MON-FRI', '0 0 0 L * ?', '0 0 12 ? * 2#1 2030'])(
    'but this schedule does: %s',
    async (cron) => {
      const schedule = {
        quartz_cron_expression: cron,
        timezone_id: 'Europe/Amsterdam',
        pause_status: 'PAUSED',
      } as const
      const id = await create({ name: unique('job'), tasks: [task('a')], schedule })
      expect((await client.jobs.get({ job_id: id })).settings.schedule).toEqual(schedule)
    },
  )
})

describe('jobs/list', () => {
  it('finds by name, whole and in any case; names need not be unique', async () => {
    const name = unique('Job')
    const ids = [await create({ name }), await create({ name })]
    await create({ name: `${name}-more` })
    const { jobs: found = [] } = await client.jobs.list({ name: name.toUpperCase() })
    expect(found.map(({ job_id: id }) => id)).toEqual(expect.arrayContaining(ids))
    expect(found).toHaveLength(2)
  })

  it('shows tasks on request only', async () => {
    const name = unique('job')
    await create({ name, tasks: [task('a')] })
    const [brief] = (await client.jobs.list({ name })).jobs ?? []
    const [whole] = (await client.jobs.list({ name, expand_tasks: true })).jobs ?? []
    expect(brief?.settings).not.toHaveProperty('tasks')
    expect(keysOf(whole?.settings ?? {})).toEqual(['a'])
  })

  it('has no list field when nothing is found', async () => {
    expect(await client.jobs.list({ name: unique('none') })).not.toHaveProperty('jobs')
  })

  it('walks every job exactly once, page by page', async () => {
    const name = unique('job')
    const ids = [await create({ name }), await create({ name }), await create({ name })]
    const seen: Int64[] = []
    for (let token: string | undefined = ''; token !== undefined;) {
      const page = await client.jobs.list({ name, limit: 2, ...(token && { page_token: token }) })
      seen.push(...(page.jobs ?? []).map(({ job_id: id }) => id))
      expect(page.has_more).toBe(Boolean(page.next_page_token))
      token = page.next_page_token || undefined
    }
    expect(seen.map(String).toSorted()).toEqual(ids.map(String).toSorted())
  })

  it.each([
    ['jobs of more than 100', () => client.jobs.list({ limit: 101 })],
    ['runs of more than 25', () => client.jobs.runs.list({ limit: 26 })],
  ])('refuses pages of %s', async (_, ask) => {
    expect(hasCode(await refused(ask()), 'INVALID_PARAMETER_VALUE')).toBe(true)
  })
})

it('a job that never ran has no runs', async () => {
  const id = await create({ name: unique('job') })
  expect(await client.jobs.runs.list({ job_id: id, limit: 25 })).not.toHaveProperty('runs')
})

const own = await open('fetch')
it.skipIf(real)('all() and activeRuns() go through every page', async () => {
  const ids = await Promise.all(Array.from({ length: 101 }, () => create({ tasks: [task('a')] }, own)))
  const all = await own.client.jobs.all()
  expect(all.map(({ job_id: id }) => `${id}`).toSorted()).toEqual(ids.map(String).toSorted())
  expect(all.every(({ settings }) => keysOf(settings).length === 1)).toBe(true)
  for (let index = 0; index < 26; index += 1) await own.control('runs', { run_name: `r${index}` })
  const runs = await own.client.jobs.activeRuns()
  expect(new Set(runs.map(({ run_id: id }) => id)).size).toBe(26)
})

exercisesEveryEndpointOf('jobs', subject)
