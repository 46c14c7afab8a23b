import { describe, expect, it } from 'vitest'
import { faultsOf, load, sane, sound, warningsOf } from './project.ts'

const file = 'pipelines/jobs/train.json'

const config = (jobs: string): string => `${sound['pipelines/brickrail.yml'] ?? ''}jobs: ${jobs}\n`

const run = {
  task_key: 'main',
  existing_cluster_id: '${clusters.Main.id}',
  spark_python_task: { python_file: '/Workspace/Shared/Demo/job.py' },
}

/** One field a line: `{` is line 1, the first field line 2. */
const lines = (value: object): string =>
  `{\n${Object.entries(value)
    .map(([key, member]) => `"${key}": ${JSON.stringify(member)}`)
    .join(',\n')}\n}\n`

const loadJob = (settings: object | string, jobs = '{ train: jobs/train.json }', files = {}) =>
  load({
    'pipelines/brickrail.yml': config(jobs),
    [file]: typeof settings === 'string' ? settings : lines(settings),
    ...files,
  })

const jobOf = async (...input: Parameters<typeof loadJob>) => sane(await loadJob(...input)).desired.jobs?.[0]

describe('a job', () => {
  it('is its settings, with references to clusters left for the plan', async () => {
    expect(await jobOf({ name: 'Train', tasks: [run] })).toEqual({
      key: 'train',
      settings: { name: 'Train', tasks: [run] },
      adopt: false,
    })
  })

  it('is named by its key, keeps its permissions apart and may be adopted', async () => {
    const acl = [{ group_name: 'users', permission_level: 'CAN_VIEW' }]
    const settings = { access_control_list: acl, tasks: [run] }
    expect(await jobOf(settings, '{ train: { settings: jobs/train.json, adopt: "17" } }')).toEqual({
      key: 'train',
      settings: { name: 'train', tasks: [run] },
      acl,
      adopt: '17',
    })
  })

  it('takes an overlay for the target as a JSON merge patch', async () => {
    const overlay = { 'pipelines/jobs/train.local.json': '{ "max_concurrent_runs": 3, "description": null }' }
    const job = await jobOf({ description: 'x', max_concurrent_runs: 1, tasks: [run] }, undefined, overlay)
    expect(job?.settings).toEqual({ name: 'train', max_concurrent_runs: 3, tasks: [run] })
  })

  it('takes the answer of jobs/get, with a notice', async () => {
    const loaded = await loadJob({ job_id: 5, created_time: 1, settings: { name: 'Train', tasks: [run] } })
    expect(sane(loaded).desired.jobs?.[0]?.settings).toEqual({ name: 'Train', tasks: [run] })
    expect(warningsOf(loaded)).toEqual([
      `${file}:2:1 read-only-field: this is an answer of jobs/get: only its settings are used`,
    ])
  })

  it('may refer to the target, the workspace folder and the commit', async () => {
    const settings = {
      name: '${project.name} ${target.name} ${git.sha}',
      tasks: [{ ...run, notebook_task: undefined }],
    }
    const job = sane(
      await load(
        { 'pipelines/brickrail.yml': config('{ train: jobs/train.json }'), [file]: lines(settings) },
        { commit: () => 'abc' },
      ),
    )
    expect(job.desired.jobs?.[0]?.settings.name).toBe('demo local abc')
  })

  it('has no section, so the project has no jobs', async () => {
    expect(sane(await load()).desired).not.toHaveProperty('jobs')
  })
})

const cases: [string, object, string[]][] = [
  [
    'an unknown cluster',
    { tasks: [{ ...run, existing_cluster_id: '${clusters.Mian.id}' }] },
    ['2:52 unknown-reference: there is nothing called ${clusters.Mian.id}'],
  ],
  [
    'the key of a cluster in place of its id',
    { tasks: [{ ...run, existing_cluster_id: 'Main' }] },
    ['2:52 cluster-by-reference: «Main» is no id of a cluster'],
  ],
  ['two tasks of one key', { tasks: [run, run] }, ['2:155 one-task-per-key: there is another task «main»']],
  [
    'an unknown dependency',
    { tasks: [{ ...run, depends_on: [{ task_key: 'other' }] }] },
    ['2:168 dependency-is-a-task: task main depends on «other», and there is no such task'],
  ],
  [
    'a cycle, named as a whole',
    {
      tasks: ['a', 'b', 'c'].map((task_key, i) => ({
        ...run,
        task_key,
        depends_on: [{ task_key: ['c', 'a', 'b'][i] ?? '' }],
      })),
    },
    ['no-dependency-cycle: these tasks wait for each other: a -> c -> b -> a'],
  ],
  [
    'a job cluster that is not there',
    { tasks: [{ ...run, existing_cluster_id: undefined, job_cluster_key: 'small' }] },
    ['job_clusters-has-it: task main names «small», which is not in job_clusters'],
  ],
  [
    'no task type',
    { tasks: [{ ...run, spark_python_task: undefined }] },
    ['task-does-one-thing: task main says nothing of what it runs'],
  ],
  [
    'two task types',
    { tasks: [{ ...run, notebook_task: { notebook_path: '/Shared/x' } }] },
    ['task-does-one-thing: task main has spark_python_task and notebook_task'],
  ],
  [
    'no compute for a Python file',
    { tasks: [{ ...run, existing_cluster_id: undefined }] },
    ['task-has-one-compute: task main has nothing to run on'],
  ],
  [
    'two computes',
    { tasks: [{ ...run, new_cluster: {} }] },
    ['task-has-one-compute: task main has existing_cluster_id and new_cluster'],
  ],
  [
    'a notebook that is not among the files',
    {
      tasks: [{ ...run, spark_python_task: undefined, notebook_task: { notebook_path: '/Shared/Demo/nb2' } }],
    },
    ['task-runs-what-is-there: /Shared/Demo/nb2 is no notebook of this project'],
  ],
  [
    'a notebook run as a file',
    { tasks: [{ ...run, spark_python_task: { python_file: '${workspace.path}/nb.py' } }] },
    ['task-runs-what-is-there: /Shared/Demo/nb.py is no file of this project'],
  ],
  [
    'a Unix cron',
    { tasks: [run], schedule: { quartz_cron_expression: '0 4 * * 1', timezone_id: 'UTC' } },
    ['3:39 cron-is-quartz: «0 4 * * 1» has 5 fields; Quartz has 6 or 7'],
  ],
  [
    'an unknown time zone',
    { tasks: [run], schedule: { quartz_cron_expression: '0 0 4 * * ?', timezone_id: 'Europe/Helsinky' } },
    ['time-zone-is-known: there is no time zone «Europe/Helsinky»'],
  ],
  ['an empty name', { name: ' ', tasks: [run] }, ['2:9 job-has-a-name: the name is empty']],
  ['no tasks', { tasks: [] }, ['2:10 job-has-tasks: the job has no task']],
  [
    'both forms of run_as',
    { tasks: [run], run_as: { user_name: 'a', service_principal_name: 'b' } },
    ['3:1 run-as-is-one: run_as names user_name and service_principal_name'],
  ],
  [
    'two owners',
    {
      tasks: [run],
      access_control_list: ['a', 'b'].map((user_name) => ({ user_name, permission_level: 'IS_OWNER' })),
    },
    ['one-owner: a job has exactly one owner'],
  ],
  [
    'two grants for one principal',
    {
      tasks: [run],
      access_control_list: ['CAN_VIEW', 'CAN_MANAGE_RUN'].map((permission_level) => ({
        group_name: 'users',
        permission_level,
      })),
    },
    ['one-grant-per-principal: there is another grant for «users»'],
  ],
  [
    'an unknown permission',
    { tasks: [run], access_control_list: [{ user_name: 'a', permission_level: 'CAN_MANAG' }] },
    ['unknown-value: access_control_list.0.permission_level cannot be «CAN_MANAG»'],
  ],
  [
    'tags of ours',
    { tasks: [run], tags: { brickrail_job: 'x' } },
    ['brickrail-tags-are-set-by-brickrail: brickrail_job is set by Brickrail'],
  ],
  ['tasks that are no list', { tasks: 'main' }, ['2:10 wrong-type: tasks must be a list, not text']],
  [
    'the form of Jobs API 2.0',
    { existing_cluster_id: '1121-120000-abc' },
    ['job-has-tasks: «existing_cluster_id» beside no tasks is the form of Jobs API 2.0'],
  ],
  [
    'a secret in clear text',
    { tasks: [run], parameters: [{ name: 'x', default: `dapi${'0'.repeat(32)}` }] },
    ['no-secret-in-files: this is a Databricks token'],
  ],
]

describe('a job with a fault', () => {
  const nb = { 'workspace/nb.py': '# Databricks notebook source\n' }
  it.each(cases)('%s', async (_, settings, expected) => {
    const found = faultsOf(await loadJob(settings, undefined, nb))
    for (const text of expected) expect(found).toContainEqual(expect.stringContaining(text))
    for (const text of found) expect(text).toMatch(/^pipelines\/jobs\/train\.json:\d+:\d+ /)
  })

  it('of every kind at once', async () => {
    const broken = {
      name: '',
      tasks: [{ ...run, existing_cluster_id: 'x', depends_on: [{ task_key: 'y' }] }],
    }
    expect(faultsOf(await loadJob(broken))).toHaveLength(3)
  })

  it('shares its name with another', async () => {
    const files = { 'pipelines/jobs/b.json': lines({ name: 'TRAIN', tasks: [run] }) }
    const loaded = await loadJob({ tasks: [run] }, '{ train: jobs/train.json, b: jobs/b.json }', files)
    expect(faultsOf(loaded)).toEqual([
      'pipelines/jobs/b.json:2:9 one-job-per-name: the jobs train and b are both named «TRAIN»',
    ])
  })

  it('is not there', async () => {
    const loaded = await loadJob({}, '{ train: jobs/trian.json }')
    expect(faultsOf(loaded)).toEqual([
      'pipelines/brickrail.yml:6:16 file-not-found: there is no file pipelines/jobs/trian.json',
    ])
  })
})

describe('a warning', () => {
  it.each([
    [
      'an unknown field',
      { tasks: [run], max_concurent_runs: 2 },
      'unknown-job-field: the job has a field «max_concurent_runs»',
    ],
    [
      'an unknown field of a task',
      { tasks: [{ ...run, max_retris: 2 }] },
      'task main has a field «max_retris»',
    ],
    [
      'a notebook without compute: legal where serverless is on',
      { tasks: [{ task_key: 'main', notebook_task: { notebook_path: '/Shared/Other/nb' } }] },
      `${file}:2:23 task-on-serverless: task main names no compute: it runs on serverless compute`,
    ],
    [
      'an id that is written out',
      { tasks: [{ ...run, existing_cluster_id: '1121-120000-abcd1234' }] },
      'cluster-by-reference: the id of a cluster is written out',
    ],
  ])('%s', async (_, settings, text) => {
    const loaded = await loadJob(settings)
    expect(faultsOf(loaded)).toEqual([])
    expect(warningsOf(loaded)).toEqual([expect.stringContaining(text)])
  })
})
