import { describe, expect, it } from 'vitest'
import { writes } from '../support/harness.ts'
import { open, sound } from './project.ts'

const task = (fields: object = {}) => ({
  task_key: 'main',
  existing_cluster_id: '${clusters.Main.id}',
  spark_python_task: { python_file: '/Workspace/Shared/Sample/a.py' },
  ...fields,
})

const config = (jobs: string, more = ''): string => {
  const text = sound['pipelines/brickrail.yml'] ?? ''
  return `${text.replace("  prod: { host: '${env.DATABRICKS_HOST}', protected: true }", (line) => line + more)}jobs: ${jobs}\n`
}

const project = (settings: object) =>
  open({
    'pipelines/brickrail.yml': config('{ train: jobs/train.json }'),
    'pipelines/jobs/train.json': JSON.stringify(settings),
  })

describe('a cluster id that is written out', () => {
  const lost = '1121-120000-abcd1234'

  it.each(['plan', 'deploy', 'deploy-jobs'])('of no cluster: %s -q says so', async (command) => {
    const harness = project({ tasks: [task({ existing_cluster_id: lost })] })
    if (command === 'deploy-jobs') await harness.run('build-cluster')
    await harness.forget()
    const { exit, stdout, stderr } = await harness.run(command, ['-q'])
    expect(exit).toBe(4)
    expect(stdout + stderr).toContain(`there is no cluster ${lost}, on which a task of job train is to run`)
    expect(writes(await harness.requests())).toEqual([])
  })

  it('of a cluster of others is taken', async () => {
    const spec = { spark_version: '17.3.x-scala2.13', node_type_id: 'Standard_DS3_v2', num_workers: 1 }
    const settings = { tasks: [task()] }
    const harness = project(settings)
    const theirs = { cluster_name: 'Theirs', cluster_source: 'UI', ...spec }
    const { cluster_id } = (await harness.control('clusters', theirs)) as { cluster_id: string }
    harness.write(
      'pipelines/jobs/train.json',
      JSON.stringify({ tasks: [task({ existing_cluster_id: cluster_id })] }),
    )
    const { exit, stderr } = await harness.run('deploy', ['-q'])
    expect([exit, stderr]).toEqual([0, expect.not.stringContaining('written out')])
  })
})

it('--quiet hides warnings, but no likely slip', async () => {
  const harness = project({
    tasks: [{ ...task({ max_retrys: 1 }), email_notifications: { on_failure: ['nomail'] } }],
    max_concurent_runs: 2,
  })
  const { exit, stderr } = await harness.run('deploy', ['-q'])
  expect(exit).toBe(0)
  expect(stderr).toContain('«max_concurent_runs»')
  expect(stderr).toContain('did you mean «max_retries»?')
  expect(stderr).not.toContain('nomail')
  expect((await harness.run('deploy')).stderr).toContain('nomail')
  expect((await harness.run('status')).stderr).not.toContain('max_retrys')
})

describe('what only another target has', () => {
  const pyproject = '[project]\nname = "w"\nversion = "1"\n'
  const files = {
    'pipelines/brickrail.yml': config('{ train: null }').replace(
      'jobs: { train: null }',
      'jobs: { train: jobs/train.json }\npackages: { w: { source: ../wheel } }',
    ),
    'pipelines/jobs/train.json': JSON.stringify({ tasks: [task()] }),
    'wheel/pyproject.toml': pyproject,
  }
  const nulled = {
    ...files,
    'pipelines/brickrail.yml': files['pipelines/brickrail.yml'].replace(
      'protected: true }',
      'protected: true, jobs: { train: null }, packages: { w: null } }',
    ),
  }

  it.each([
    ['package', [], 'the package w is declared, but not for target prod', 'give -t dev'],
    ['package', ['w'], 'the package w is declared, but not for target prod', 'give -t dev'],
    ['package', ['x'], 'no package is declared for target prod', 'declare one'],
    ['run', ['train'], 'the job train is declared, but not for target prod', 'give -t dev'],
    ['run', ['trian'], 'there is no job and no file «trian»', 'known: none'],
  ])('%s %j', async (command, words, what, hint) => {
    const { exit, stderr } = await open(nulled).run(command, [...words, '-t', 'prod'])
    expect([exit, stderr]).toEqual([2, expect.stringContaining(what)])
    expect(stderr).toContain(hint)
  })
})

it.each([
  ['run', []],
  ['plan', ['--nonsense']],
])('%s %j: the hint names the command', async (command, words) => {
  const { exit, stderr } = await open().run(command, words)
  expect([exit, stderr]).toEqual([2, expect.stringContaining(`see \`brickrail ${command} --help\``)])
})
