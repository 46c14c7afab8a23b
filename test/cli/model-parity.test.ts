import { afterAll, beforeAll, expect, it } from 'vitest'
import { inputs, outputs } from '../gate/sample.ts'
import { signersFor } from './approve-stage.ts'
import { measured, parity, type Parity, type Told } from './parity-stage.ts'

const kinds = ['workspace', 'unity-catalog', 'mlflow'] as const

const ada = 'ada@example.com'
const keys = signersFor({ [ada]: ada })
afterAll(keys.remove)

const signers = 'pipelines/approvals/allowed_signers'
const approvals = `approvals: { production: { required: 1, from: [${ada}], distinct_from: [training_run_user], sources: [signed_file], signers: ${signers} } }`
const freeze = "freeze: [{ cron: '0 0 * * *', hours: 24, except: rollback }]"
const another = { inputs: inputs.replace('"double"', '"string"'), outputs }

const promote = async (scene: Parity, to: string, ...args: string[]): Promise<Told> =>
  await scene.tell('promote', '--to', to, ...args)

/** A candidate that the evidence speaks against. */
const bad = (over: Parameters<Parity['candidate']>[1]) => async (scene: Parity) => {
  await scene.candidate('1', over)
  return await promote(scene, 'staging')
}

const ended = (status: string) => async (scene: Parity) => {
  await scene.harness.control('outcomes', { model: '*', status })
  await scene.candidate('1')
  return await promote(scene, 'staging', '--timeout', '30')
}

const approve = async (scene: Parity): Promise<Told> => {
  scene.harness.write(signers, keys.text)
  return await scene.tell('approve', '--to', 'production', '--version', '9', '--sign', keys.key(ada))
}

type Act = [
  name: string,
  act: (scene: Parity) => Promise<Told>,
  /** Exit code and why: the failed checks, or the code of the failure. */
  exit: number,
  why: string | undefined,
  /** staging | production, afterwards */
  holders: string,
]

/** One after the other, in one workspace: what is refused changes nothing, so version 1 serves on. */
const story: Act[] = [
  [
    'a first version goes to staging',
    async (scene) => {
      await scene.candidate()
      return await promote(scene, 'staging')
    },
    0,
    'passed',
    '1|',
  ],
  [
    'a first release that is not allowed',
    async (scene) => {
      scene.ask(['on_first_release: { allow: false }'])
      return await promote(scene, 'production')
    },
    8,
    'failed: champion.first-release',
    '1|',
  ],
  [
    'a first release',
    async (scene) => {
      scene.ask([])
      return await promote(scene, 'production')
    },
    0,
    'passed',
    '|1',
  ],
  ['the same once more', async (scene) => await promote(scene, 'production'), 0, undefined, '|1'],
  ['a worse metric', bad({ evaluation: measured(0.81, '1') }), 8, 'failed: metrics.r2.relative-loss', '|1'],
  [
    'a metric that is NaN',
    bad({ evaluation: measured('NaN', '1') }),
    8,
    'failed: metrics.r2.min, metrics.r2.relative-loss',
    '|1',
  ],
  ['tests that are missing', bad({ tests: [] }), 8, 'failed: tests.unit', '|1'],
  ['a signature that does not fit', bad({ signature: another }), 8, 'failed: signature.compatible', '|1'],
  [
    'a version that was never evaluated',
    async (scene) => await promote(scene, 'staging', '--version', await scene.stage.version()),
    8,
    'failed: evidence.age, tests.unit, signature.present, signature.compatible, metrics.r2.min, metrics.r2.relative-loss, data.rows',
    '|1',
  ],
  ['a registration that failed', ended('FAILED_REGISTRATION'), 4, 'VERSION_NOT_READY', '|1'],
  ['a registration that never ends', ended('PENDING_REGISTRATION'), 7, 'TIMEOUT', '|1'],
  [
    'a path that is skipped',
    async (scene) => await promote(scene, 'production', '--version', await scene.candidate('1')),
    8,
    'failed: path.staging',
    '|1',
  ],
  ['a good candidate', async (scene) => await promote(scene, 'staging'), 0, 'passed', '9|1'],
  [
    'approvals that are missing',
    async (scene) => {
      scene.ask([approvals])
      scene.harness.write(signers, keys.text)
      return await promote(scene, 'production')
    },
    9,
    'waiting: approvals',
    '9|1',
  ],
  [
    'a freeze',
    async (scene) => {
      scene.ask([approvals, freeze])
      return await promote(scene, 'production')
    },
    8,
    'failed: freeze',
    '9|1',
  ],
  ['an approval', approve, 0, 'waiting: approvals', '9|1'],
  [
    'a replacement that was approved',
    async (scene) => {
      scene.ask([approvals])
      return await promote(scene, 'production')
    },
    0,
    'passed',
    '|9',
  ],
  [
    'a rollback, in spite of approvals and a freeze',
    async (scene) => {
      scene.ask([approvals, freeze])
      return await scene.tell('rollback-model')
    },
    0,
    'passed',
    '|1',
  ],
  [
    'a champion that changed since the evaluation',
    async (scene) => {
      scene.ask([])
      await scene.candidate('1')
      await promote(scene, 'staging')
      await scene.byHand('9')
      return await promote(scene, 'production')
    },
    8,
    'failed: champion.unchanged',
    '10|9',
  ],
]

type Kind = (typeof kinds)[number]
const told = new Map<Kind, Told[]>()
const histories = new Map<Kind, object[]>()

beforeAll(async () => {
  for (const kind of kinds) {
    const scene = await parity(kind)
    const acts: Told[] = []
    for (const [, act] of story) acts.push(await act(scene))
    told.set(kind, acts)
    histories.set(kind, await scene.history())
    scene.harness.close()
  }
}, 120_000)

it.each(story.map((act, index) => [...act, index] as const))(
  '%s: the same verdict, exit code and holders on every registry',
  (_name, _act, exit, why, holders, index) => {
    const [workspace, catalog, plain] = kinds.map((kind) => told.get(kind)?.[index])
    const { staging = [], production = [] } = workspace?.holders ?? {}
    expect([workspace?.exit, workspace?.why, `${staging.join()}|${production.join()}`]).toEqual([
      exit,
      why,
      holders,
    ])
    expect(catalog).toEqual(workspace)
    expect(plain).toEqual(workspace)
  },
)

it('the records tell the same story', () => {
  const [workspace, ...others] = kinds.map((kind) => histories.get(kind))
  expect(workspace?.filter((record) => 'status' in record && record.status === 'done')).toMatchObject([
    { action: 'promote', place: 'staging', version: '10' },
    { action: 'rollback', place: 'production', version: '1', from: ['9'] },
    { action: 'promote', place: 'production', version: '9', from: ['1'], approvers: [{ user: ada }] },
    { action: 'promote', place: 'staging', version: '9' },
    { action: 'promote', place: 'production', version: '1', from: [] },
    { action: 'promote', place: 'staging', version: '1' },
  ])
  for (const other of others) expect(other).toEqual(workspace)
})

const sources: [Kind, string, RegExp][] = [
  ['unity-catalog', 'transition_request', /only the workspace registry has transition requests/],
  ['mlflow', 'transition_request', /only the workspace registry has transition requests/],
  ['workspace', 'unity_catalog_tag', /a tag of a version in Unity Catalog/],
  ['mlflow', 'unity_catalog_tag', /a tag of a version in Unity Catalog/],
]
it.each(sources)('%s has no %s, and says so', async (kind, source, why) => {
  const scene = await parity(kind)
  await scene.candidate()
  scene.ask([`approvals: { staging: { required: 1, distinct_from: [], sources: [${source}] } }`])
  const { exit, said, holders } = await promote(scene, 'staging')
  scene.harness.close()
  expect([exit, said]).toEqual([2, expect.stringMatching(why)])
  expect(holders).toEqual({ staging: [], production: [] })
})
