import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Ran } from '../support/harness.ts'
import { choosing, commit, openTraining, type Logged, type Training } from './evaluate-stage.ts'

/** Its task needs no code: what it leaves behind is logged by the test, as soon as it is started. */
const job = {
  name: 'train',
  tasks: [
    { task_key: 'main', condition_task: { op: 'EQUAL_TO', left: '{{job.parameters.depth}}', right: '1' } },
  ],
  parameters: [{ name: 'depth', default: '1' }],
}

interface Trainable extends Training {
  /** `train` or `retrain`, of which every start of the job leaves these runs. */
  does: (
    command: string,
    runs: readonly Logged[],
    args?: readonly string[],
  ) => Promise<Ran & { json: Answer }>
}

interface Answer {
  result?: { models: Record<string, unknown>[]; outputs: Record<string, string | number> }
  failure?: { code: string; message: string }
}

const open = async (policy: readonly string[] = []): Promise<Trainable> => {
  const training = await openTraining('workspace', [...choosing(), 'train: { job: train }', ...policy])
  const { harness, trained } = training
  const spec = readFileSync(join(harness.folder, 'pipelines/brickrail.yml'), 'utf8')
  harness.write('pipelines/brickrail.yml', `${spec}jobs: { train: jobs/train.json }\n`)
  harness.write('pipelines/jobs/train.json', JSON.stringify(job))
  expect((await harness.run('deploy')).exit).toBe(0)
  const does: Trainable['does'] = async (command, runs, args = []) => {
    const fetch: typeof globalThis.fetch = async (input, init) => {
      const answer = await harness.emulator.fetch(input, init)
      const url = input instanceof Request ? input.url : String(input)
      if (url.endsWith('/jobs/run-now')) for (const logged of runs) await trained(logged)
      return answer
    }
    const env = {
      DATABRICKS_HOST: 'http://workspace.test',
      DATABRICKS_TOKEN: harness.emulator.token,
      BRICKRAIL_TARGET: 'dev',
      HOME: harness.folder,
      GITLAB_CI: 'true',
      CI_COMMIT_SHA: commit,
    }
    const ran = await harness.run(command, [...args, '-o', 'json'], { fetch, env })
    return { ...ran, json: JSON.parse(ran.stdout) as Answer }
  }
  return { ...training, does }
}

describe('train', () => {
  it('names the candidate that has come of it', async () => {
    const { does, stage } = await open()
    const { exit, json } = await does('train', [{}, { metrics: { rmse: 0.5 } }], ['--param', 'depth=2'])
    expect([exit, json.result?.outputs]).toEqual([0, { model_prices_version: '1' }])
    const versions = await stage.registry.versions(stage.name)
    expect(versions.map(({ runId }) => runId)).toEqual([json.result?.models[0]?.['mlflow_run']])
  })

  it('may find that an older run is better', async () => {
    const { does, trained } = await open()
    const best = await trained({ metrics: { rmse: 0.1 } })
    const { exit, json } = await does('train', [{ metrics: { rmse: 1 } }])
    expect([exit, json.result?.models[0]?.['mlflow_run']]).toEqual([0, best])
  })

  const rows: [string, Logged[], string[], number, RegExp][] = [
    ['has left no run', [], [], 8, /has left no run in \/Shared\/prices that fits/],
    ['has left runs of another commit', [{ tags: {} }], [], 8, /has left no run/],
    [
      'has left runs that are none',
      [{ metrics: { rmse: 'NaN' } }],
      [],
      8,
      /none of its runs can be a candidate: .*NaN/,
    ],
    ['does not know a parameter', [{}], ['--param', 'dept=2'], 2, /has no parameter «dept»/],
  ]
  it.each(rows)('%s', async (_name, runs, args, exit, message) => {
    const { does, trained } = await open()
    // An older candidate does not make this training a success.
    await trained()
    const ran = await does('train', runs, args)
    expect([ran.exit, ran.json.failure?.message]).toEqual([exit, expect.stringMatching(message)])
  })

  it('needs the commit that its policy asks for', async () => {
    const { asks, harness } = await open()
    const file = 'pipelines/models/prices.yml'
    const policy = readFileSync(join(harness.folder, file), 'utf8')
    const sha = 'train: { job: train, parameters: { depth: "${git.sha}" } }'
    harness.write(file, policy.replace('train: { job: train }', sha))
    const train = await asks('train')
    harness.write(file, policy.replace(commit, '${git.sha}'))
    for (const { exit, data } of [train, await asks('train'), await asks('evaluate')])
      expect([exit, data.failure?.message]).toEqual([2, expect.stringMatching(/there is no commit here/)])
    expect((await harness.requests()).filter(({ path }) => path.endsWith('/run-now'))).toEqual([])
  })

  it('says of a model that it is trained elsewhere', async () => {
    const { asks } = await openTraining('workspace', choosing())
    expect((await asks('train')).exit).toBe(0)
    expect((await asks('train', ['--model', 'prices'])).data.failure?.code).toBe('USAGE')
  })
})

describe('retrain', () => {
  it('does nothing that no policy asks for', async () => {
    const { does } = await open()
    const { exit, stdout } = await does('retrain', [])
    expect([exit, stdout]).toEqual([0, expect.stringContaining('"retrained": 0')])
  })

  it('trains where there is no champion, and leaves the one that is young and good', async () => {
    const { does, stage } = await open(['retrain: { max_age_days: 45 }'])
    const first = await does('retrain', [{}])
    expect([first.exit, first.json.result?.models[0]]).toMatchObject([
      0,
      { reasons: ['there is no champion'], retrained: true, version: '1', outcome: 'promoted' },
    ])
    expect((await stage.registry.version(stage.name, '1'))?.stage).toBe('Staging')
    expect((await does('promote', [], ['--to', 'production'])).exit).toBe(0)
    const second = await does('retrain', [{}])
    expect([second.exit, second.json.result?.models[0]]).toMatchObject([0, { reasons: [], retrained: false }])
  })

  it('trains again when the champion is too old, and promotes nothing that is refused', async () => {
    const { does, stage, harness } = await open(['retrain: { max_age_days: 45 }'])
    await does('retrain', [{}])
    await does('promote', [], ['--to', 'production'])
    harness.clock.advance(46 * 86_400_000)
    const worse = await does('retrain', [{ metrics: { rmse: 0.1, r2: 0.2 } }])
    expect([worse.exit, worse.json.failure?.code]).toEqual([8, 'GATE_REFUSED'])
    expect((await stage.registry.places(stage.name)).holders).toEqual({ staging: [], production: ['1'] })
    const better = await does('retrain', [{ metrics: { rmse: 0.05, r2: 0.99 } }])
    expect(better.json.result?.models[0]).toMatchObject({
      reasons: [expect.stringMatching(/is 4\d days old/)],
    })
    expect((await stage.registry.places(stage.name)).holders).toEqual({ staging: ['3'], production: ['1'] })
  })

  it('is about what it has trained, though what the champion once logged looks better', async () => {
    const { does, stage, harness } = await open(['retrain: { max_age_days: 45 }'])
    await does('retrain', [{ metrics: { rmse: 0.1, r2: 0.99 } }])
    await does('promote', [], ['--to', 'production'])
    harness.clock.advance(46 * 86_400_000)
    const { json } = await does('retrain', [{ metrics: { rmse: 0.2, r2: 0.9 } }])
    expect(json.result?.models[0]).toMatchObject({ version: '2', outcome: 'promoted' })
    expect((await stage.registry.places(stage.name)).holders).toEqual({ staging: ['2'], production: ['1'] })
  })
})
