import { describe, expect, it } from 'vitest'
import type { JobTask } from '../../src/wire/jobs.ts'
import { after, book, condition, resultsOf, runsAt } from './runs-at.ts'

const { ask, ok, compute, submit, create, runNow, get, output, end } = runsAt()
const done = { outcome: 'SUCCESS' } as const
const broken = { outcome: 'FAILED', error: 'ValueError: no', trace: 'Traceback' } as const
const shown = (run: { state: { life_cycle_state: string } }) => run.state.life_cycle_state

describe('a run', () => {
  it('shows each state once, and ends with what its process gave', async () => {
    const id = await submit([book('main')])
    const task = await compute.next()
    expect(shown(await get(id))).toBe('PENDING')
    expect(shown(await get(id))).toBe('RUNNING')
    task.end({ ...done, notebookResult: { result: '42', truncated: false } })
    const run = await end(id)
    expect(run).toMatchObject({
      run_name: 'r',
      run_type: 'SUBMIT_RUN',
      state: { life_cycle_state: 'TERMINATED', result_state: 'SUCCESS', state_message: '' },
      status: { state: 'TERMINATED', termination_details: { code: 'SUCCESS', type: 'SUCCESS' } },
      run_page_url: expect.stringContaining(`/run/${id}`),
      tasks: [{ task_key: 'main', attempt_number: 0, state: { result_state: 'SUCCESS' } }],
    })
    expect(run.end_time).toBeGreaterThanOrEqual(run.start_time)
    const given = await output(run.tasks[0].run_id)
    expect(given).toMatchObject({
      notebook_output: { result: '42', truncated: false },
      logs: `log of ${run.tasks[0].run_id}`,
      logs_truncated: false,
      metadata: { run_id: run.tasks[0].run_id },
    })
    expect(given).not.toHaveProperty('error')
  })

  it('that ended before anybody looked is shown PENDING and RUNNING first', async () => {
    const id = await submit([book('main')])
    ;(await compute.next()).end(done)
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect([shown(await get(id)), shown(await get(id)), shown(await get(id))]).toEqual([
      'PENDING',
      'RUNNING',
      'TERMINATED',
    ])
  })

  it('fails in the words of the service', async () => {
    const id = await submit([book('main'), book('next', after('main'))])
    ;(await compute.next()).end(broken)
    const run = await end(id)
    expect(run.state).toMatchObject({
      life_cycle_state: 'INTERNAL_ERROR',
      result_state: 'FAILED',
      state_message:
        'Task main failed with message: Workload failed, see run output for details. This caused all downstream tasks to get skipped.',
    })
    expect(resultsOf(run)).toEqual({ main: 'FAILED', next: 'UPSTREAM_FAILED' })
    expect(await output(run.tasks[0].run_id)).toMatchObject({
      error: 'ValueError: no',
      error_trace: 'Traceback',
    })
    const refusal = await ask('GET', `/api/2.2/jobs/runs/get-output?run_id=${id}`)
    expect([refusal.status, refusal.body.message]).toEqual([
      400,
      'Retrieving the output of runs with multiple tasks is not supported. Please retrieve the output of each individual task run instead.',
    ])
  })

  it('hands over parameters, environment and a token that is good until the end', async () => {
    const file = '/Shared/data.py'
    await ok('POST', `/api/2.0/workspace-files/import-file${file}?overwrite=true`, 'print(1)')
    const tasks: JobTask[] = [
      {
        task_key: 'main',
        spark_python_task: {
          python_file: `/Workspace${file}`,
          parameters: ['{{job.parameters.depth}}', '{{job.run_id}}', '{{task.name}}'],
        },
      },
    ]
    const job = await create(tasks, { parameters: [{ name: 'depth', default: '10' }] })
    const id = await runNow(job, { job_parameters: { depth: '80' } })
    const { request, end: finish } = await compute.next()
    expect(request.work).toEqual({
      kind: 'file',
      path: expect.stringMatching(/\/workspace\/Shared\/data\.py$/),
      parameters: ['80', `${id}`, 'main'],
    })
    expect(request.env).toMatchObject({
      DATABRICKS_HOST: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      MLFLOW_TRACKING_URI: 'databricks',
      LOGNAME: 'admin@example.com',
    })
    const token = request.env['DATABRICKS_TOKEN']
    expect(request.secrets).toContain(token)
    const me = () => ask('GET', '/api/2.0/preview/scim/v2/Me', undefined, token)
    expect((await me()).body.userName).toBe('admin@example.com')
    finish(done)
    expect((await end(id)).job_parameters).toEqual([{ name: 'depth', default: '10', value: '80' }])
    expect((await me()).status).toBe(401)
  })

  it('gives job parameters to notebooks, and notebook_params win', async () => {
    const base = { notebook_path: '/Shared/book', base_parameters: { a: '1', b: '{{job.id}}', c: '3' } }
    const job = await create([{ task_key: 'main', notebook_task: base }])
    const id = await runNow(job, { notebook_params: { c: '4' } })
    const { request, end: finish } = await compute.next()
    expect(request.work).toMatchObject({
      kind: 'notebook',
      path: '/Shared/book',
      language: 'PYTHON',
      source: '# Databricks notebook source\nprint(1)',
      widgets: { a: '1', b: `${job}`, c: '4' },
    })
    finish(done)
    expect((await end(id)).overriding_parameters).toEqual({ notebook_params: { c: '4' } })
  })

  it.each<[string, JobTask, string]>([
    [
      'a missing notebook',
      { task_key: 'm', notebook_task: { notebook_path: '/Shared/none' } },
      'Unable to access the notebook "/Shared/none". Either it does not exist, or the identity used to run this job, admin@example.com, lacks the required permissions.',
    ],
    [
      'a missing file',
      { task_key: 'm', spark_python_task: { python_file: 'dbfs:/none.py' } },
      'Cannot read the python file dbfs:/none.py. It does not exist. Please check driver logs for more details.',
    ],
    [
      'a relative file',
      { task_key: 'm', spark_python_task: { python_file: 'none.py' } },
      'Cannot read the python file none.py. The path must be absolute: relative ones are of a git_source. Please check driver logs for more details.',
    ],
    [
      'a notebook as a file',
      { task_key: 'm', spark_python_task: { python_file: '/Shared/book' } },
      'Cannot read the python file /Shared/book. It is a notebook, not a file; run it as a notebook_task. Please check driver logs for more details.',
    ],
    [
      'an unknown cluster',
      book('m', { existing_cluster_id: '0101-000000-nothere1' }),
      'Cluster 0101-000000-nothere1 does not exist',
    ],
    [
      'a parameter that is not there',
      book('m', {
        notebook_task: { notebook_path: '/x', base_parameters: { a: '{{job.parameters.depth}}' } },
      }),
      "The run has no job parameter 'depth', but the task refers to {{job.parameters.depth}}",
    ],
    [
      'what cannot run here',
      { task_key: 'm', sql_task: {} },
      'the embedded workspace does not run sql_task; it runs spark_python_task, notebook_task, python_wheel_task, condition_task',
    ],
  ])('with %s says so', async (_, task, message) => {
    const run = await end(await submit([task]))
    const [{ state, run_id: id }] = run.tasks
    expect(state).toMatchObject({
      life_cycle_state: 'INTERNAL_ERROR',
      result_state: 'FAILED',
      state_message: message,
    })
    expect(run.state.state_message).toBe(`Task m failed with message: ${message.replace(/\.$/, '')}.`)
    expect((await output(id)).error).toBe(message)
    expect(compute.started.some(({ request }) => request.id === `${id}`)).toBe(false)
  })

  it('whose library is not to be had fails with the reason', async () => {
    compute.unavailable['nopackage'] = 'ERROR: No matching distribution found for nopackage'
    const run = await end(await submit([book('m', { libraries: [{ pypi: { package: 'nopackage' } }] })]))
    expect(run.tasks[0].status.termination_details).toMatchObject({
      code: 'LIBRARY_INSTALLATION_ERROR',
      message: expect.stringContaining('No matching distribution found for nopackage'),
    })
  })
})

describe('a graph of tasks', () => {
  it('takes branches by conditions, and runs cleaners after failures', async () => {
    const yes = { depends_on: [{ task_key: 'if', outcome: 'true' }] }
    const no = { depends_on: [{ task_key: 'if', outcome: 'false' }] }
    const id = await submit([
      condition('if', 'yes'),
      book('yes', yes),
      book('no', no),
      book('clean', { ...after('yes', 'no'), run_if: 'ALL_DONE' }),
      book('only-after-no', after('no')),
    ])
    const first = await compute.next()
    first.end(broken)
    ;(await compute.next()).end(done)
    const run = await end(id)
    expect(resultsOf(run)).toEqual({
      if: 'SUCCESS',
      yes: 'FAILED',
      no: 'EXCLUDED',
      clean: 'SUCCESS',
      'only-after-no': 'EXCLUDED',
    })
    expect(run.state.result_state).toBe('SUCCESS_WITH_FAILURES')
  })

  it('can refer to the results of earlier tasks', async () => {
    const check: JobTask = {
      ...condition('check', '', { ...after('a'), run_if: 'ALL_DONE' }),
      condition_task: { op: 'EQUAL_TO', left: '{{tasks.a.result_state}}', right: 'failed' },
    }
    const id = await submit([
      book('a'),
      check,
      book('b', { depends_on: [{ task_key: 'check', outcome: 'true' }] }),
    ])
    ;(await compute.next()).end(broken)
    ;(await compute.next()).end(done)
    expect(resultsOf(await end(id))).toEqual({ a: 'FAILED', check: 'SUCCESS', b: 'SUCCESS' })
  })

  it('runs only what is asked for', async () => {
    const job = await create([
      condition('a', 'no'),
      condition('b', 'yes', after('a')),
      condition('c', 'yes', after('b')),
    ])
    expect(resultsOf(await end(await runNow(job, { only: ['b'] })))).toEqual({
      a: 'EXCLUDED',
      b: 'SUCCESS',
      c: 'EXCLUDED',
    })
  })

  it('of 150 tasks is answered in pages', async () => {
    const tasks = Array.from({ length: 150 }, (_, index) =>
      condition(`t${index}`, 'yes', index > 0 ? after(`t${index - 1}`) : {}),
    )
    const run = await end(await submit(tasks))
    expect(run.tasks).toHaveLength(100)
    const { tasks: rest } = (
      await ok('GET', `/api/2.2/jobs/runs/get?run_id=${run.run_id}&page_token=${run.next_page_token}`)
    ).body
    expect(rest).toHaveLength(50)
  })
})
