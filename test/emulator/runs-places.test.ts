import { describe, expect, it } from 'vitest'
import { book, condition, runsAt } from './runs-at.ts'
import { runningCluster, spec } from './workspace-at.ts'

const { ask, ok, compute, submit, create, runNow, get, end, until } = runsAt()
const done = { outcome: 'SUCCESS' } as const
const cluster = async (id: string) => (await ok('GET', `/api/2.1/clusters/get?cluster_id=${id}`)).body

describe('more runs than max_concurrent_runs', () => {
  it('are all of them when it is 0: a queue would never move', async () => {
    const job = await create([book('a')], { max_concurrent_runs: 0, queue: { enabled: true } })
    expect((await get(await runNow(job))).state.life_cycle_state).toBe('SKIPPED')
  })

  it('are skipped', async () => {
    const job = await create([book('a')])
    const first = await runNow(job)
    const task = await compute.next()
    const second = await get(await runNow(job))
    expect(second.state).toMatchObject({
      life_cycle_state: 'SKIPPED',
      result_state: 'MAXIMUM_CONCURRENT_RUNS_REACHED',
    })
    expect(second.status.termination_details.code).toBe('MAX_CONCURRENT_RUNS_EXCEEDED')
    task.end(done)
    expect((await end(first)).state.result_state).toBe('SUCCESS')
  })

  it('wait in a queue in their order, and start when there is a place', async () => {
    const job = await create([book('a')], { queue: { enabled: true } })
    const ids = [await runNow(job), await runNow(job), await runNow(job)] as const
    const first = await compute.next()
    const queued = await get(ids[1])
    expect(queued.state).toMatchObject({
      life_cycle_state: 'QUEUED',
      queue_reason: 'Queued due to reaching maximum concurrent runs.',
    })
    expect(queued.status.state).toBe('QUEUED')
    first.end(done)
    const second = await compute.next()
    await until(ids[1], 'RUNNING')
    expect((await get(ids[2])).state.life_cycle_state).toBe('QUEUED')
    await ok('POST', '/api/2.2/jobs/runs/cancel', { run_id: `${ids[2]}` })
    second.end(done)
    expect((await end(ids[1])).state.result_state).toBe('SUCCESS')
    expect((await end(ids[2])).state.result_state).toBe('CANCELED')
  })
})

describe('clusters of tasks', () => {
  it('are started when they are TERMINATED, and their id is shown', async () => {
    const id = await runningCluster(ok)
    await ok('POST', '/api/2.1/clusters/delete', { cluster_id: id })
    const run = await submit([book('a', { existing_cluster_id: id })])
    ;(await compute.next()).end(done)
    expect((await end(run)).tasks[0].cluster_instance).toMatchObject({ cluster_id: id })
    expect((await cluster(id)).state).toBe('RUNNING')
  })

  it('that do not start fail the task', async () => {
    const id = await runningCluster(ok, { cluster_name: 'bad' })
    await ok('POST', '/api/2.1/clusters/delete', { cluster_id: id })
    await ok('POST', '/_emulator/outcomes', { cluster: 'bad' })
    const run = await end(await submit([book('a', { existing_cluster_id: id })]))
    expect(run.tasks[0].status.termination_details).toMatchObject({
      code: 'CLUSTER_ERROR',
      message: expect.stringContaining('CLOUD_PROVIDER_LAUNCH_FAILURE'),
    })
  })

  it('that are ended under a task fail it', async () => {
    const id = await runningCluster(ok)
    const run = await submit([book('a', { existing_cluster_id: id })])
    const task = await compute.next()
    await until(run, 'RUNNING')
    await ok('POST', '/api/2.1/clusters/delete', { cluster_id: id })
    expect((await end(run)).tasks[0].state.state_message).toContain(`Cluster ${id} is TERMINATING`)
    expect(task.canceled).toBe(true)
  })

  it('are made for a run, shared by its tasks, and gone with it', async () => {
    const { cluster_name: _, ...size } = spec
    const job_clusters = [{ job_cluster_key: 'main', new_cluster: { ...size, spark_env_vars: { A: 'b' } } }]
    const library = { pypi: { package: 'six' } }
    const tasks = [
      book('a', { job_cluster_key: 'main', libraries: [library] }),
      book('b', { job_cluster_key: 'main', depends_on: [{ task_key: 'a' }] }),
    ]
    const id = await submit(tasks, { job_clusters })
    const first = await compute.next()
    expect(first.request.env).toMatchObject({ A: 'b', DATABRICKS_RUNTIME_VERSION: '6.0' })
    const running = await until(id, 'RUNNING')
    const made = running.tasks[0].cluster_instance.cluster_id
    expect(await cluster(made)).toMatchObject({
      cluster_name: `job-${running.job_id}-run-${id}-main`,
      cluster_source: 'JOB',
      state: 'RUNNING',
    })
    expect(
      (await ok('GET', `/api/2.0/libraries/cluster-status?cluster_id=${made}`)).body.library_statuses,
    ).toMatchObject([{ library }])
    first.end(done)
    ;(await compute.next()).end(done)
    const run = await end(id)
    expect(run.tasks[1].cluster_instance.cluster_id).toBe(made)
    expect((await cluster(made)).termination_reason).toMatchObject({ code: 'JOB_FINISHED' })
  })
})

describe('idempotency tokens', () => {
  it('answer the same run, also after it has ended', async () => {
    const job = await create([condition('a', 'yes')])
    const idempotency_token = 'x'.repeat(64)
    const id = await runNow(job, { idempotency_token })
    expect(await runNow(job, { idempotency_token })).toBe(id)
    await end(id)
    expect(await runNow(job, { idempotency_token })).toBe(id)
    const other = await submit([condition('a', 'yes')], { idempotency_token })
    expect(other).not.toBe(id)
    expect(await submit([condition('a', 'yes')], { idempotency_token })).toBe(other)
    await end(other)
    await ok('POST', '/api/2.2/jobs/runs/delete', { run_id: `${other}` })
    const again = { tasks: [condition('a', 'yes')], idempotency_token }
    expect((await ask('POST', '/api/2.2/jobs/runs/submit', again)).body.message).toContain('was deleted')
    const long = { job_id: `${job}`, idempotency_token: 'x'.repeat(65) }
    expect((await ask('POST', '/api/2.2/jobs/run-now', long)).status).toBe(400)
  })
})

describe('deletion', () => {
  it('is for ended runs; their logs go too', async () => {
    const id = await submit([book('a')])
    const task = await compute.next()
    const refusal = await ask('POST', '/api/2.2/jobs/runs/delete', { run_id: `${id}` })
    expect([refusal.status, refusal.body.error_code]).toEqual([400, 'INVALID_STATE'])
    task.end(done)
    await end(id)
    await ok('POST', '/api/2.2/jobs/runs/delete', { run_id: `${id}` })
    expect((await ask('GET', `/api/2.2/jobs/runs/get?run_id=${id}`)).body.message).toBe(
      `Run ${id} does not exist.`,
    )
    expect(compute.forgotten).toContain(task.request.id)
  })
})

describe('Jobs API 2.0', () => {
  const single = { notebook_task: { notebook_path: '/Shared/book' }, new_cluster: { ...spec } }
  it('knows one task, and answers in its own shape; 2.1 shows the same job with tasks', async () => {
    const { job_id: job } = (await ok('POST', '/api/2.0/jobs/create', { name: 'old', ...single })).body
    const { settings } = (await ok('GET', `/api/2.0/jobs/get?job_id=${job}`)).body
    expect(settings).toMatchObject({ name: 'old', format: 'SINGLE_TASK', ...single })
    expect(settings).not.toHaveProperty('tasks')
    const newer = (await ok('GET', `/api/2.1/jobs/get?job_id=${job}`)).body.settings
    expect(newer.tasks).toMatchObject([{ task_key: 'main', ...single }])
    const { run_id: id } = (await ok('POST', '/api/2.0/jobs/run-now', { job_id: `${job}` })).body
    ;(await compute.next()).end({ outcome: 'FAILED', error: 'E' })
    await end(id)
    const run = (await ok('GET', `/api/2.0/jobs/runs/get?run_id=${id}`)).body
    expect(run).toMatchObject({
      task: { notebook_task: single.notebook_task },
      cluster_spec: { new_cluster: expect.any(Object) },
      cluster_instance: { cluster_id: expect.any(String) },
      state: {
        life_cycle_state: 'TERMINATED',
        result_state: 'FAILED',
        state_message: 'Workload failed, see run output for details',
      },
    })
    expect(run).not.toHaveProperty('tasks')
    const output = (await ok('GET', `/api/2.0/jobs/runs/get-output?run_id=${id}`)).body
    expect(output).toMatchObject({ error: 'E', metadata: { run_id: id } })
  })

  it('refuses a job without anything to run', async () => {
    expect((await ask('POST', '/api/2.0/jobs/create', { name: 'empty' })).status).toBe(400)
    const { job_id: job } = (await ok('POST', '/api/2.2/jobs/create', { name: 'empty' })).body
    expect((await ask('POST', '/api/2.2/jobs/run-now', { job_id: `${job}` })).status).toBe(400)
  })

  it('lists jobs without pages, runs by offset', async () => {
    const job = await create([condition('a', 'yes')], { max_concurrent_runs: 10 })
    for (let index = 0; index < 3; index += 1) await end(await runNow(job))
    const page = async (offset: number) =>
      (await ok('GET', `/api/2.1/jobs/runs/list?job_id=${job}&limit=2&offset=${offset}`)).body
    expect((await page(0)).has_more).toBe(true)
    expect((await page(2)).runs).toHaveLength(1)
    expect((await ok('GET', '/api/2.0/jobs/list')).body.has_more).toBe(false)
  })
})

describe('who may', () => {
  it('see and run a job is said by its permissions, also those of its creation', async () => {
    for (const name of ['v', 'r'])
      await ok('POST', '/_emulator/principals', { user: `${name}@example.com`, token: `dapi-${name}` })
    const access_control_list = [
      { user_name: 'v@example.com', permission_level: 'CAN_VIEW' },
      { user_name: 'r@example.com', permission_level: 'CAN_MANAGE_RUN' },
    ]
    const job = await create([condition('a', 'yes')], { access_control_list, max_concurrent_runs: 9 })
    const body = { job_id: `${job}` }
    expect((await ask('POST', '/api/2.2/jobs/run-now', body, 'dapi-v')).status).toBe(403)
    const { run_id: id } = (await ok('POST', '/api/2.2/jobs/run-now', body, 'dapi-r')).body
    expect((await end(id)).creator_user_name).toBe('r@example.com')
    const seen = (await ok('GET', `/api/2.2/jobs/runs/get?run_id=${id}`, undefined, 'dapi-v')).body
    expect(seen.run_id).toBe(id)
    const own = await submit([condition('a', 'yes')])
    expect((await ask('GET', `/api/2.2/jobs/runs/get?run_id=${own}`, undefined, 'dapi-v')).status).toBe(403)
    const { runs } = (await ok('GET', '/api/2.2/jobs/runs/list', undefined, 'dapi-v')).body
    expect(runs.map((run: { run_id: bigint }) => run.run_id)).toEqual([id])
    const runAs = { name: 'x', run_as: { user_name: 'admin@example.com' } }
    expect((await ask('POST', '/api/2.2/jobs/create', runAs, 'dapi-v')).status).toBe(403)
    const owners = [{ user_name: 'v@example.com', permission_level: 'IS_OWNER' }]
    expect(await create([], { access_control_list: owners })).toBeTypeOf('bigint')
  })

  it('code works with the rights of run_as', async () => {
    await ok('POST', '/_emulator/principals', { user: 'app-7', kind: 'service_principal', token: 'dapi-7' })
    const job = await create([book('a')], { run_as: { service_principal_name: 'app-7' } })
    const id = await runNow(job)
    const task = await compute.next()
    const me = await ok('GET', '/api/2.0/preview/scim/v2/Me', undefined, task.request.env['DATABRICKS_TOKEN'])
    expect(me.body.userName).toBe('app-7')
    task.end(done)
    await end(id)
  })
})
