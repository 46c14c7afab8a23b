import { describe, expect, it } from 'vitest'
import { productionStack } from '../../src/cli/model/rollback-model.ts'
import type { PromotionRecord } from '../../src/ledger/promotion.ts'
import { play, released, type Play } from './promote-stage.ts'
import { recordOf } from './promotion-record.ts'

/** Three versions, each in production for a while. */
const threeReleases = async (scene: Play): Promise<void> => {
  await released(scene)
  await scene.done('promote', '--to', 'production')
  await scene.stage.version(0.97, '2')
  await scene.done('promote', '--to', 'staging')
  await scene.done('promote', '--to', 'production')
}

const back = async ({ run, places }: Play, ...args: string[]) => {
  const { exit, stderr } = await run('rollback-model', ['--model', 'prices', ...args])
  return { exit, stderr, production: (await places()).production.join(',') }
}

describe.each(['workspace', 'unity-catalog', 'mlflow'] as const)('%s', (kind) => {
  it('goes back one version at a time, and no further than the first', async () => {
    const scene = await play(kind)
    await threeReleases(scene)
    expect(await back(scene)).toMatchObject({ exit: 0, production: '2' })
    expect(await back(scene)).toMatchObject({ exit: 0, production: '1' })
    expect(await back(scene)).toMatchObject({
      exit: 2,
      production: '1',
      stderr: expect.stringContaining('there is no earlier version of'),
    })
    expect((await scene.history()).slice(0, 2)).toMatchObject([
      { status: 'done', action: 'rollback', version: '1', from: ['2'] },
      { status: 'done', action: 'rollback', version: '2', from: ['3'] },
    ])
  })
})

describe('rollback-model', () => {
  it('restores the archived version and archives the other', async () => {
    const scene = await play()
    await threeReleases(scene)
    expect(await back(scene, '--version', '1')).toMatchObject({ exit: 0, production: '1' })
    const versions = await scene.stage.registry.versions(scene.stage.name)
    expect(versions.map(({ version, stage }) => `${version} ${stage}`)).toEqual([
      '3 Archived',
      '2 Archived',
      '1 Production',
    ])
    expect(await back(scene, '--version', '1')).toMatchObject({ exit: 0, production: '1' })
  })

  it('is no way around the gate', async () => {
    const scene = await play()
    await released(scene)
    expect(await back(scene, '--version', '2')).toMatchObject({
      exit: 2,
      production: '1',
      stderr: expect.stringContaining('version 2 was never in production; versions that were: 1'),
    })
  })

  it('goes further back where a version was deleted', async () => {
    const scene = await play()
    await threeReleases(scene)
    await scene.stage.client.mlflow.registry.transitionStage({
      name: 'prices',
      version: '2',
      stage: 'Archived',
      archive_existing_versions: false,
    })
    await scene.stage.client.mlflow.registry.deleteVersion({ name: 'prices', version: '2' })
    const went = await back(scene)
    expect(went).toMatchObject({ exit: 0, production: '1' })
    expect(went.stderr).toContain('version 2 of prices was deleted: going back further')
  })

  it('takes away a second version that somebody has put there', async () => {
    const scene = await play()
    await threeReleases(scene)
    await scene.stage.registry.transition?.('prices', '2', 'Production', false)
    const went = await back(scene, '--version', '2')
    expect(went).toMatchObject({ exit: 0, production: '2' })
    expect(went.stderr).toContain(
      'versions 2 and 3 are both in production, put there by hand: this leaves one',
    )
  })

  it('asks which one stays where somebody has put a second one beside the first', async () => {
    const scene = await play()
    await released(scene)
    await scene.stage.registry.transition?.('prices', '2', 'Production', false)
    const asked = await back(scene)
    expect(asked).toMatchObject({
      exit: 2,
      stderr: expect.stringMatching(/versions 1 and 2 are both there: --version names the one that stays/),
    })
    expect(await back(scene, '--version', '1')).toMatchObject({ exit: 0, production: '1' })
  })

  it('tells a version that was left from one that was never promoted', async () => {
    const scene = await play()
    await released(scene)
    await scene.done('promote', '--to', 'production')
    expect(await back(scene)).toMatchObject({ exit: 0, production: '1' })
    const { exit, stderr } = await back(scene)
    expect(exit).toBe(2)
    expect(stderr).toContain('version 2 was there, and was left since: --version names the one to take')
    expect(stderr).not.toContain('not by a promotion')
  })

  it('a freeze and worse numbers do not hold it up; a lost bundle neither', async () => {
    const scene = await play()
    await threeReleases(scene)
    await scene.stage.evaluate('2', 0.1)
    await scene.stage.registry.setVersionTag('prices', '2', 'brickrail_evidence', 'b'.repeat(64))
    const file = 'pipelines/models/prices.yml'
    const freeze = "freeze: [{ cron: '0 0 * * *', hours: 24 }]\n"
    scene.harness.write(
      file,
      `model: prices\nregistry: workspace\nchecks: { metrics: [{ name: r2, min: 0.8 }] }\n${freeze}`,
    )
    expect(await back(scene)).toMatchObject({ exit: 0, production: '2' })
  })

  it('nothing was ever promoted', async () => {
    const scene = await play()
    await scene.stage.version(0.9)
    expect(await back(scene)).toMatchObject({ exit: 2, production: '' })
  })
})

const rows: [string, string[], string[]][] = [
  ['nothing', [], []],
  ['promotions', ['promote 1', 'promote 2'], ['1', '2']],
  ['one goes back', ['promote 1', 'promote 2', 'rollback 1'], ['1']],
  ['and another comes', ['promote 1', 'promote 2', 'rollback 1', 'promote 3'], ['1', '3']],
  ['the same once more', ['promote 1', 'promote 2', 'promote 1'], ['2', '1']],
  ['back to one that was put there by hand', ['promote 2', 'rollback 1'], ['2', '1']],
]
it.each(rows)('the versions of production after %s', (_name, told, stack) => {
  const records = told.map((text, index): PromotionRecord => {
    const [action, version = ''] = text.split(' ')
    return recordOf(index + 1, { action: action === 'rollback' ? 'rollback' : 'promote', version })
  })
  const others = [
    recordOf(90, { version: '8', place: 'staging' }),
    { ...recordOf(91, { version: '9' }), status: 'refused' as const },
  ]
  expect(productionStack([...others, ...records.toReversed()])).toEqual(stack)
})
