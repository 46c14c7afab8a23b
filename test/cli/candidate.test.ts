import { describe, expect, it } from 'vitest'
import { chooseRun } from '../../src/cli/model/candidate-order.ts'
import type { CandidateRule } from '../../src/plan/state-policy.ts'
import type { MetricValue, MlflowRun, RunInfo } from '../../src/wire/tracking.ts'
import { choosing, openTraining } from './evaluate-stage.ts'

type Metrics = Record<string, MetricValue>

const run = (run_id: string, metrics: Metrics, info: Partial<RunInfo> = {}): MlflowRun => ({
  info: {
    run_id,
    run_uuid: run_id,
    experiment_id: '1',
    status: 'FINISHED',
    lifecycle_stage: 'active',
    start_time: 0,
    ...info,
  },
  data: { metrics: Object.entries(metrics).map(([key, value]) => ({ key, value, timestamp: 0 })) },
})

const rule = (over: Partial<CandidateRule> = {}): CandidateRule => ({
  order: [
    { metric: 'rmse', direction: 'min' },
    { metric: 'r2', direction: 'max' },
  ],
  tieBreak: 'newest',
  ...over,
})

const good: Metrics = { rmse: 2, r2: 0.9 }

describe('the best run', () => {
  const rows: [string, MlflowRun[], Partial<CandidateRule>, best: string[], left: string[]][] = [
    ['smaller where min', [run('a', { rmse: 3, r2: 1 }), run('b', good)], {}, ['b'], []],
    ['greater where max', [run('a', good), run('b', { rmse: 2, r2: 0.95 })], {}, ['b'], []],
    ['below zero', [run('a', { rmse: 0, r2: -2 }), run('b', { rmse: 0, r2: -1 })], {}, ['b'], []],
    [
      'by text as by number',
      [run('a', { rmse: '10', r2: 1 }), run('b', { rmse: '9', r2: 1 })],
      {},
      ['b'],
      [],
    ],
    [
      'the newest of two',
      [run('a', good, { start_time: 2 }), run('b', good, { start_time: 1 })],
      {},
      ['a'],
      [],
    ],
    [
      'the oldest of two',
      [run('a', good, { start_time: 2 }), run('b', good, { start_time: 1 })],
      { tieBreak: 'oldest' },
      ['b'],
      [],
    ],
    ['always the same of one moment', [run('b', good), run('a', good)], {}, ['b'], []],
    ['both where ties are refused', [run('b', good), run('a', good)], { tieBreak: 'refuse' }, ['a', 'b'], []],
    [
      'one where another is worse',
      [run('b', good), run('a', { rmse: 3, r2: 1 })],
      { tieBreak: 'refuse' },
      ['b'],
      [],
    ],
    ['without any order', [run('a', {}, { start_time: 1 }), run('b', {})], { order: [] }, ['a'], []],
    ['none of none', [], {}, [], []],
    ['no metric', [run('a', { rmse: 1 }), run('b', good)], {}, ['b'], ['a: has no metric r2']],
    ['NaN', [run('a', { rmse: 'NaN', r2: 1 }), run('b', good)], {}, ['b'], ['a: its rmse is NaN']],
    [
      'infinite',
      [run('a', { rmse: '-Infinity', r2: 1 }), run('b', good)],
      {},
      ['b'],
      ['a: its rmse is infinite'],
    ],
    [
      'infinite as a database holds it',
      [run('a', { rmse: 1, r2: Number.MAX_VALUE }), run('b', good)],
      {},
      ['b'],
      ['a: its r2 is infinite'],
    ],
    ['still running', [run('a', { rmse: 0, r2: 1 }, { status: 'RUNNING' })], {}, [], ['a: it is RUNNING']],
    [
      'failed',
      [run('a', { rmse: 0, r2: 1 }, { status: 'FAILED' }), run('b', good)],
      {},
      ['b'],
      ['a: it is FAILED'],
    ],
    ['deleted', [run('a', good, { lifecycle_stage: 'deleted' })], {}, [], ['a: it is deleted']],
  ]
  it.each(rows)('%s', (_name, runs, over, best, left) => {
    const found = chooseRun(runs, rule(over))
    expect(found.best.map(({ info }) => info.run_id)).toEqual(best)
    expect(found.left.map(({ run: one, why }) => `${one.info.run_id}: ${why}`)).toEqual(left)
  })
})

describe.each(['workspace', 'mlflow'] as const)('a candidate of runs, %s', (kind) => {
  it('is registered once, also when the answer is lost', async () => {
    const { trained, asks, stage, harness } = await openTraining(kind, choosing())
    await trained({ metrics: { rmse: 3 } })
    const best = await trained({ metrics: { rmse: 2 }, name: 'best' })
    await trained({ metrics: { rmse: 'NaN' }, name: 'odd' })
    await trained({ metrics: { rmse: 0 }, tags: { commit: 'other' } })
    await harness.control('faults', {
      method: 'POST',
      path: `${kind === 'mlflow' ? '/mlflow' : ''}/api/2.0/mlflow/model-versions/create`,
      drop: 'after',
      times: 1,
    })
    const first = await asks('evaluate')
    expect(first.data.warnings.map(({ message }) => message).join()).toMatch(/\(odd\): its rmse is NaN/)
    await asks('evaluate')
    const versions = await stage.registry.versions(stage.name)
    expect(versions.map(({ version, runId }) => [version, runId])).toEqual([['1', best]])
  })

  it.skipIf(kind === 'mlflow')('that is archived is said', async () => {
    const { trained, asks, stage } = await openTraining(kind, choosing())
    await trained({})
    expect((await asks('evaluate')).data.warnings).toEqual([])
    await stage.registry.transition?.(stage.name, '1', 'Archived', false)
    const { data } = await asks('evaluate')
    expect(data.warnings.map(({ message }) => message)).toEqual([
      expect.stringMatching(/version 1, is archived/),
    ])
  })

  it('of a new model makes the model', async () => {
    const { trained, asks, stage, mlflow } = await openTraining(kind, choosing())
    await mlflow.registry.deleteModel({ name: stage.name })
    await trained({})
    expect((await asks('evaluate')).data.result?.outputs['model_prices_version']).toBe('1')
  })
})

describe('no candidate', () => {
  const rows: [
    string,
    (open: Awaited<ReturnType<typeof openTraining>>) => Promise<unknown>,
    string,
    RegExp,
  ][] = [
    ['no experiment', async () => undefined, 'NO_CANDIDATE', /there is no experiment \/Shared\/prices/],
    [
      'no run of the commit',
      ({ trained }) => trained({ tags: {} }),
      'NO_CANDIDATE',
      /has no run that fits tags.commit/,
    ],
    [
      'only runs that go on, or without a number',
      async ({ trained }) => {
        await trained({ status: 'RUNNING' })
        await trained({ metrics: {} })
      },
      'NO_CANDIDATE',
      /no run of \/Shared\/prices has what it takes: .*(it is RUNNING|has no metric rmse).*;/,
    ],
    [
      'no model in the run',
      ({ trained }) => trained({ files: {} }),
      'NO_CANDIDATE',
      /has logged no model «model»/,
    ],
  ]
  it.each(rows)('%s', async (_name, prepare, code, message) => {
    const open = await openTraining('workspace', choosing())
    await prepare(open)
    const { data, exit } = await open.asks('evaluate')
    expect([exit, data.failure?.code, data.failure?.message]).toEqual([
      8,
      code,
      expect.stringMatching(message),
    ])
  })

  it('two that are tied', async () => {
    const { trained, asks } = await openTraining('workspace', choosing(', tie_break: refuse'))
    const both = [await trained({}), await trained({})]
    const { data, exit } = await asks('evaluate')
    expect([exit, data.failure?.code]).toEqual([8, 'CANDIDATES_TIED'])
    for (const id of both) expect(data.failure?.message).toContain(id)
  })

  it('in Unity Catalog has to be registered by its training', async () => {
    const { trained, asks } = await openTraining('unity-catalog', choosing())
    await trained({})
    const { data } = await asks('evaluate')
    expect(data.failure?.hint).toContain('registered_model_name="main.models.prices"')
  })
})

describe('a candidate without runs', () => {
  it('is the newest version that nobody uses', async () => {
    const { asks, stage } = await openTraining('workspace', [])
    expect((await asks('evaluate')).data.failure?.message).toMatch(/has no version of it/)
    for (let number = 1; number <= 4; number += 1) await stage.version()
    await stage.registry.transition?.(stage.name, '4', 'Archived', false)
    await stage.registry.transition?.(stage.name, '3', 'Production', false)
    expect((await asks('evaluate')).data.result?.outputs['model_prices_version']).toBe('2')
    for (const version of ['1', '2'])
      await stage.registry.transition?.(stage.name, version, 'Archived', false)
    expect((await asks('evaluate')).data.failure?.message).toMatch(/every version is at a place already/)
  })

  it('that is named has to be there, and READY', async () => {
    const { asks, stage, harness } = await openTraining('workspace', [])
    await stage.version()
    const named = async (version: string) =>
      (await asks('evaluate', ['--version', version])).data.failure?.code
    expect(await named('7')).toBe('MODEL_NOT_FOUND')
    expect(await named('newest')).toBe('USAGE')
    await harness.control('outcomes', { model: stage.name, messages: ['no files'] })
    await stage.version()
    expect(await named('2')).toBe('VERSION_NOT_READY')
    await harness.control('outcomes', { model: stage.name, status: 'PENDING_REGISTRATION' })
    await stage.version()
    expect(await named('3')).toBe('TIMEOUT')
  })
})
