import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { jsonSchemas } from '../../src/config/json-schema.ts'
import { faultsOf, load, sane, sound, warningsOf } from './project.ts'

const file = 'pipelines/jobs/train.json'

const run = {
  task_key: 'main',
  existing_cluster_id: '${clusters.Main.id}',
  spark_python_task: { python_file: '/Workspace/Shared/Demo/job.py' },
}
const condition = { task_key: 'if', condition_task: { op: 'EQUAL_TO', left: '1', right: '1' } }
const small = { spark_version: '17.3.x-scala2.13', node_type_id: 'Standard_DS3_v2', num_workers: 1 }
const onNew = (new_cluster: unknown) => ({ ...run, existing_cluster_id: undefined, new_cluster })

/** One field a line, as in the file of a person: `{` is line 1, tasks are line 2, each task one line more. */
const text = ({ tasks, ...rest }: { tasks: readonly object[] } & Record<string, unknown>): string => {
  const others = Object.entries(rest).map(([key, value]) => `,\n"${key}": ${JSON.stringify(value)}`)
  return `{\n"tasks": [\n${tasks.map((task) => JSON.stringify(task)).join(',\n')}]${others.join('')}\n}\n`
}

const loadJob = (settings: Parameters<typeof text>[0]) =>
  load({
    'pipelines/brickrail.yml': `${sound['pipelines/brickrail.yml'] ?? ''}jobs: { train: jobs/train.json }\n`,
    [file]: text(settings),
  })

const withTask = (fields: object) => ({ tasks: [run, { ...run, task_key: 'b', ...fields }] })
const withPython = (fields: object) =>
  withTask({ spark_python_task: { ...run.spark_python_task, ...fields } })
const withCondition = (fields: object) => ({
  tasks: [{ ...condition, condition_task: { ...condition.condition_task, ...fields } }],
})

const faults: [string, Parameters<typeof text>[0], string][] = [
  [
    'retries in words',
    withTask({ max_retries: 'two' }),
    '4:143 wrong-type: task b: max_retries must be a whole number, not «two»',
  ],
  ['half a retry', withTask({ max_retries: 2.5 }), 'task b: max_retries must be a whole number, not 2.5'],
  [
    'a flag in words',
    withTask({ retry_on_timeout: 'yes' }),
    'task b: retry_on_timeout must be true or false, not «yes»',
  ],
  ['dependencies that are no list', withTask({ depends_on: 'main' }), 'task b: depends_on must be a list'],
  ['an unknown run_if', withTask({ run_if: 'ALL_DON' }), 'unknown-value: task b: run_if cannot be «ALL_DON»'],
  ['a kind that is a list', withTask({ spark_python_task: [] }), 'task b: spark_python_task must be a map'],
  ['no file', withTask({ spark_python_task: {} }), 'missing-key: task b: «python_file» is missing'],
  [
    'parameters as one text',
    withPython({ parameters: '--a 1' }),
    'task b: spark_python_task.parameters must be a list, not text',
  ],
  ['an unknown source', withPython({ source: 'git' }), 'task b: spark_python_task.source cannot be «git»'],
  ['an unknown operator', withCondition({ op: 'EQUALS' }), 'task if: condition_task.op cannot be «EQUALS»'],
  ['half a condition', withCondition({ right: undefined }), 'task if: «right» is missing'],
  [
    'a task without a key',
    { tasks: [run, { ...run, task_key: undefined, max_retries: [] }] },
    '4:1 missing-key: task number 2: «task_key» is missing',
  ],
  [
    'a fault in a loop',
    {
      tasks: [{ task_key: 'loop', for_each_task: { inputs: '[1]', task: { ...run, timeout_seconds: 'x' } } }],
    },
    'task main: timeout_seconds must be a whole number, not «x»',
  ],
  [
    'mail to one that is no list',
    { tasks: [run], email_notifications: { on_failure: 'a@b.c' } },
    '4:38 wrong-type: email_notifications.on_failure must be a list, not text',
  ],
  [
    'a webhook by its name',
    withTask({ webhook_notifications: { on_start: ['slack'] } }),
    'task b: webhook_notifications.on_start.0 must be a map, not text',
  ],
  [
    'an empty cluster',
    { tasks: [onNew({})] },
    '3:102 spark-version-is-given: task main: new_cluster: spark_version is missing',
  ],
  [
    'a job cluster without a node type',
    {
      tasks: [{ ...run, existing_cluster_id: undefined, job_cluster_key: 'a' }],
      job_clusters: [{ job_cluster_key: 'a', new_cluster: { ...small, node_type_id: undefined } }],
    },
    'node-type-or-pool: job cluster a: new_cluster: neither node_type_id nor instance_pool_id is given',
  ],
  [
    'workers in words',
    { tasks: [onNew({ ...small, num_workers: 'two' })] },
    'task main: new_cluster: num_workers must be a whole number, not text',
  ],
  [
    'a parameter that is not declared',
    { ...withPython({ parameters: ['{{job.parameters.max_dept}}'] }), parameters: [{ name: 'max_depth' }] },
    '4:142 reference-to-a-parameter: {{job.parameters.max_dept}}: the job declares no parameter «max_dept»',
  ],
  [
    'a parameter of a job without any',
    withPython({ parameters: ['x={{ job.parameters.a }}'] }),
    'reference-to-a-parameter: {{ job.parameters.a }}: the job declares no parameter «a»',
  ],
  [
    'a task that is not there',
    withPython({ parameters: ['{{tasks.mian.result_state}}'] }),
    'reference-to-a-task: {{tasks.mian.result_state}}: the job has no task «mian»',
  ],
]

describe('a job is refused for', () => {
  it.each(faults)('%s', async (_, settings, expected) => {
    const found = faultsOf(await loadJob(settings))
    expect(found).toContainEqual(expect.stringContaining(expected))
    for (const one of found) expect(one).toMatch(/^pipelines\/jobs\/train\.json:\d+:\d+ /)
  })

  it('an unknown dependency beside a task without a key, with known names alone', async () => {
    const loaded = await loadJob({
      tasks: [
        { ...run, depends_on: [{ task_key: 'zzzzzzz' }] },
        { ...run, task_key: undefined },
      ],
    })
    const hints = loaded.ok ? [] : loaded.faults.map(({ hint }) => hint)
    expect(hints).toContain('known: main')
  })

  it('a parameter that was most likely another one', async () => {
    const loaded = await loadJob({
      ...withPython({ parameters: ['{{job.parameters.max_dept}}'] }),
      parameters: [{ name: 'max_depth' }],
    })
    expect(loaded.ok ? [] : loaded.faults.map(({ hint }) => hint)).toEqual(['did you mean «max_depth»?'])
  })
})

const sent: [string, Parameters<typeof text>[0]][] = [
  ['digits for a number', withTask({ max_retries: '2', timeout_seconds: '-1' })],
  ['a word for a flag', withTask({ retry_on_timeout: 'True' })],
  ['numbers and flags for texts', withPython({ parameters: [1, true, 'x'] })],
  ['a number to compare with', withCondition({ left: 1 })],
  [
    'every member of alerts',
    withTask({
      email_notifications: { on_start: ['a@example.com'], no_alert_for_skipped_runs: true },
      webhook_notifications: { on_duration_warning_threshold_exceeded: [{ id: 'x' }] },
      notification_settings: { alert_on_last_attempt: true },
      health: { rules: [{ metric: 'RUN_DURATION_SECONDS', op: 'GREATER_THAN', value: 60 }] },
    }),
  ],
  ['digits for the workers of a new cluster', { tasks: [onNew({ ...small, num_workers: '2' })] }],
  [
    'a cluster that a policy fills',
    { tasks: [onNew({ policy_id: 'p', apply_policy_default_values: true })] },
  ],
  [
    'references that are none of ours, and those that are right',
    {
      ...withPython({
        parameters: ['{{job.id}} {{tasks.`main`.run_id}} {{job.parameters.`a`}} {{task.name}} {{x}} {{x.y}}'],
      }),
      parameters: [{ name: 'a', default: 1 }],
    },
  ],
]

describe('the service takes', () => {
  it.each(sent)('%s, and so do the files and their schema', async (_, settings) => {
    const loaded = await loadJob(settings)
    expect(faultsOf(loaded)).toEqual([])
    expect(warningsOf(loaded)).toEqual([])
    expect(
      new Ajv({ allowUnionTypes: true }).validate(jsonSchemas()['job.schema.json'] ?? false, settings),
    ).toBe(true)
  })

  it('null for a member that is not given', async () => {
    const loaded = await loadJob(withTask({ max_retries: null, libraries: null }))
    expect(sane(loaded).desired.jobs?.[0]?.settings.tasks?.[1]).toEqual({ ...run, task_key: 'b' })
  })
})

describe('a warning is said of', () => {
  it.each([
    [
      'spark_python_task',
      withPython({ paramaters: [] }),
      'task b: spark_python_task has a field «paramaters»',
    ],
    [
      'condition_task',
      withCondition({ lefft: '1' }),
      '3:75 unknown-job-field: task if: condition_task has a field «lefft»',
    ],
    [
      'email_notifications',
      { tasks: [run], email_notifications: { on_failur: ['a@b.c'] } },
      'the job: email_notifications has a field «on_failur»',
    ],
    [
      'a new cluster',
      { tasks: [onNew({ ...small, num_worker: 1 })] },
      'task main: new_cluster has a field «num_worker»',
    ],
    [
      'nobody’s address',
      { tasks: [run], email_notifications: { on_failure: ['nomail'] } },
      '4:39 email-is-an-address: email_notifications.on_failure: «nomail» is no e-mail address',
    ],
  ])('%s', async (_, settings, expected) => {
    const loaded = await loadJob(settings)
    expect(faultsOf(loaded)).toEqual([])
    expect(warningsOf(loaded)).toEqual([expect.stringContaining(expected)])
  })
})

describe('the schema for editors', () => {
  const ajv = new Ajv({ allowUnionTypes: true })
  it.each([
    [withTask({ max_retries: 'two' }), false],
    [withTask({ max_retries: '${var.retries}' }), true],
    [withTask({ future_field: 1 }), true],
    [{ tasks: [{ task_key: 'l', for_each_task: { task: { ...run, max_retries: 'x' } } }] }, false],
    [{ max_concurrent_runs: 2 }, true],
  ])('%j: %s', (settings, valid) => {
    expect(ajv.validate(jsonSchemas()['job.schema.json'] ?? false, settings)).toBe(valid)
  })
})
