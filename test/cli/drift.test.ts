import { describe, expect, it } from 'vitest'
import { driftOf, type Uses } from '../../src/cli/run/drift.ts'
import type { Desired, DesiredFile, RecordedState } from '../../src/plan/state.ts'
import { open, sound } from './project.ts'
import { asked, deployed, jobs } from './runnable.ts'

const file = (path: string, digest = 'a'): DesiredFile => ({
  path,
  source: `${path}.py`,
  type: 'NOTEBOOK',
  format: 'SOURCE',
  language: 'PYTHON',
  digest,
  size: 1,
})
const version = '0123456789abcdef'
const train = (folder: string, more = '') => ({
  name: `train${more}`,
  tasks: [
    { task_key: 'a', spark_python_task: { python_file: `dbfs:${folder}/main.py` } },
    { task_key: 'b', notebook_task: { notebook_path: '/Shared/x/b' } },
  ],
})
const app = (key: string, digest: string) => ({
  key,
  root: `/code/${key}`,
  layout: 'versioned' as const,
  digest,
  files: [],
})
const wheel = { key: 'w', file: 'w.whl', path: 'dbfs:/w/w.whl', version: '1', sources: 's' }
const desired: Desired = {
  project: 'p',
  target: 'dev',
  clusters: [],
  files: { root: '/Shared/x', exclusive: false, files: ['a', 'b', 'c', 'd'].map((path) => file(path)) },
  apps: [app('model', 'd1'), app('model2', 'd2')],
  packages: [wheel],
  jobs: [{ key: 'train', settings: train(`/code/model/versions/${version}`), adopt: false }],
}
const recorded: RecordedState = {
  files: { root: '/Shared/x', files: (desired.files?.files ?? []).map((one) => ({ ...one, in: 1 })) },
  apps: { model: { ...app('model', 'd1') }, model2: { ...app('model2', 'd2') } },
  packages: { w: { ...wheel, sha256: 'x', size: 1, in: 1 } },
  jobs: { train: { id: '1', settings: train('/code/model/versions/fedcba9876543210') } },
}
const withFiles = (...digests: string[]): RecordedState => ({
  ...recorded,
  files: {
    root: '/Shared/x',
    files: (desired.files?.files ?? []).flatMap((one, at) =>
      digests[at] === undefined ? [] : [{ ...one, digest: digests[at], in: 1 }],
    ),
  },
})
const withApp = (key: string): RecordedState => ({
  ...recorded,
  apps: { ...recorded.apps, [key]: { ...app(key, 'older') } },
})

describe('what differs from the last deployment', () => {
  it.each<[string, RecordedState, Uses, string[]]>([
    ['nothing', recorded, { job: 'train' }, []],
    ['an app of the job', withApp('model'), { job: 'train' }, ['app model']],
    ['an app of another job', withApp('model2'), { job: 'train' }, []],
    [
      'the job itself',
      { ...recorded, jobs: { train: { id: '1', settings: train('/code/model/versions/0', '2') } } },
      { job: 'train' },
      ['job train'],
    ],
    ['a file', withFiles('a', 'z', 'a', 'a'), { job: 'train' }, ['file b.py']],
    ['many files', withFiles('z', 'z', 'z'), { path: '/Shared/x' }, ['4 files']],
    ['a file that is new', withFiles('a', 'a', 'a'), { path: '/Shared/x/a' }, ['file d.py']],
    ['files of another folder', withFiles('z'), { path: '/Shared/xy/a' }, []],
    ['an app that is run as a file', withApp('model'), { path: 'dbfs:/code/model/main.py' }, ['app model']],
    ['a package', { ...recorded, packages: {} }, { path: 'dbfs:/w/w.whl' }, ['package w']],
    ['nothing was recorded', {}, { job: 'train' }, ['4 files', 'app model', 'job train']],
  ])('%s', (_name, state, uses, expected) => {
    expect(driftOf(desired, state, uses)).toEqual(expected)
  })

  it('is said of a job, with the command for that target, and nothing is said of one that is as it was', async () => {
    const harness = await deployed()
    expect((await harness.run('run', ['good'])).stderr).not.toContain('differs')
    harness.write('pipelines/jobs/good.json', JSON.stringify({ ...jobs.good, timeout_seconds: 99 }))
    await harness.forget()
    const { exit, stderr } = await harness.run('run', ['good'])
    expect([exit, stderr]).toEqual([0, expect.stringContaining('and is what runs: job good')])
    const reads = (await harness.requests()).filter(({ path }) => path.includes('/workspace/'))
    expect(reads.length).toBeLessThanOrEqual(2)
  })

  it('proposes commands for the target that was named', async () => {
    const { stderr } = await (await deployed()).run('run', ['good', '-t', 'prod'])
    expect(stderr).toContain('deploy it first: `brickrail deploy -t prod`')
  })

  it('is said of a suite on a cluster; one that is not there at all is not started', async () => {
    const yaml = `${sound['pipelines/brickrail.yml']}tests: { all: { cluster: Main }, lib: { cluster: Main, path: lib } }\n`
    const harness = open({ 'pipelines/brickrail.yml': yaml })
    expect((await harness.run('deploy')).exit).toBe(0)
    harness.write('workspace/lib/b.py', 'print(3)\n')
    const { stderr } = await harness.run('test')
    expect(stderr.match(/and is what runs: .*/g)).toEqual(['and is what runs: file lib/b.py'])
    harness.write('workspace/later/test_c.py', 'print(1)\n')
    harness.write('pipelines/brickrail.yml', yaml.replace('path: lib', 'path: later'))
    await harness.forget()
    const ran = await harness.run('test', ['lib'])
    expect([ran.exit, ran.stderr]).toEqual([
      4,
      expect.stringContaining('error: later is not deployed to dev'),
    ])
    expect(await asked(harness, '/runs/submit')).toBe(0)
  })

  it('cannot be told when the record is broken: that is no reason not to run', async () => {
    const harness = await deployed()
    await harness.control('faults', { path: '/api/2.0/workspace/list', status: 403, times: 1 })
    const { exit, stderr } = await harness.run('run', ['good'])
    expect([exit, stderr]).toEqual([0, expect.stringContaining('cannot be told')])
  })
})
