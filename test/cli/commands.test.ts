import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { writes, type Harness } from '../support/harness.ts'
import { hold } from './lock.ts'
import { open } from './project.ts'

const written = async (harness: Harness): Promise<number> => writes(await harness.requests()).length

describe('destroy', () => {
  const answers: [string, string[], string | undefined, number][] = [
    ['nobody is there to ask', [], undefined, 2],
    ['the name of another target', [], 'prod', 2],
    ['yes is not the name', [], 'yes', 2],
    ['nothing', [], '', 2],
    ['the name', [], ' dev\n', 0],
    ['--yes', ['--yes'], undefined, 0],
    ['-y', ['-y'], undefined, 0],
  ]
  it.each(answers)('%s', async (_name, args, answer, exit) => {
    const harness = open()
    await harness.run('deploy')
    await harness.forget()
    const questions: string[] = []
    const ask = async (question: string) => {
      questions.push(question)
      return answer ?? ''
    }
    const ran = await harness.run('destroy', args, answer === undefined ? {} : { ask })
    expect(ran.exit).toBe(exit)
    expect(questions).toHaveLength(answer === undefined ? 0 : 1)
    expect((await written(harness)) > 0).toBe(exit === 0)
  })

  it('of a protected target wants it named, even with --yes', async () => {
    const harness = open()
    await harness.run('deploy', ['-t', 'prod'])
    await harness.forget()
    const env = {
      BRICKRAIL_TARGET: 'prod',
      DATABRICKS_HOST: 'http://workspace.test',
      DATABRICKS_TOKEN: harness.emulator.token,
    }
    const refused = await harness.run('destroy', ['--yes'], { env })
    expect([refused.exit, await written(harness)]).toEqual([2, 0])
    expect(refused.stderr).toContain('name it: --target prod')
    expect((await harness.run('destroy', ['--yes', '-t', 'prod'])).exit).toBe(0)
  })

  it('leaves clusters and files of others', async () => {
    const harness = open()
    const theirs = {
      cluster_name: 'Main',
      cluster_source: 'UI',
      spark_version: '17.3.x-scala2.13',
      node_type_id: 'Standard_DS3_v2',
      num_workers: 1,
    }
    const { cluster_id } = (await harness.control('clusters', theirs)) as { cluster_id: string }
    await harness.run('deploy')
    await harness.run('destroy', ['--yes'])
    const answer = await harness.emulator.fetch('http://workspace.test/api/2.1/clusters/list', {
      headers: { authorization: `Bearer ${harness.emulator.token}` },
    })
    const { clusters } = (await answer.json()) as { clusters: { cluster_id: string }[] }
    expect(clusters.map((cluster) => cluster.cluster_id)).toEqual([cluster_id])
  })
})

describe('a stored plan', () => {
  const touch =
    (path: string): ((harness: Harness) => unknown) =>
    (harness) =>
      harness.write(path, 'print(3)\n')
  const edit: (harness: Harness, fields: Record<string, unknown>) => void = (harness, fields) => {
    const file = join(harness.folder, 'plan.json')
    writeFileSync(file, JSON.stringify({ ...(JSON.parse(readFileSync(file, 'utf8')) as object), ...fields }))
  }
  const rows: [string, (harness: Harness) => unknown, number, string][] = [
    ['still fits', () => undefined, 0, ''],
    ['the project changed', touch('workspace/a.py'), 2, 'the project has changed since'],
    ['a file was added', touch('workspace/c.py'), 2, 'the project has changed since'],
    ['a deployment was made since', (harness) => harness.run('deploy'), 2, '#1 was made since'],
    [
      'the workspace changed',
      (harness) =>
        harness.emulator.fetch('http://workspace.test/api/2.0/workspace/mkdirs', {
          method: 'POST',
          headers: { authorization: `Bearer ${harness.emulator.token}` },
          body: JSON.stringify({ path: '/Shared/Sample/lib' }),
        }),
      2,
      'the workspace has changed since',
    ],
    [
      'it is of another target',
      (harness) => edit(harness, { target: 'prod' }),
      2,
      'it is for sample, target prod',
    ],
    ['it is of another version', (harness) => edit(harness, { version: 2 }), 2, 'not a plan of version 1'],
    [
      'a step was added by hand',
      (harness) => edit(harness, { steps: [] }),
      2,
      'the workspace has changed since',
    ],
    [
      'it is no JSON',
      (harness) => harness.write('plan.json', '{'),
      2,
      'is not a plan that this version can apply',
    ],
  ]
  it.each(rows)('%s', async (_name, change, exit, says) => {
    const harness = open()
    const file = join(harness.folder, 'plan.json')
    expect((await harness.run('plan', ['--out', file])).exit).toBe(0)
    await change(harness)
    await harness.forget()
    const ran = await harness.run('deploy', ['--plan', file])
    expect(ran.exit).toBe(exit)
    expect(ran.stderr).toContain(says)
    expect((await written(harness)) > 0).toBe(exit === 0)
  })
})

describe('plan --exit-code', () => {
  it('is 3 while there is something to do, and 0 after', async () => {
    const harness = open()
    expect((await harness.run('plan', ['--exit-code'])).exit).toBe(3)
    await harness.run('deploy')
    expect((await harness.run('plan', ['--exit-code'])).exit).toBe(0)
    expect((await harness.run('plan')).exit).toBe(0)
  })
})

describe('parts of deploy', () => {
  it('together are a deploy', async () => {
    const harness = open()
    const early = await harness.run('install-libraries')
    expect([early.exit, early.stderr.includes('build-cluster')]).toEqual([4, true])
    for (const command of ['build-cluster', 'install-libraries', 'sync-workspace'])
      expect((await harness.run(command)).exit).toBe(0)
    await harness.forget()
    expect((await harness.run('deploy')).exit).toBe(0)
    expect(await written(harness)).toBe(0)
  })
})

describe('rollback', () => {
  it('restores what was, without the files of this checkout', async () => {
    const harness = open()
    await harness.run('deploy')
    harness.write('workspace/a.py', 'print("new")\n')
    harness.write('workspace/more.py', 'print(9)\n')
    await harness.run('deploy')
    expect((await harness.run('rollback', ['--to', '1'])).exit).toBe(0)
    const answer = await harness.emulator.fetch(
      'http://workspace.test/api/2.0/workspace/export?path=/Shared/Sample/a.py&direct_download=true&format=AUTO',
      { headers: { authorization: `Bearer ${harness.emulator.token}` } },
    )
    expect(await answer.text()).toBe('print(1)\n')
    const gone = await harness.run('plan', ['-o', 'json'])
    expect((JSON.parse(gone.stdout) as { plan: { files: object } }).plan.files).toMatchObject({
      add: ['more.py'],
      update: ['a.py'],
    })
  })

  it('without a number goes to the one before the newest, says which, and asks', async () => {
    const harness = open()
    await harness.run('deploy')
    harness.write('workspace/a.py', 'print("new")\n')
    await harness.run('deploy')
    await harness.forget()
    const refused = await harness.run('rollback')
    expect([refused.exit, await written(harness)]).toEqual([2, 0])
    expect(refused.stderr).toContain('this restores deployment #1 of dev, and nobody is there to ask')
    const questions: string[] = []
    const ask = async (question: string) => {
      questions.push(question)
      return 'dev'
    }
    const done = await harness.run('rollback', [], { ask })
    expect([done.exit, done.stderr]).toEqual([0, expect.stringContaining('back to deployment #1')])
    expect(questions).toEqual([expect.stringContaining('This goes back to deployment #1.')])
    const { stdout } = await harness.run('plan', ['-o', 'json'])
    expect((JSON.parse(stdout) as { plan: { files: object } }).plan.files).toMatchObject({ update: ['a.py'] })
    // The newest one did not get to its end: before it is the one that did.
    await harness.control('faults', { path: '/api/2.0/workspace/import', status: 400, skip: 1, times: 1 })
    expect((await harness.run('deploy')).exit).toBe(4)
    expect((await harness.run('rollback', ['--yes'])).stderr).toContain('back to deployment #3')
  })

  it.each([
    ['an empty number', 'dev', ['--to', '', '--yes'], '--to needs a value'],
    ['no number, of a protected target', 'prod', ['--yes'], 'prod is protected, and no --to'],
  ])('with %s is refused', async (_name, target, args, says) => {
    const harness = open()
    await harness.run('deploy', ['-t', target])
    harness.write('workspace/a.py', 'print("new")\n')
    await harness.run('deploy', ['-t', target])
    await harness.forget()
    const { exit, stderr } = await harness.run('rollback', ['-t', target, ...args])
    expect([exit, await written(harness), stderr]).toEqual([2, 0, expect.stringContaining(says)])
  })

  it('to a failed deployment is refused, and the finished ones are named', async () => {
    const harness = open()
    await harness.run('deploy')
    harness.write('workspace/a.py', 'print("new")\n')
    await harness.control('faults', { path: '/api/2.0/workspace/import', status: 400, skip: 1, times: 1 })
    expect((await harness.run('deploy')).exit).toBe(4)
    await harness.forget()
    const { exit, stderr } = await harness.run('rollback', ['--to', '2'])
    expect([exit, await written(harness)]).toEqual([2, 0])
    expect(stderr).toContain('finished ones: #1')
  })

  it.each(['abc', '-1', '1.5', '99'])('to %s is refused, and the finished ones are named', async (to) => {
    const harness = open()
    await harness.run('deploy')
    const { exit, stderr } = await harness.run('rollback', [`--to=${to}`])
    expect([exit, stderr]).toEqual([2, expect.stringContaining(`there is no finished deployment #${to}`)])
    expect(stderr).toContain('finished ones: #1')
  })

  it('says what it leaves alone, because it was not deployed by then', async () => {
    const harness = open()
    await harness.run('sync-workspace')
    await harness.run('build-cluster')
    const { exit, stderr } = await harness.run('rollback', ['--to', '#1'])
    expect([exit, stderr]).toEqual([
      0,
      expect.stringContaining('no clusters had been deployed by #1: they are left as they are'),
    ])
  })
})

describe('status and history', () => {
  it('have the shapes that scripts rely on', async () => {
    const harness = open()
    await harness.run('deploy')
    const status = JSON.parse((await harness.run('status', ['-o', 'json'])).stdout) as { result: object }
    expect(status.result).toMatchObject({
      host: 'http://workspace.test',
      project: 'sample',
      target: 'dev',
      clusters: [{ key: 'Main', state: 'RUNNING', libraries: '1 INSTALLED', pending: 'as declared' }],
      files: { root: '/Shared/Sample', unchanged: 2, pending: 0 },
      changes: 0,
      last: { number: 1, status: 'done', command: 'deploy', failure: null },
      lock: null,
    })
    const history = JSON.parse((await harness.run('history', ['-o', 'json'])).stdout) as { result: object }
    expect(history.result).toMatchObject({ target: 'dev', deployments: [{ number: 1, status: 'done' }] })
  })

  it('before anything was deployed', async () => {
    const harness = open()
    expect((await harness.run('history')).stdout).toBe('nothing was deployed to dev yet\n')
    expect((await harness.run('status')).stdout).toContain('last deployment: none')
    expect(await written(harness)).toBe(0)
  })
})

describe('a target that another run holds', () => {
  it('is waited for, as long as asked', async () => {
    const harness = open()
    await hold(harness)
    const short = await harness.run('deploy', ['--lock-timeout', '60'])
    expect(short.exit).toBe(6)
    const long = await harness.run('deploy', ['--lock-timeout', '600'])
    expect(long.exit).toBe(0)
    expect(long.stderr).toContain('waiting: dev is busy: deployment #1 by grace')
  })

  it('needs no waiting when there is nothing to write', async () => {
    const harness = open()
    await harness.run('deploy')
    await hold(harness, 2)
    expect((await harness.run('plan')).stderr).toContain('dev is busy')
  })

  it('is freed by unlock, with force while its run is alive', async () => {
    const harness = open()
    expect((await harness.run('unlock')).stdout).toBe('dev is not locked\n')
    await hold(harness)
    expect((await harness.run('unlock')).exit).toBe(6)
    const { exit, stdout } = await harness.run('unlock', ['--force'])
    expect([exit, stdout.includes('the lock of deployment #1 by grace is ended')]).toEqual([0, true])
    expect((await harness.run('deploy')).exit).toBe(0)
  })
})
