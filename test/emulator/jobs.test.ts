import { describe, expect, it } from 'vitest'
import { workspaceAt } from './workspace-at.ts'

const task = (key: string, cluster = 'c1') => ({
  task_key: key,
  existing_cluster_id: cluster,
  notebook_task: { notebook_path: '/x' },
})

describe('jobs', () => {
  it('echo settings and defaults, and have an int64 id that arrives as number or text', async () => {
    const { ok } = workspaceAt()
    const { job_id: id } = (
      await ok('POST', '/api/2.2/jobs/create', { name: 'train', tasks: [task('a')], access_control_list: [] })
    ).body
    expect(typeof id).toBe('bigint')
    for (const path of ['/api/2.2', '/api/2.1', '/api/2.0'])
      expect((await ok('GET', `${path}/jobs/get?job_id=${id}`)).body).toEqual({
        job_id: id,
        creator_user_name: 'admin@example.com',
        run_as_user_name: 'admin@example.com',
        created_time: expect.any(Number),
        settings: {
          name: 'train',
          tasks: [{ ...task('a'), run_if: 'ALL_SUCCESS' }],
          email_notifications: {},
          webhook_notifications: {},
          timeout_seconds: 0,
          max_concurrent_runs: 1,
          format: 'MULTI_TASK',
        },
      })
    await ok('POST', '/api/2.2/jobs/update', `{"job_id": ${id}, "new_settings": {"name": "n"}}`)
    await ok('POST', '/api/2.2/jobs/update', { job_id: `${id}`, new_settings: { timeout_seconds: 5 } })
    expect((await ok('GET', `/api/2.2/jobs/get?job_id=${id}`)).body.settings).toMatchObject({
      name: 'n',
      timeout_seconds: 5,
    })
    await ok('POST', '/api/2.2/jobs/delete', { job_id: `${id}` })
    expect((await ok('GET', '/api/2.2/jobs/list')).body).toEqual({ has_more: false })
  })

  it.each([
    [null, 'Exactly one of'],
    ['x', 'libraries'],
    [{}, 'Exactly one of'],
    [{ pypi: 'x' }, 'pypi'],
    [{ pypi: {} }, "Missing required field 'pypi.package'"],
    [{ whl: 'dbfs:/a.whl', jar: 'dbfs:/a.jar' }, 'Exactly one of'],
  ])('whose task has the library %j are refused', async (library, message) => {
    const { ask } = workspaceAt()
    const tasks = [{ ...task('a'), libraries: [library] }]
    const { status, body } = await ask('POST', '/api/2.2/jobs/create', { name: 'j', tasks })
    expect([status, body.message]).toEqual([400, expect.stringContaining(message)])
  })

  it('update merges tasks and job clusters by key, and removes fields', async () => {
    const { ok } = workspaceAt()
    const shared = (key: string, workers: number) => ({
      job_cluster_key: key,
      new_cluster: { spark_version: '15.4.x-scala2.12', node_type_id: 'm5.large', num_workers: workers },
    })
    const clusters = [shared('x', 1), shared('y', 1)]
    const { job_id: id } = (
      await ok('POST', '/api/2.2/jobs/create', {
        name: 'j',
        tasks: [task('a'), task('b')],
        job_clusters: clusters,
        tags: { t: '1' },
      })
    ).body
    await ok('POST', '/api/2.2/jobs/update', {
      job_id: `${id}`,
      new_settings: { tasks: [task('b', 'c2'), task('c')], job_clusters: [shared('y', 2)] },
      fields_to_remove: ['tags', 'tasks/a'],
    })
    const { settings } = (await ok('GET', `/api/2.2/jobs/get?job_id=${id}`)).body
    expect(
      settings.tasks.map(({ task_key: key, existing_cluster_id: cluster }: ReturnType<typeof task>) => [
        key,
        cluster,
      ]),
    ).toEqual([
      ['b', 'c2'],
      ['c', 'c1'],
    ])
    expect(settings.job_clusters).toEqual([shared('x', 1), shared('y', 2)])
    expect(settings).not.toHaveProperty('tags')
    expect(settings.name).toBe('j')
  })

  it('list in pages, newest first, by name, with tasks on request', async () => {
    const { ok } = workspaceAt()
    for (let index = 0; index < 23; index += 1)
      await ok('POST', '/api/2.2/jobs/create', { name: `Job${index}`, tasks: [task('a')] })
    const first = (await ok('GET', '/api/2.2/jobs/list')).body
    expect([first.jobs.length, first.has_more]).toEqual([20, true])
    expect(first.jobs[0].settings.name).toBe('Job22')
    expect(first.jobs[0].settings).not.toHaveProperty('tasks')
    const second = (
      await ok('GET', `/api/2.2/jobs/list?expand_tasks=true&page_token=${first.next_page_token}`)
    ).body
    expect([second.jobs.length, second.has_more]).toEqual([3, false])
    expect(second.jobs[0].settings.tasks).toHaveLength(1)
    const named = (await ok('GET', '/api/2.2/jobs/list?name=jOB7')).body
    expect(named.jobs.map((job: { settings: { name: string } }) => job.settings.name)).toEqual(['Job7'])
  })

  it('have only the runs that were seeded, as nothing runs here', async () => {
    const { ok } = workspaceAt()
    const runs = async (query: string) => (await ok('GET', `/api/2.2/jobs/runs/list?${query}`)).body
    expect(await runs('active_only=true&limit=25')).toEqual({ has_more: false })
    const { job_id: id } = (await ok('POST', '/api/2.2/jobs/create', { name: 'j' })).body
    const run = { run_name: 'r', cluster_instance: { cluster_id: 'c' } }
    const { run_id: first } = (await ok('POST', '/_emulator/runs', `{"job_id": ${id}, "run_name": "j"}`)).body
    const { run_id: second } = (await ok('POST', '/_emulator/runs', run)).body
    expect(await runs('active_only=true')).toEqual({
      has_more: false,
      runs: [
        { ...run, run_id: second },
        { job_id: id, run_name: 'j', run_id: first },
      ],
    })
    expect((await runs(`job_id=${id}`)).runs).toHaveLength(1)
    expect(await runs('limit=1')).toMatchObject({ has_more: true, next_page_token: expect.any(String) })
  })

  it.each([
    ['GET', 'get?job_id=7', undefined, 'Job 7 does not exist.'],
    ['GET', 'get', undefined, "Missing required field 'job_id'"],
    ['POST', 'update', { job_id: 7, new_settings: {} }, 'Job 7 does not exist.'],
    ['POST', 'delete', { job_id: '7' }, 'Job 7 does not exist.'],
    ['POST', 'create', { tasks: [{}] }, "Missing required field 'task_key'"],
    ['GET', 'list?limit=101', undefined, 'limit must be between 1 and 100, but is 101'],
    ['GET', 'runs/list?limit=26', undefined, 'limit must be between 1 and 25, but is 26'],
  ])('%s %s %o: %s', async (method, path, body, message) => {
    const { ask } = workspaceAt()
    expect((await ask(method, `/api/2.2/jobs/${path}`, body)).body).toEqual({
      error_code: 'INVALID_PARAMETER_VALUE',
      message,
    })
  })

  it('are seen and changed by right', async () => {
    const { ok, ask } = workspaceAt()
    await ok('POST', '/_emulator/principals', { user: 'a@example.com', token: 'dapi-a' })
    const { job_id: id } = (await ok('POST', '/api/2.2/jobs/create', { name: 'j' })).body
    expect((await ok('GET', '/api/2.2/jobs/list', undefined, 'dapi-a')).body).toEqual({ has_more: false })
    expect((await ask('GET', `/api/2.2/jobs/get?job_id=${id}`, undefined, 'dapi-a')).status).toBe(403)
    await ok('PATCH', `/api/2.0/permissions/jobs/${id}`, {
      access_control_list: [{ user_name: 'a@example.com', permission_level: 'CAN_VIEW' }],
    })
    expect((await ok('GET', '/api/2.2/jobs/list', undefined, 'dapi-a')).body.jobs).toHaveLength(1)
    expect((await ask('POST', '/api/2.2/jobs/delete', { job_id: `${id}` }, 'dapi-a')).status).toBe(403)
  })
})
