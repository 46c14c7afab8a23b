import { describe, expect, it } from 'vitest'
import { systemClock as clock } from '../../src/http/clock.ts'
import { hasCode, isMissing } from '../../src/http/api-error.ts'
import { poll } from '../../src/http/poll.ts'
import type { Int64 } from '../../src/wire/endpoint.ts'
import type { JobSettings, JobTask } from '../../src/wire/jobs.ts'
import { runs, type JobRun } from '../../src/wire/runs.ts'
import { exercisesEveryEndpointOf } from './coverage.ts'
import { pace } from './compute.ts'
import { open, refused } from './subject.ts'

const subject = await open()
const { client, call, unique } = subject
const noId = 9_007_199_254_740_993n

/** Conditions need no compute, so they cost nothing. */
const task = (key: string, left = 'yes', over: Partial<JobTask> = {}): JobTask => ({
  task_key: key,
  condition_task: { op: 'EQUAL_TO', left, right: 'yes' },
  ...over,
})
const after = (key: string, outcome?: string): Partial<JobTask> => ({
  depends_on: [{ task_key: key, ...(outcome === undefined ? {} : { outcome }) }],
})

const create = async (settings: JobSettings): Promise<Int64> => {
  const { job_id: id } = await client.jobs.create({ name: unique('job'), ...settings })
  subject.undo(() => subject.setup.jobs.delete({ job_id: id }))
  return id
}

const ended = new Set(['TERMINATED', 'SKIPPED', 'INTERNAL_ERROR'])
const lifeOf = (run: JobRun): string => run.state?.life_cycle_state ?? ''

const end = async (id: Int64, seen: string[] = []): Promise<JobRun> =>
  await poll({
    read: async () => {
      const run = await client.jobs.runs.get({ run_id: id })
      if (seen.at(-1) !== lifeOf(run)) seen.push(lifeOf(run))
      return run
    },
    done: (run) => ended.has(lifeOf(run)),
    state: lifeOf,
    what: `run ${id} to end`,
    hint: 'look at the run',
    clock,
    ...pace,
  })

const submit = async (tasks: JobTask[]): Promise<Int64> =>
  (await client.jobs.runs.submit({ run_name: unique('run'), tasks })).run_id

const results = ({ tasks = [] }: JobRun): Record<string, unknown> =>
  Object.fromEntries(tasks.map(({ task_key: key, state }) => [key, state.result_state]))

describe('a run of a job', () => {
  it('is shown on its way, and ends', async () => {
    const job = await create({ tasks: [task('a')] })
    const { run_id: id } = await client.jobs.runs.runNow({ job_id: job })
    const seen: string[] = []
    const run = await end(id, seen)
    expect(seen.length).toBeGreaterThan(1)
    expect(run).toMatchObject({
      job_id: job,
      run_id: id,
      run_type: 'JOB_RUN',
      state: { life_cycle_state: 'TERMINATED', result_state: 'SUCCESS' },
      tasks: [{ task_key: 'a', state: { result_state: 'SUCCESS' }, attempt_number: 0 }],
    })
    expect(run.run_page_url).toContain(`${id}`)
  })

  it('takes job parameters, with defaults', async () => {
    const tasks = [task('a', '{{job.parameters.answer}}'), task('b', 'yes', after('a', 'true'))]
    const job = await create({ tasks, parameters: [{ name: 'answer', default: 'no' }] })
    const plain = await client.jobs.runs.runNow({ job_id: job })
    expect(results(await end(plain.run_id))).toEqual({ a: 'SUCCESS', b: 'EXCLUDED' })
    const told = await client.jobs.runs.runNow({ job_id: job, job_parameters: { answer: 'yes' } })
    const run = await end(told.run_id)
    expect(results(run)).toEqual({ a: 'SUCCESS', b: 'SUCCESS' })
    expect(run.job_parameters).toEqual([{ name: 'answer', default: 'no', value: 'yes' }])
  })

  it('is the same for the same idempotency token', async () => {
    const job = await create({ tasks: [task('a')] })
    const body = { job_id: job, idempotency_token: unique('token') }
    const { run_id: id } = await client.jobs.runs.runNow(body)
    await end(id)
    expect((await client.jobs.runs.runNow(body)).run_id).toBe(id)
  })

  it('of an unknown job is refused', async () => {
    const refusal = await refused(client.jobs.runs.runNow({ job_id: noId }))
    expect(refusal.apiMessage).toContain(`Job ${noId} does not exist`)
  })
})

describe('a one-time run', () => {
  it('is in no list of jobs, yet in the list of runs, newest first', async () => {
    const ids = [await submit([task('a')]), await submit([task('a')])]
    for (const id of ids) await end(id)
    const { runs: found = [] } = await client.jobs.runs.list({ run_type: 'SUBMIT_RUN', limit: 25 })
    const order = found.map(({ run_id: id }) => id).filter((id) => ids.includes(id))
    expect(order).toEqual(ids.toReversed())
  })

  it('whose task fails fails in the words of the service', async () => {
    const run = await end(
      await submit([task('main', 'a', { condition_task: { op: 'LESS_THAN', left: 'a', right: '1' } })]),
    )
    expect(run.state?.result_state).toBe('FAILED')
    expect(run.state?.state_message).toContain('Task main failed with message: ')
  })

  it('has its output with its tasks, not with itself', async () => {
    const run = await end(await submit([task('a'), task('b')]))
    const refusal = await refused(client.jobs.runs.getOutput({ run_id: run.run_id }))
    expect(refusal.apiMessage).toContain('Retrieving the output of runs with multiple tasks is not supported')
    const [first] = run.tasks ?? []
    const output = await client.jobs.runs.getOutput({ run_id: first?.run_id ?? 0 })
    expect(output.metadata.run_id).toBe(first?.run_id)
  })
})

describe('runs', () => {
  it('that have ended can be canceled without effect, and deleted', async () => {
    const { run_id: id, state } = await end(await submit([task('a')]))
    await client.jobs.runs.cancel({ run_id: id })
    expect((await client.jobs.runs.get({ run_id: id })).state).toEqual(state)
    await client.jobs.runs.delete({ run_id: id })
    expect(isMissing(await refused(client.jobs.runs.get({ run_id: id })))).toBe(true)
  })

  it('of a job are canceled at once', async () => {
    const job = await create({ tasks: [task('a')] })
    await client.jobs.runs.cancelAll({ job_id: job })
    expect(await client.jobs.runs.list({ job_id: job, active_only: true })).not.toHaveProperty('runs')
  })

  it('that are unknown are a 400, and yet missing', async () => {
    const refusal = await refused(client.jobs.runs.get({ run_id: noId }))
    expect(refusal).toMatchObject({ status: 400, errorCode: 'INVALID_PARAMETER_VALUE' })
    expect(refusal.apiMessage).toContain(`Run ${noId} does not exist`)
    expect(isMissing(refusal)).toBe(true)
  })

  it.each(runs.get.alsoAt)('are the same at %s', async (path) => {
    const { run_id: id } = await end(await submit([task('a')]))
    expect((await call({ ...runs.get, path }, { run_id: id })).run_id).toBe(id)
  })

  it.each([
    ['pages of more than 25', () => client.jobs.runs.list({ limit: 26 })],
    [
      'active and completed at once',
      () => client.jobs.runs.list({ active_only: true, completed_only: true }),
    ],
    [
      'long idempotency tokens',
      () => client.jobs.runs.submit({ tasks: [task('a')], idempotency_token: 'x'.repeat(65) }),
    ],
    ['nothing to run', () => client.jobs.runs.submit({ run_name: 'x' })],
  ])('refuse %s', async (_, ask) => {
    expect(hasCode(await refused(ask()), 'INVALID_PARAMETER_VALUE')).toBe(true)
  })
})

exercisesEveryEndpointOf('runs', subject)
