import { describe, expect, it } from 'vitest'
import type { Ran } from '../support/harness.ts'
import { virtualClock } from '../support/harness.ts'
import { ada, withPeople } from './approve-stage.ts'
import { play, released, type Play } from './promote-stage.ts'

const toProduction = ['--to', 'production']

/** The registry's clock is the machine's. */
const clock = () => virtualClock(Date.now() + 60_000)

const promote = async ({ run }: Play): Promise<Ran> => await run('promote', toProduction, { clock: clock() })

const back = async ({ run }: Play, ...args: string[]): Promise<Ran> =>
  await run('rollback-model', ['--model', 'prices', ...args], { clock: clock() })

const outcomes = async ({ history }: Play): Promise<string[]> =>
  (await history()).map(({ status, action, place, version }) => `${status} ${action} ${version} ${place}`)

/** Version 1 serves; version 2 may go, and who promotes may not move it: a person approves the request in the registry's pages. */
const approvedByHand = async (): Promise<Play> => {
  const scene = await play()
  await released(scene)
  const path = '/api/2.0/mlflow/databricks/model-versions/transition-stage'
  await scene.harness.control('faults', { path, status: 403, times: 1 })
  expect((await promote(scene)).exit).toBe(9)
  await scene.stage.registry.requests?.approve(scene.stage.name, '2', 'production', true, 'fine')
  expect(await scene.places()).toEqual({ staging: [], production: ['2'] })
  return scene
}

describe('a version that somebody has moved while it waited', () => {
  it('is recorded as done once the policy lets it through, and rollback knows it', async () => {
    const scene = await approvedByHand()
    const plan = await scene.run('promote', [...toProduction, '--plan'], { clock: clock() })
    expect([plan.exit, plan.stdout]).toEqual([0, expect.stringContaining('outside of Brickrail (#4')])
    const ran = await promote(scene)
    expect([ran.exit, ran.stdout]).toEqual([0, expect.stringContaining('recorded as #5')])
    expect((await scene.history())[0]).toMatchObject({
      number: 5,
      status: 'done',
      version: '2',
      from: ['1'],
      reason: 'brought there outside of Brickrail, after #4; the policy lets it through',
    })
    const again = await promote(scene)
    expect([again.exit, again.stdout]).toEqual([0, expect.stringContaining('nothing changed')])
    expect(await scene.history()).toHaveLength(5)
    expect((await back(scene)).exit).toBe(0)
    expect((await scene.places()).production).toEqual(['1'])
    expect((await back(scene, '--version', '2')).exit).toBe(0)
  })

  it('was there since the registry says so', async () => {
    const scene = await approvedByHand()
    const { updatedAt } = (await scene.stage.registry.version('prices', '2')) ?? {}
    await promote(scene)
    const at = new Date(Number(updatedAt)).toISOString()
    const told = await scene.run('history', ['--model', 'prices', '--at', at])
    expect(told.stdout).toMatch(/production: version 2, since .* \(#5\)/)
  })

  it('is there against the policy when it should not have passed', async () => {
    const scene = await approvedByHand()
    await scene.stage.evaluate('2', 0.1, '1')
    const refused = await promote(scene)
    expect([refused.exit, refused.stderr]).toEqual([
      8,
      expect.stringMatching(
        /outside of Brickrail and against the policy: failed: metrics\.r2\.min[\s\S]*rollback-model --model prices/,
      ),
    ])
    expect((await promote(scene)).exit).toBe(8)
    expect((await outcomes(scene)).slice(0, 2)).toEqual([
      'refused promote 2 production',
      'waiting promote 2 production',
    ])
    expect((await back(scene)).exit).toBe(0)
    expect((await scene.places()).production).toEqual(['1'])
    const round = await back(scene, '--version', '2')
    expect([round.exit, round.stderr]).toEqual([2, expect.stringContaining('was never in production')])
  })
})

it('a version that was refused, and moved by hand all the same, is reported until it is taken out', async () => {
  const scene = await play()
  await released(scene)
  await scene.stage.evaluate('2', 0.1, '1')
  expect((await promote(scene)).exit).toBe(8)
  await scene.stage.registry.transition?.('prices', '2', 'Production', true)
  expect(await promote(scene)).toMatchObject({ exit: 8, stderr: expect.stringMatching(/against the policy/) })
  expect(await promote(scene)).toMatchObject({ exit: 8 })
  await back(scene)
  expect(await scene.places()).toMatchObject({ production: ['1'] })
})

it('what the ledger never heard of is left alone', async () => {
  const scene = await play()
  await scene.stage.version(0.9)
  await scene.stage.registry.transition?.('prices', '1', 'Production', true)
  expect(await promote(scene)).toMatchObject({
    exit: 0,
    stdout: expect.stringMatching(/nothing changed, nothing touched/),
  })
})

it('approvals that the policy asks for can be given afterwards', async () => {
  const { as, stage } = await withPeople('workspace', 'transition_request')
  await stage.version(0.9)
  const args = ['--to', 'staging', '--version', '1']
  expect((await as('admin', 'promote', args)).exit).toBe(9)
  await stage.registry.requests?.approve(stage.name, '1', 'staging', true, 'fine')
  const refused = await as('admin', 'promote', args)
  expect([refused.exit, refused.stderr]).toEqual([
    8,
    expect.stringMatching(
      /waiting: approvals[\s\S]*brickrail approve --model prices --to staging --version 1/,
    ),
  ])
  const approved = await as(ada, 'approve', args)
  expect([approved.exit, approved.stderr]).toEqual([0, expect.anything()])
  const settled = await as('admin', 'promote', args)
  expect([settled.exit, settled.stdout]).toEqual([0, expect.stringMatching(/recorded as #3/)])
})
