import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { asked, deployed, jobs, project, read } from './runnable.ts'

describe('run of a job', () => {
  it.each([['good'], ['sample good']])('%s that succeeds: exit 0, with its tasks', async (word) => {
    const harness = await deployed()
    const { exit, stdout, stderr } = await harness.run('run', [word, '--param', 'depth=1', '-o', 'json'])
    expect([exit, stderr]).toEqual([0, expect.stringContaining('✓ task first')])
    expect(read(stdout)).toMatchObject({
      ok: true,
      result: {
        state: 'SUCCESS',
        parameters: { depth: '1' },
        tasks: [
          { task_key: 'first', state: 'SUCCESS' },
          { task_key: 'second', state: 'SUCCESS' },
        ],
        outputs: { run_id: expect.stringMatching(/^\d+$/) as string, result: 'SUCCESS' },
      },
    })
    expect(await asked(harness, '/jobs/run-now')).toBe(1)
  })

  it('that fails: exit 8, with the task and its error in every report', async () => {
    const harness = await deployed()
    const env = {
      DATABRICKS_HOST: 'http://workspace.test',
      DATABRICKS_TOKEN: harness.emulator.token,
      BRICKRAIL_TARGET: 'dev',
      BRICKRAIL_REPORTS: 'reports',
    }
    const { exit, stdout, stderr } = await harness.run('run', ['bad'], { env })
    expect(exit).toBe(8)
    const why = 'no code runs here'
    const file = (name: string) => readFileSync(join(harness.folder, 'reports', name), 'utf8')
    for (const text of [stdout, stderr, file('run.junit.xml'), file('run.md')]) expect(text).toContain(why)
    expect(file('run.junit.xml')).toContain('name="task code"')
    expect(file('outputs.env')).toMatch(/^BRICKRAIL_RUN_ID=\d+$/m)
    const json = read((await harness.run('run', ['bad', '-o', 'json'])).stdout)
    expect(json.failure).toMatchObject({
      code: 'RUN_FAILED',
      message: expect.stringContaining('task code') as string,
    })
    expect(json.result.tasks[0]?.error).toContain(why)
  })

  it.each<[string, string[], number, string]>([
    ['an unknown parameter', ['good', '--param', 'dept=1'], 2, 'did you mean «depth»?'],
    ['no pair', ['good', '--param', 'depth'], 2, '--param depth is not name=value'],
    ['an unknown job', ['goood'], 2, 'did you mean «good»?'],
    ['an unknown task', ['good', '--only', 'frist'], 2, 'did you mean «first»?'],
    ['a cluster', ['good', '--cluster', 'Main'], 2, '--cluster is for files'],
    ['a bad number', ['good', '--timeout', 'soon'], 2, 'is not a number of seconds'],
    ['no word', [], 2, 'JOB'],
  ])('with %s starts nothing', async (_name, args, exit, says) => {
    const harness = await deployed()
    const ran = await harness.run('run', args)
    expect([ran.exit, ran.stderr]).toEqual([exit, expect.stringContaining(says)])
    expect(await asked(harness, '/jobs/run-now')).toBe(0)
  })

  it('that is not deployed says what to do', async () => {
    const ran = await project().run('run', ['good'])
    expect([ran.exit, ran.stderr]).toEqual([4, expect.stringContaining('`brickrail deploy`')])
  })

  it('never takes the job of somebody else for ours, whatever its name', async () => {
    const harness = project()
    await harness.emulator.fetch('http://workspace.test/api/2.2/jobs/create', {
      method: 'POST',
      headers: { authorization: `Bearer ${harness.emulator.token}` },
      body: JSON.stringify({
        ...jobs.good,
        tags: { brickrail_project: 'other', brickrail_target: 'dev', brickrail_job: 'good' },
      }),
    })
    expect((await harness.run('run', ['good'])).exit).toBe(4)
    expect(await asked(harness, '/jobs/run-now')).toBe(0)
  })

  it('--no-wait only starts it', async () => {
    const harness = await deployed()
    const { exit, stdout } = await harness.run('run', ['bad', '--no-wait'])
    expect([exit, stdout]).toEqual([0, expect.stringContaining('not waited for: `brickrail logs')])
    expect(await asked(harness, '/runs/get')).toBe(1)
  })

  it('--no-wait fails all the same when the run was skipped at once', async () => {
    const harness = await deployed()
    const skipped: typeof fetch = async (input, init) => {
      const url = input instanceof Request ? input.url : input.toString()
      const answer = await harness.emulator.fetch(input, init)
      if (!url.includes('/runs/get?')) return answer
      const state = { life_cycle_state: 'SKIPPED', result_state: 'MAXIMUM_CONCURRENT_RUNS_REACHED' }
      return new Response(JSON.stringify({ run_id: 7, state }), {
        headers: { 'content-type': 'application/json' },
      })
    }
    const { exit, stderr } = await harness.run('run', ['bad', '--no-wait'], { fetch: skipped })
    expect([exit, stderr]).toEqual([8, expect.stringContaining('ended MAXIMUM_CONCURRENT_RUNS_REACHED')])
  })

  it('--only may name a task beyond the first hundred', async () => {
    const harness = project()
    const [one] = jobs.good.tasks
    const tasks = Array.from({ length: 120 }, (_, i) => ({ ...one, task_key: `t${i}` }))
    harness.write('pipelines/jobs/good.json', JSON.stringify({ ...jobs.good, tasks }))
    expect((await harness.run('deploy')).exit).toBe(0)
    const { exit, stdout } = await harness.run('run', ['good', '--only', 't119'])
    expect([exit, stdout]).toEqual([0, expect.stringContaining('t119  SUCCESS')])
  })

  it('is started once, although the answer is lost', async () => {
    const harness = await deployed()
    await harness.control('faults', { path: '/api/2.2/jobs/run-now', drop: 'after', times: 1 })
    const { exit } = await harness.run('run', ['good'])
    expect(exit).toBe(0)
    const answer = await harness.emulator.fetch('http://workspace.test/api/2.2/jobs/runs/list', {
      headers: { authorization: `Bearer ${harness.emulator.token}` },
    })
    expect(((await answer.json()) as { runs: unknown[] }).runs).toHaveLength(1)
  })
})

describe('run of a file', () => {
  it.each([
    ['workspace/a.py'],
    ['a.py'],
    ['/Shared/Sample/a.py'],
    ['/Workspace/Shared/Sample/a.py'],
    ['dbfs:/a.py'],
  ])('%s is submitted to the only cluster', async (word) => {
    const harness = await deployed()
    const { exit, stdout } = await harness.run('run', [word, '--param', 'a=1'])
    expect([exit, stdout]).toEqual([8, expect.stringContaining('a.py')])
    expect(await asked(harness, '/runs/submit')).toBe(1)
  })

  it('that differs from what is deployed warns', async () => {
    const harness = await deployed()
    harness.write('workspace/a.py', 'print(3)\n')
    expect((await harness.run('run', ['workspace/a.py'])).stderr).toContain(
      'what is deployed differs from this checkout, and is what runs: file a.py',
    )
  })

  it.each<[string, string, number, string]>([
    ['not synced yet', 'workspace/new.py', 4, '`brickrail sync-workspace`'],
    ['not synced at all', 'pipelines/brickrail.yml', 2, 'is not among the files that are synced'],
    ['no code', 'workspace/data.csv', 2, 'cannot be run'],
    ['absent', '/Shared/Sample/none.py', 4, 'is not deployed to dev'],
    ['a folder', '/Shared/Sample/lib', 2, 'cannot be run'],
  ])('that is %s is refused', async (_name, word, exit, says) => {
    const harness = await deployed()
    harness.write('workspace/new.py', 'print(1)\n')
    harness.write('workspace/data.csv', 'a,b\n')
    const ran = await harness.run('run', [word])
    expect([ran.exit, ran.stderr]).toEqual([exit, expect.stringContaining(says)])
    expect(await asked(harness, '/runs/submit')).toBe(0)
  })
})

it('a parameter that is a secret by its name is not shown', async () => {
  const harness = project()
  const parameters = [{ name: 'api_key' }, { name: 'depth', default: '1' }]
  harness.write('pipelines/jobs/good.json', JSON.stringify({ ...jobs.good, parameters }))
  expect((await harness.run('deploy')).exit).toBe(0)
  const { exit, stdout, stderr } = await harness.run('run', [
    'good',
    '--param',
    'api_key=hunter2-x',
    '-o',
    'json',
  ])
  expect(exit).toBe(0)
  expect(stdout + stderr).not.toContain('hunter2-x')
  expect(stdout).toContain('"api_key": "***"')
})
