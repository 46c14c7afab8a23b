import { describe, expect, it } from 'vitest'
import type { JobSettings } from '../../src/wire/jobs.ts'
import {
  answered,
  job,
  ourJob,
  planJobsOf,
  recordedJobs,
  settings,
  stranger,
  task,
  there,
} from './job-build.ts'

const changes = (declared: JobSettings, observed: JobSettings, recorded?: JobSettings) => {
  const ledger = recorded ? { ledger: recordedJobs([job({ settings: recorded })]) } : {}
  const found = planJobsOf([job({ settings: declared })], there({ owned: [ourJob(observed)] }, ledger))
  return found.jobs?.[0]?.fields
}

const doing = (plan: ReturnType<typeof planJobsOf>) =>
  plan.steps.map((step) => `${step.do} ${'id' in step ? step.id : ''}`.trim())

describe('no difference', () => {
  const cases: [string, JobSettings, JobSettings][] = [
    ['what the service fills in', settings(), answered(settings())],
    [
      'the order of tasks and of dependencies',
      settings({
        tasks: [
          task({ task_key: 'a' }),
          task({ task_key: 'b', depends_on: [{ task_key: 'x' }, { task_key: 'a' }] }),
        ],
      }),
      settings({
        tasks: [
          task({ task_key: 'b', depends_on: [{ task_key: 'a' }, { task_key: 'x' }] }),
          task({ task_key: 'a' }),
        ],
      }),
    ],
    ['empty lists and objects', settings({ parameters: [], email_notifications: {} }), settings()],
    [
      'defaults that are written out',
      settings({ max_concurrent_runs: 1, tasks: [task({ max_retries: 0, retry_on_timeout: false })] }),
      settings(),
    ],
    [
      'notifications that are off',
      settings(),
      settings({
        email_notifications: { no_alert_for_skipped_runs: false },
        notification_settings: { x: { y: [] } },
      }),
    ],
    ['a queue that the service has turned on', settings(), settings({ queue: { enabled: true } })],
    ['a field of the future that nobody declared', settings(), settings({ shiny: 1 })],
    ['tags of others', settings(), settings({ tags: { cost: 'red' } })],
    ['run_as that is not declared', settings(), settings({ run_as: { user_name: 'ada' } })],
    [
      'a cluster of the job, with what the cloud fills in',
      settings({
        job_clusters: [{ job_cluster_key: 'c', new_cluster: { spark_version: '15', num_workers: 1 } }],
      }),
      settings({
        job_clusters: [
          {
            job_cluster_key: 'c',
            new_cluster: { spark_version: '15', num_workers: 1, enable_elastic_disk: true },
          },
        ],
      }),
    ],
    [
      'pause_status that is not declared',
      settings({ schedule: { quartz_cron_expression: '0 0 4 * * ?', timezone_id: 'UTC' } }),
      settings({
        schedule: { quartz_cron_expression: '0 0 4 * * ?', timezone_id: 'UTC', pause_status: 'PAUSED' },
      }),
    ],
  ]
  it.each(cases)('%s', (_, declared, observed) => {
    expect(changes(declared, observed)).toEqual([])
  })
})

describe('a difference', () => {
  const cases: [string, JobSettings, JobSettings, JobSettings | undefined, unknown[]][] = [
    [
      'of a field of one task',
      settings({ tasks: [task({ max_retries: 2 })] }),
      settings(),
      undefined,
      [{ path: 'tasks.main.max_retries', old: undefined, new: 2 }],
    ],
    [
      'of a parameter',
      settings({ tasks: [task({ spark_python_task: { python_file: '/a.py', parameters: ['1'] } })] }),
      settings({ tasks: [task({ spark_python_task: { python_file: '/a.py', parameters: ['2'] } })] }),
      undefined,
      [{ path: 'tasks.main.spark_python_task.parameters', old: ['2'], new: ['1'] }],
    ],
    [
      'of a task that is gone',
      settings(),
      settings({ tasks: [task(), { task_key: 'old' }] }),
      undefined,
      [{ path: 'tasks.old', old: expect.objectContaining({ task_key: 'old' }), new: undefined }],
    ],
    [
      'a schedule that somebody has added by hand',
      settings(),
      settings({ schedule: { quartz_cron_expression: '0 0 4 * * ?', timezone_id: 'UTC' } }),
      undefined,
      [{ path: 'schedule', old: expect.anything(), new: undefined }],
    ],
    [
      'an unknown field that we once declared',
      settings(),
      settings({ shiny: 1 }),
      settings({ shiny: 1 }),
      [{ path: 'shiny', old: 1, new: undefined }],
    ],
    [
      'a tag that we once declared',
      settings(),
      settings({ tags: { cost: 'red' } }),
      settings({ tags: { cost: 'red' } }),
      [{ path: 'tags.cost', old: 'red', new: undefined }],
    ],
    [
      'a schedule that is declared to run',
      settings({
        schedule: { quartz_cron_expression: '0 0 4 * * ?', timezone_id: 'UTC', pause_status: 'UNPAUSED' },
      }),
      settings({
        schedule: { quartz_cron_expression: '0 0 4 * * ?', timezone_id: 'UTC', pause_status: 'PAUSED' },
      }),
      undefined,
      [{ path: 'schedule.pause_status', old: 'PAUSED', new: 'UNPAUSED' }],
    ],
    [
      'of a cluster of the job',
      settings({
        job_clusters: [{ job_cluster_key: 'c', new_cluster: { spark_version: '15', num_workers: 2 } }],
      }),
      settings({
        job_clusters: [{ job_cluster_key: 'c', new_cluster: { spark_version: '15', num_workers: 1 } }],
      }),
      undefined,
      [{ path: 'job_clusters.c.new_cluster.num_workers', old: 1, new: 2 }],
    ],
    [
      'in a loop',
      settings({
        tasks: [{ task_key: 'loop', for_each_task: { inputs: '[1]', task: task({ max_retries: 1 }) } }],
      }),
      settings({ tasks: [{ task_key: 'loop', for_each_task: { inputs: '[1]', task: task() } }] }),
      undefined,
      [{ path: 'tasks.loop.for_each_task.task.max_retries', old: undefined, new: 1 }],
    ],
  ]
  it.each(cases)('%s', (_, declared, observed, recorded, expected) => {
    expect(changes(declared, observed, recorded)).toEqual(expected)
  })
})

describe('a job', () => {
  it('that is not there is created with its marker and its permissions', () => {
    const acl = [{ group_name: 'users', permission_level: 'CAN_VIEW' }]
    const { steps, jobs } = planJobsOf([job({ acl })], there())
    expect(jobs?.[0]).toMatchObject({ action: 'create', name: 'Train' })
    expect(steps).toEqual([
      {
        do: 'job.create',
        key: 'train',
        acl,
        settings: settings({
          tags: { brickrail_project: 'p', brickrail_target: 'dev', brickrail_job: 'train' },
        }),
      },
    ])
  })

  it('as declared is not touched', () => {
    const { steps, jobs } = planJobsOf([job()], there({ owned: [ourJob()] }))
    expect(steps).toEqual([])
    expect(jobs?.[0]).toMatchObject({ action: 'none', id: '5' })
  })

  it('is reset in place, keeps tags of others and stays paused', () => {
    const schedule = { quartz_cron_expression: '0 0 4 * * ?', timezone_id: 'UTC' }
    const observed = settings({ tags: { cost: 'red' }, schedule: { ...schedule, pause_status: 'PAUSED' } })
    const { steps, jobs } = planJobsOf(
      [job({ settings: settings({ schedule, max_concurrent_runs: 3 }) })],
      there({ owned: [ourJob(observed, { activeRuns: 2 })] }),
    )
    expect(steps).toEqual([
      {
        do: 'job.reset',
        key: 'train',
        id: '5',
        settings: expect.objectContaining({
          max_concurrent_runs: 3,
          schedule: { ...schedule, pause_status: 'PAUSED' },
          tags: expect.objectContaining({ cost: 'red', brickrail_job: 'train' }),
        }),
      },
    ])
    expect(jobs?.[0]?.hits).toEqual(['2 active run(s): they go on with the old settings'])
    expect(jobs?.[0]?.notes).toEqual([
      'the schedule is paused and stays so: schedule.pause_status is not declared',
    ])
  })

  it('stays paused when another kind of trigger takes the place of the paused one', () => {
    const schedule = {
      quartz_cron_expression: '0 0 4 * * ?',
      timezone_id: 'UTC',
      pause_status: 'PAUSED' as const,
    }
    const periodic = { periodic: { interval: 1, unit: 'DAYS' } }
    const { steps } = planJobsOf(
      [job({ settings: settings({ trigger: periodic }) })],
      there({ owned: [ourJob(settings({ schedule }))] }),
    )
    expect(steps.map((step) => ('settings' in step ? step.settings['trigger'] : undefined))).toEqual([
      { ...periodic, pause_status: 'PAUSED' },
    ])
  })

  it('that is no longer declared is deleted', () => {
    const { steps, jobs } = planJobsOf([], there({ owned: [ourJob()] }))
    expect(steps).toEqual([{ do: 'job.delete', key: 'train', id: '5', why: 'no longer declared' }])
    expect(jobs?.[0]).toMatchObject({ action: 'delete', name: 'Train' })
  })

  it('with a new key is the same job', () => {
    const plan = planJobsOf([job({ key: 'fit' })], there({ owned: [ourJob()] }))
    expect(doing(plan)).toEqual(['job.reset 5'])
    expect(plan.jobs?.[0]?.notes).toEqual(['was called train under jobs'])
  })

  it('that an interrupted run has doubled: the oldest stays', () => {
    const owned = [ourJob(), ourJob(settings(), { job_id: 6 })]
    const plan = planJobsOf([job()], there({ owned }))
    expect(doing(plan)).toEqual(['job.delete 6'])
    expect(plan.jobs?.[0]?.notes).toEqual([
      'deletes 6, a duplicate that an interrupted run has left; the oldest stays',
    ])
  })

  it('that somebody has cloned: the clone stays', () => {
    const owned = [ourJob(settings({ name: 'Clone of Train' }), { job_id: 4 }), ourJob()]
    const plan = planJobsOf([job()], there({ owned }))
    expect(doing(plan)).toEqual([])
    expect(plan.warnings).toEqual(['job train: 4 is left alone, though marked as ours (a clone?)'])
  })
})

describe('a job of the same name that nobody marks', () => {
  it('is refused', () => {
    const { refusals } = planJobsOf([job()], there({ unowned: [stranger()] }))
    expect(refusals).toEqual([
      {
        what: 'the name «Train» is that of job 7, which no project marks as its own',
        hint: 'to take it over, write `train: { settings: …, adopt: true }` under jobs; or rename yours',
      },
    ])
  })

  it.each([
    ['by name', true, [stranger()], ['job.reset 7']],
    ['by id', '8', [stranger(), stranger(settings(), 8)], ['job.reset 8']],
  ] as const)('is taken over %s', (_, adopt, unowned, expected) => {
    const plan = planJobsOf([job({ adopt })], there({ unowned: [...unowned] }))
    expect(plan.refusals).toEqual([])
    expect(doing(plan)).toEqual(expected)
  })

  it.each([
    [
      'of an id that is not there',
      '9',
      [stranger()],
      'job 9, which jobs.train wants to adopt, is not there, or is that of another project or target',
    ],
    [
      'of two of one name',
      true,
      [stranger(), stranger(settings(), 8)],
      'the name «Train» is that of job 7, 8, which no project marks as its own',
    ],
  ] as const)('is refused because %s', (_, adopt, unowned, what) => {
    const { refusals } = planJobsOf([job({ adopt })], there({ unowned: [...unowned] }))
    expect(refusals.map((one) => one.what)).toEqual([what])
  })
})
