import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLocalCompute } from '../../src/compute/local.ts'
import { createEmulator, type Emulator } from '../../src/emulator/emulator.ts'
import { readJunit } from '../../src/report/junit-read.ts'
import { casesOf } from '../../src/report/tests.ts'

/** The commands as processes, against a workspace that runs code. */
const repository = join(import.meta.dirname, '..', '..')
const folder = mkdtempSync(join(tmpdir(), 'brickrail-run-'))
const marks = join(folder, 'marks')

const task = (file: string, parameters: string[] = []) => ({
  task_key: 'main',
  existing_cluster_id: '${clusters.Main.id}',
  spark_python_task: { python_file: `/Workspace/Shared/R/${file}`, source: 'WORKSPACE', parameters },
})

const files: Record<string, string> = {
  'pipelines/brickrail.yml': [
    'name: r',
    "targets: { dev: { host: '${env.DATABRICKS_HOST}' } }",
    'workspace: { source: ../workspace, path: /Shared/R }',
    'clusters: { Main: { spec: clusters/main.json } }',
    'jobs: { train: jobs/train.json, long: jobs/long.json }',
    'tests:',
    '  here: { python: workspace/tests/good }',
    '  good: { cluster: Main, path: tests/good }',
    '  flaky: { cluster: Main, path: tests/flaky, retries: 2 }',
    '  red: { cluster: Main, path: tests/flaky }',
    '  skipped: { cluster: Main, path: tests/skipped }',
    '  broken: { cluster: Main, path: tests/broken }',
    '  empty: { cluster: Main, path: lib }',
    '',
  ].join('\n'),
  'pipelines/clusters/main.json': JSON.stringify({
    spark_version: '17.3.x-scala2.13',
    node_type_id: 'Standard_DS3_v2',
    num_workers: 1,
    autotermination_minutes: 60,
  }),
  'pipelines/jobs/train.json': JSON.stringify({
    name: 'train',
    parameters: [{ name: 'conf', default: '{}' }],
    tasks: [task('train.py', ['{{job.parameters.conf}}'])],
  }),
  'pipelines/jobs/long.json': JSON.stringify({
    name: 'long',
    max_concurrent_runs: 1,
    tasks: [task('long.py')],
  }),
  'workspace/train.py': [
    'import json, sys',
    'from lib.model import train',
    'conf = json.loads(sys.argv[1])',
    "print('given', sys.argv[1])",
    "print('trained', train(**conf))",
    '',
  ].join('\n'),
  'workspace/lib/model.py': 'def train(max_depth, n_estimators):\n    return max_depth * n_estimators\n',
  'workspace/long.py': [
    'import os, subprocess, time',
    "child = subprocess.Popen(['sleep', '1000'])",
    `open('${marks}/pids', 'w').write('%d %d' % (os.getpid(), child.pid))`,
    "print('begun', flush=True)",
    'time.sleep(1000)',
    '',
  ].join('\n'),
  'workspace/loud.py': "for number in range(400000):\n    print('line %d %s' % (number, 'x' * 40))\n",
  'workspace/report.py':
    "# Databricks notebook source\ndbutils.widgets.text('who', 'nobody')\ndbutils.notebook.exit('for ' + dbutils.widgets.get('who'))\n",
  'workspace/tests/good/test_model.py':
    'import unittest\nfrom lib.model import train\n\nclass Model(unittest.TestCase):\n    def test_train(self):\n        self.assertEqual(train(80, 100), 8000)\n',
  'workspace/tests/flaky/test_flaky.py': [
    'import os',
    `mark = '${marks}/flaky'`,
    'def test_flaky():',
    '    if not os.path.exists(mark):',
    "        open(mark, 'w').close()",
    "        assert 'cold' == 'warm'",
    'def test_steady():',
    `    with open('${marks}/steady', 'a') as opened:`,
    "        opened.write('x')",
    '',
  ].join('\n'),
  'workspace/tests/skipped/test_gpu.py':
    "import pytest\n\n@pytest.mark.skip(reason='no GPU')\ndef test_gpu():\n    assert False\n",
  'workspace/tests/broken/test_broken.py': 'def test_broken(:\n    pass\n',
}

let emulator: Emulator
let env: Record<string, string>

beforeAll(async () => {
  const { PATH = '', HOME = '' } = process.env
  mkdirSync(marks, { recursive: true })
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  const state = join(folder, 'state')
  const cache = join(repository, '.cache/compute/environments')
  const compute = await createLocalCompute({ folder: join(state, 'runs'), cache, env: process.env })
  emulator = createEmulator({ clock: 'instant', state, compute })
  const { url } = await emulator.listen()
  env = { PATH, HOME, DATABRICKS_HOST: url, DATABRICKS_TOKEN: emulator.token, BRICKRAIL_REPORTS: 'reports' }
  const { exit, stderr } = await brickrail('deploy')
  if (exit !== 0) throw new Error(`deploy ended with ${exit}: ${stderr}`)
})

afterAll(async () => {
  await emulator.close()
  rmSync(folder, { recursive: true, force: true })
})

const start = (...args: string[]) => {
  const program = ['--import', import.meta.resolve('tsx'), join(repository, 'scripts/brickrail.ts')]
  const child = spawn(process.execPath, [...program, ...args], { cwd: folder, env })
  const said = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said.stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said.stderr += text))
  const ended = once(child, 'close').then(([code]) => ({ exit: Number(code), ...said }))
  return { child, said, ended }
}

const brickrail = async (...args: string[]) => await start(...args).ended

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    // A zombie is no process any more: only its parent has not asked for it yet.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

const until = async (what: string, holds: () => boolean): Promise<void> => {
  for (let left = 600; !holds(); left -= 1) {
    if (left === 0) throw new Error(`waited in vain: ${what}`)
    await sleep(100)
  }
}

const report = (name: string): string => readFileSync(join(folder, 'reports', name), 'utf8')

describe('run', () => {
  it('of a job passes parameters on as they are given, and its output back', async () => {
    const conf = '{"max_depth": 80, "n_estimators": 100}'
    const { exit, stderr, stdout } = await brickrail('run', 'train', '--param', `conf=${conf}`)
    expect([exit, stderr]).toEqual([0, expect.stringContaining(`given ${conf}`)])
    expect(stderr).toContain('trained 8000')
    expect(stdout).toContain('of job train: SUCCESS')
  })

  it('that fails shows error and trace in all reports, and the trace on screen once: exit 8', async () => {
    const { exit, stdout, stderr } = await brickrail('run', 'train', '--param', 'conf={"max_depth": 80}')
    expect(exit).toBe(8)
    const error = 'missing 1 required positional argument'
    expect(stdout).toContain(error)
    expect(`${stdout}${stderr}`.split('Traceback')).toHaveLength(2)
    for (const text of [stderr, report('run.junit.xml'), report('run.md')]) {
      expect(text).toContain(error)
      expect(text).toContain('train.py')
    }
  })

  it('of a notebook gives back what it exits with', async () => {
    const { exit, stdout } = await brickrail('run', 'workspace/report.py', '--param', 'who=ada')
    expect([exit, stdout]).toEqual([0, expect.stringContaining('result: for ada')])
  })

  it('of a loud file shows the ends, and keeps the tail in a file', async () => {
    const { exit, stderr } = await brickrail('run', 'workspace/loud.py')
    expect(exit).toBe(0)
    expect(stderr.split('\n').length).toBeLessThan(450)
    expect(stderr).toContain('line 399999')
    const [, file = ''] = /lines left out; see (\S+)/.exec(stderr) ?? []
    expect(statSync(file).size).toBeGreaterThan(1_000_000)
  })

  it('that is told to end cancels the run, and leaves no process; a second one at once is refused', async () => {
    const { child, said, ended } = start('run', 'long')
    await until('the run has begun', () => existsSync(join(marks, 'pids')) && said.stderr.includes('begun'))
    const pids = readFileSync(join(marks, 'pids'), 'utf8').split(' ').map(Number)
    expect(pids.map(isAlive)).toEqual([true, true])
    const second = await brickrail('run', 'long')
    expect([second.exit, second.stderr]).toEqual([
      8,
      expect.stringContaining('MAXIMUM_CONCURRENT_RUNS_REACHED'),
    ])
    child.kill('SIGTERM')
    const { exit, stderr } = await ended
    expect([exit, stderr]).toEqual([
      4,
      expect.stringMatching(/stopped by SIGTERM: run \d+ was cancelled and has ended CANCELED/),
    ])
    expect(pids.map(isAlive)).toEqual([false, false])
  })

  it('--no-wait leaves it running; logs shows it later', async () => {
    const left = await brickrail(
      'run',
      'train',
      '--param',
      'conf={"max_depth": 2, "n_estimators": 3}',
      '--no-wait',
    )
    expect([left.exit, left.stdout]).toEqual([0, expect.stringContaining('not waited for')])
    const [, id = ''] = /^run (\d+)/.exec(left.stdout) ?? []
    let shown = await brickrail('logs', id)
    for (let more = 20; more > 0 && !shown.stdout.includes('SUCCESS'); more -= 1)
      shown = await brickrail('logs', id)
    expect([shown.exit, shown.stderr]).toEqual([0, expect.stringContaining('trained 6')])
  })
})

describe('test', () => {
  it('runs suites here and on the cluster, and merges their reports', async () => {
    const { exit, stdout } = await brickrail('test', 'here', 'good')
    expect([exit, stdout]).toEqual([0, expect.stringContaining('good  1 passed')])
    const [, ...suites] = readJunit(report('test.junit.xml'))
    expect(suites.map(({ name, cases }) => [name.split(':')[0], cases.map((one) => one.name)])).toEqual([
      ['here', ['test_train']],
      ['good', ['test_train']],
    ])
  })

  it('runs only failed tests again, and marks what was flaky', async () => {
    rmSync(join(marks, 'flaky'), { force: true })
    rmSync(join(marks, 'steady'), { force: true })
    const { exit, stdout } = await brickrail('test', 'flaky')
    expect([exit, stdout]).toEqual([0, expect.stringContaining('test_flaky passed at attempt 2; before:')])
    expect(readFileSync(join(marks, 'steady'), 'utf8')).toBe('x')
    const [, ...suites] = readJunit(report('test.junit.xml'))
    expect(casesOf(suites).map(({ name, status }) => [name, status])).toEqual([
      ['test_flaky', 'passed'],
      ['test_steady', 'passed'],
    ])
    expect(report('test.junit.xml')).toContain('<property name="flaky" value="true"/>')
  })

  it.each([
    ['red', 'TESTS_FAILED', "'cold' == 'warm'"],
    ['skipped', 'NO_TESTS', 'its only test was skipped'],
    ['empty', 'NO_TESTS', 'its report has no test'],
    ['broken', 'TESTS_FAILED', 'test_broken'],
  ])('%s: exit 8', async (suite, code, says) => {
    rmSync(join(marks, 'flaky'), { force: true })
    const { exit, stdout } = await brickrail('test', suite, '--output', 'json')
    expect([exit, stdout]).toEqual([8, expect.stringContaining(says)])
    expect(JSON.parse(stdout)).toMatchObject({ failure: { code } })
  })
})
