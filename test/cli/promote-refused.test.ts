import { describe, expect, it } from 'vitest'
import type { Ran } from '../support/harness.ts'
import { play, released, type Play } from './promote-stage.ts'

const toProduction = ['--to', 'production']

interface Row {
  name: string
  policy?: string[]
  prepare: (play: Play) => Promise<unknown>
  args: string[]
  exit: number
  says: RegExp
}

const failed = { model: 'prices', status: 'FAILED_REGISTRATION', messages: ['no space left'] }
const pending = { model: 'prices', status: 'PENDING_REGISTRATION' }

/** Version 1 serves, and nothing of it may change. */
const rows: Row[] = [
  {
    name: 'a worse model',
    prepare: async ({ stage }) => await stage.version(0.5, '1'),
    args: ['--to', 'staging'],
    exit: 8,
    says: /may not go to staging: failed: metrics\.r2\.min/,
  },
  {
    name: 'a path that is skipped',
    prepare: async ({ stage }) => await stage.version(0.95, '1'),
    args: [...toProduction, '--version', '3'],
    exit: 8,
    says: /never promoted to staging/,
  },
  {
    name: 'a version that is not there',
    prepare: async () => undefined,
    args: [...toProduction, '--version', '99'],
    exit: 4,
    says: /version 99 of prices is not in the model registry/,
  },
  {
    name: 'a registration that failed',
    prepare: async ({ stage, harness }) => {
      await harness.control('outcomes', failed)
      await stage.version()
    },
    args: [...toProduction, '--version', '3'],
    exit: 4,
    says: /version 3 of prices is FAILED_REGISTRATION: no space left/,
  },
  {
    name: 'a registration that never ends',
    prepare: async ({ stage, harness }) => {
      await harness.control('outcomes', pending)
      await stage.version()
    },
    args: [...toProduction, '--version', '3', '--timeout', '30'],
    exit: 7,
    says: /is PENDING_REGISTRATION: waiting[\s\S]*gave up after 30 s waiting for version 3/,
  },
  {
    name: 'evidence against another champion',
    prepare: async ({ stage }) => await stage.evaluate('2', 0.99),
    args: toProduction,
    exit: 8,
    says: /champion\.unchanged/,
  },
  {
    name: 'a champion that vanished since',
    prepare: async ({ stage }) => await stage.registry.transition?.(stage.name, '1', 'Archived', false),
    args: toProduction,
    exit: 8,
    says: /version 1 is no longer in production/,
  },
  {
    name: 'two champions, put there by hand',
    prepare: async ({ stage }) => {
      const version = await stage.version()
      await stage.registry.transition?.(stage.name, version, 'Production', false)
    },
    args: toProduction,
    exit: 8,
    says: /versions 1 and 3 are both in production/,
  },
  {
    name: 'evidence that was changed',
    prepare: async ({ stage }) =>
      await stage.registry.setVersionTag(stage.name, '2', 'brickrail_evidence', 'a'.repeat(64)),
    args: toProduction,
    exit: 8,
    says: /evidence of version 2 of prices cannot be used/,
  },
  {
    name: 'two in staging',
    prepare: async ({ stage }) => {
      const version = await stage.version(0.9, '1')
      await stage.registry.transition?.(stage.name, version, 'Staging', false)
    },
    args: toProduction,
    exit: 8,
    says: /versions 2 and 3 are both in staging/,
  },
  {
    name: 'a freeze',
    policy: ["freeze: [{ cron: '0 0 * * *', hours: 24 }]"],
    prepare: async () => undefined,
    args: toProduction,
    exit: 8,
    says: /freeze/,
  },
  {
    name: 'a version that is no number',
    prepare: async () => undefined,
    args: [...toProduction, '--version', 'latest'],
    exit: 2,
    says: /--version latest is not a number/,
  },
  ...['0', '99999999999999999999', '1 or 1=1', '../1', '２'].map((version): Row => ({
    name: `version ${version}`,
    prepare: async () => undefined,
    args: [...toProduction, `--version=${version}`],
    exit: 2,
    says: /is not a number/,
  })),
  {
    name: 'a file among the records that is none',
    prepare: async ({ stage }) =>
      await stage.client.workspace.upload({
        path: '/Shared/.brickrail/tiny/dev/models/prices/000099.json',
        format: 'RAW',
        overwrite: true,
        content: Buffer.from('{"version":1,"status":"done","promotion":{"version":"3","place":"staging"}}'),
      }),
    args: toProduction,
    exit: 4,
    says: /000099.json cannot be read: it is no promotion of that number/,
  },
  {
    name: 'a model that is not declared',
    prepare: async () => undefined,
    args: [...toProduction, '--model', 'price'],
    exit: 2,
    says: /there is no model «price»[\s\S]*prices/,
  },
]

/** A freeze would hold the preparation up as well. */
const begin = async ({ policy = [] }: Row): Promise<Play> => {
  const scene = await play('workspace')
  await released(scene)
  const file = 'pipelines/models/prices.yml'
  const { projectOf } = await import('../safety/model-stage.ts')
  scene.harness.write(file, projectOf('workspace', policy)[file] ?? '')
  return scene
}

describe('what is refused changes nothing', () => {
  it.each(rows)('$name', async (row) => {
    const scene = await begin(row)
    await row.prepare(scene)
    const stages = async () =>
      (await scene.stage.registry.versions(scene.stage.name)).map(
        ({ version, stage }) => `${version} ${stage}`,
      )
    const before = await stages()
    const ran = await scene.run('promote', row.args)
    expect([ran.exit, ran.stderr]).toEqual([row.exit, expect.stringMatching(row.says)])
    expect(ran.stderr).toMatch(/what to do: \w+/)
    expect(await stages()).toEqual(before)
  })
})

it('a refusal is kept once, however often it is asked', async () => {
  const { stage, run, history } = await play()
  await stage.version(0.5)
  for (const _ of [1, 2, 3]) expect((await run('promote', ['--to', 'staging'])).exit).toBe(8)
  expect(await history()).toMatchObject([{ number: 1, status: 'refused', reason: 'failed: metrics.r2.min' }])
})

it('--plan says that it would not be let through', async () => {
  const scene = await play()
  await released(scene)
  await scene.stage.evaluate('2', 0.1, '1')
  const ran = await scene.run('promote', [...toProduction, '--plan', '-o', 'json'])
  const told = await scene.run('promote', [...toProduction, '--plan'])
  expect([ran.exit, JSON.parse(ran.stdout)]).toMatchObject([
    0,
    { result: { models: [{ outcome: 'planned', verdict: { allows: false } }] } },
  ])
  expect(told.stdout).toMatch(/! it would not be let through: failed: metrics\.r2\.min/)
})

it('nothing was evaluated, nothing is in staging', async () => {
  const { stage, run } = await play()
  await stage.version()
  const said = async (to: string): Promise<Ran> => await run('promote', ['--to', to])
  expect(await said('staging')).toMatchObject({
    exit: 8,
    stderr: expect.stringContaining('no version was evaluated'),
  })
  expect(await said('production')).toMatchObject({
    exit: 8,
    stderr: expect.stringContaining('no version is in staging'),
  })
})

describe.each(['warn', 'off'])('mode %s', (mode) => {
  it('promotes a worse model to staging, and leaves production as it is', async () => {
    const { stage, run, places } = await play('workspace', [`mode: ${mode}`])
    await stage.version(0.5)
    expect((await run('promote', ['--to', 'staging'])).exit).toBe(0)
    const ran = await run('promote', toProduction)
    expect([ran.exit, ran.stdout]).toEqual([
      0,
      expect.stringContaining(`mode is ${mode}: production is left as it is`),
    ])
    expect(await places()).toEqual({ staging: ['1'], production: [] })
  })
})

describe('several models', () => {
  it('each has its turn, and the worst exit code wins', async () => {
    const { stage, harness, run } = await play()
    harness.write(
      'pipelines/brickrail.yml',
      'name: tiny\ntargets: { dev: { host: "${env.DATABRICKS_HOST}" } }\nmodels: { absent: models/absent.yml, prices: models/prices.yml }\n',
    )
    harness.write('pipelines/models/absent.yml', 'model: absent\nregistry: workspace\n')
    await stage.version(0.9)
    const ran = await run('promote', ['--to', 'staging'])
    expect([ran.exit, ran.stdout]).toEqual([8, expect.stringContaining('version 1 of prices is in staging')])
    expect(ran.stdout).toContain('absent: ')
    expect((await run('promote', ['--to', 'staging', '--version', '1'])).exit).toBe(2)
  })
})
