import { describe, expect, it } from 'vitest'
import { approvingWords } from '../../src/cli/model/approvals-rule.ts'
import { virtualClock, writes } from '../support/harness.ts'
import { play, released } from './promote-stage.ts'

const toProduction = ['--to', 'production']

describe.each(['workspace', 'unity-catalog', 'mlflow'] as const)('%s', (kind) => {
  it('brings a version to staging and to production, and once more has nothing to do', async () => {
    const scene = await play(kind)
    const { run, history, places, harness } = scene
    await released(scene)
    expect(await places()).toEqual({ staging: ['2'], production: ['1'] })
    expect((await run('promote', toProduction)).exit).toBe(0)
    expect(await places()).toEqual({ staging: [], production: ['2'] })
    expect(
      (await history()).map(({ status, place, version, from }) => [status, place, version, from]),
    ).toEqual([
      ['done', 'production', '2', ['1']],
      ['done', 'staging', '2', []],
      ['done', 'production', '1', []],
      ['done', 'staging', '1', []],
    ])
    await harness.forget()
    const again = await run('promote', toProduction)
    expect([again.exit, again.stdout]).toEqual([
      0,
      expect.stringContaining('nothing changed, nothing touched'),
    ])
    expect(writes(await harness.requests())).toEqual([])
  })

  it('--plan reads only, and says what would be done', async () => {
    const scene = await play(kind)
    await released(scene)
    await scene.harness.forget()
    const ran = await scene.run('promote', [...toProduction, '--plan', '-o', 'json'])
    const { result } = JSON.parse(ran.stdout) as { result: { models: { outcome: string; plan: object }[] } }
    expect(ran.exit).toBe(0)
    expect(result.models).toMatchObject([
      { outcome: 'planned', version: '2', plan: { from: ['1'], place: 'production' } },
    ])
    expect(writes(await scene.harness.requests())).toEqual([])
    expect(await scene.places()).toEqual({ staging: ['2'], production: ['1'] })
  })

  it('a model of another project is left alone', async () => {
    const { stage, run, places } = await play(kind)
    await stage.version(0.9)
    await stage.registry.setModelTag?.(stage.name, 'brickrail_project', 'another')
    const ran = await run('promote', ['--to', 'staging'])
    expect([ran.exit, ran.stderr]).toEqual([4, expect.stringContaining('belongs to project another')])
    expect(ran.stderr).toContain('brickrail_project=tiny')
    expect(await places()).toEqual({ staging: [], production: [] })
  })

  it('marks the model as this project’s', async () => {
    const { stage, done } = await play(kind)
    await stage.version(0.9)
    await done('promote', '--to', 'staging')
    expect((await stage.registry.model(stage.name))?.tags).toMatchObject({
      brickrail_project: 'tiny',
      brickrail_target: 'dev',
    })
  })
})

it('the version that was replaced goes to Archived; without archive, to None', async () => {
  const stages = async (policy: string[]) => {
    const scene = await play('workspace', policy)
    await released(scene)
    await scene.done('promote', ...toProduction)
    return (await scene.stage.registry.versions(scene.stage.name)).map(
      ({ version, stage }) => `${version} ${stage}`,
    )
  }
  expect(await stages([])).toEqual(['2 Production', '1 Archived'])
  expect(await stages(['archive: false'])).toEqual(['2 Production', '1 None'])
})

it('empty inputs of a CI job count as not given', async () => {
  const { stage, run } = await play()
  await stage.version(0.9)
  expect((await run('promote', ['--to', 'staging', '--model', '', '--version=', '--comment', ''])).exit).toBe(
    0,
  )
})

describe('approvals', () => {
  const policy = [
    'approvals: { production: { required: 1, distinct_from: [], sources: [transition_request] } }',
  ]

  it('waits, files a request once, and goes on when another user has approved', async () => {
    const scene = await play('workspace', policy)
    const { stage, harness, run, done, history } = scene
    const version = await stage.version()
    const digest = await stage.evaluate(version, 0.9)
    await done('promote', '--to', 'staging')
    const waiting = await run('promote', toProduction)
    expect([waiting.exit, waiting.stderr]).toEqual([9, expect.stringContaining('waits for 1 approval')])
    expect((await run('promote', toProduction)).exit).toBe(9)
    expect((await history()).map(({ status }) => status)).toEqual(['waiting', 'done'])
    await harness.control('principals', { user: 'grace@example.com', token: 'of-grace', groups: ['admins'] })
    const headers = { authorization: 'Bearer of-grace', 'content-type': 'application/json' }
    const body = JSON.stringify({
      name: stage.name,
      version,
      stage: 'Production',
      comment: approvingWords(digest),
    })
    const url = 'http://workspace.test/api/2.0/mlflow/transition-requests/create'
    expect((await harness.emulator.fetch(url, { method: 'POST', headers, body })).status).toBe(200)
    // The request has the server's time: to a clock that is behind it, it is still to come.
    const ran = await run('promote', toProduction, { clock: virtualClock(Date.now() + 60_000) })
    expect([ran.exit, ran.stderr]).toEqual([0, expect.stringContaining('the transition request of')])
    expect((await history())[0]).toMatchObject({
      status: 'done',
      approvers: [{ user: 'grace@example.com', source: 'transition_request' }],
    })
    expect(await stage.registry.requests?.list(stage.name, version)).toEqual([])
  })

  it('who may not move a version has a request filed, which is no approval', async () => {
    const scene = await play()
    const { stage, harness, run, history, places } = scene
    await released(scene)
    const fault = {
      path: '/api/2.0/mlflow/databricks/model-versions/transition-stage',
      status: 403,
      times: 1,
    }
    await harness.control('faults', fault)
    const ran = await run('promote', toProduction)
    expect([ran.exit, ran.stderr]).toEqual([9, expect.stringContaining('a transition request is filed')])
    expect(await places()).toEqual({ staging: ['2'], production: ['1'] })
    const [request] = (await stage.registry.requests?.list(stage.name, '2')) ?? []
    const digest = (await stage.registry.version(stage.name, '2'))?.tags['brickrail_evidence'] ?? ''
    expect(request?.comment).toContain(digest.slice(0, 12))
    expect(request?.comment).not.toContain(digest)
    expect((await history())[0]).toMatchObject({ status: 'waiting', version: '2' })
  })

  it('where there are no requests, it says who lacks what', async () => {
    const scene = await play('unity-catalog')
    await released(scene)
    const path = '/api/2.0/mlflow/unity-catalog/registered-models/alias'
    await scene.harness.control('faults', { method: 'POST', path, status: 403, times: 1 })
    const ran = await scene.run('promote', toProduction)
    expect([ran.exit, ran.stderr]).toEqual([5, expect.stringMatching(/may not POST .*alias/)])
    expect((await scene.history())[0]).toMatchObject({ status: 'failed' })
    expect((await scene.run('promote', toProduction)).exit).toBe(0)
  })
})
