import { expect, it, onTestFinished } from 'vitest'
import { shown } from '../../src/cli/model/models.ts'
import type { VersionInfo } from '../../src/plan/state-registry.ts'
import { openStage, projectOf } from '../safety/model-stage.ts'
import { createHarness, type Request } from '../support/harness.ts'

const open = async (kind: 'workspace' | 'mlflow' | 'unity-catalog') => {
  const harness = createHarness(projectOf(kind))
  onTestFinished(() => harness.close())
  return { harness, stage: await openStage(kind, harness.emulator) }
}

const info = (version: number, more: Partial<VersionInfo> = {}): VersionInfo => ({
  version: String(version),
  status: 'READY',
  aliases: [],
  tags: {},
  ...more,
})

it('shows the newest versions, and those at a place however old', () => {
  const versions = [
    info(9),
    info(8, { stage: 'None' }),
    info(7, { stage: 'Archived' }),
    info(6, { stage: 'Staging' }),
    info(5, { aliases: ['other'] }),
    info(4, { aliases: ['champion'] }),
  ]
  expect(shown(versions, 2).map(({ version }) => version)).toEqual(['9', '8', '6', '4'])
})

it.each(['workspace', 'mlflow', 'unity-catalog'] as const)(
  'tells the story of versions: %s',
  async (kind) => {
    const { harness, stage } = await open(kind)
    await stage.version(0.9)
    expect((await harness.run('promote', ['--to', 'staging'])).exit).toBe(0)
    await stage.version()
    const { stdout, exit } = await harness.run('models', ['-o', 'json'])
    const { result } = JSON.parse(stdout) as { result: { models: { total: number; versions: object[] }[] } }
    expect(exit).toBe(0)
    expect(result.models).toEqual([
      expect.objectContaining({
        key: 'prices',
        total: 2,
        versions: [
          expect.objectContaining({ version: '2', measured: 'nothing', metrics: {}, places: [] }),
          expect.objectContaining({
            version: '1',
            measured: 'logged',
            metrics: { r2: 0.9 },
            places: ['staging'],
            promoted: expect.objectContaining({ place: 'staging' }) as object,
            commit: '0'.repeat(40),
          }),
        ],
      }),
    ])
    const table = (await harness.run('models')).stdout
    expect(table).toMatch(/version {2}status {2}at +r2 +measured +commit/)
    expect(table).toMatch(/1 {2}READY .* 0\.9 {2}logged .*staging 20/)
  },
)

it('names models that no policy declares, and says that one has no version yet', async () => {
  const { harness, stage } = await open('workspace')
  await stage.registry.createModel('stray')
  const { stdout } = await harness.run('models')
  expect(stdout).toMatch(/prices in the model registry of http:\/\/workspace.test: no version yet/)
  expect(stdout).toMatch(/not declared, in the model registry of .*: stray\n/)
})

it.each(['workspace', 'unity-catalog'] as const)(
  'asks no more of many versions than of few: %s',
  async (kind) => {
    const { harness, stage } = await open(kind)
    const callsOf = async (): Promise<Request[]> => {
      await harness.forget()
      expect((await harness.run('models', ['--limit', '2'])).exit).toBe(0)
      return await harness.requests()
    }
    for (let made = 0; made < 3; made += 1)
      await stage.registry.createVersion(stage.name, { source: 'dbfs:/m' })
    const few = (await callsOf()).length
    for (let made = 0; made < 20; made += 1)
      await stage.registry.createVersion(stage.name, { source: 'dbfs:/m' })
    expect((await callsOf()).length).toBe(few)
  },
)

it.each(['0', 'x'])('takes no limit %s', async (limit) => {
  const { harness } = await open('workspace')
  expect((await harness.run('models', ['--limit', limit])).exit).toBe(2)
})
