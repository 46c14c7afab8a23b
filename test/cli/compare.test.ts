import { describe, expect, it, onTestFinished } from 'vitest'
import {
  differing,
  rank,
  readMeasure,
  showNumber,
  type Contender,
  type Measure,
} from '../../src/cli/model/compare-rank.ts'
import type { JsonNumber } from '../../src/plan/state-evidence.ts'
import { openStage, projectOf } from '../safety/model-stage.ts'
import { createHarness } from '../support/harness.ts'

const one = (name: string, metrics: Record<string, JsonNumber>, params = {}): Contender => ({
  name,
  metrics,
  params,
})
const rmse: Measure = { metric: 'rmse', direction: 'min' }
const r2: Measure = { metric: 'r2', direction: 'max' }

describe('ranks', () => {
  it.each<[string, Measure[], Contender[], string[]]>([
    ['less is better', [rmse], [one('a', { rmse: 2 }), one('b', { rmse: 1 })], ['1 b', '2 a']],
    ['more is better', [r2], [one('a', { r2: 0.1 }), one('b', { r2: -3 })], ['1 a', '2 b']],
    [
      'the next metric decides between equals',
      [rmse, r2],
      [one('a', { rmse: 1, r2: 0.1 }), one('b', { rmse: 1, r2: 0.2 })],
      ['1 b', '2 a'],
    ],
    [
      'equals share a rank, and the next has its place',
      [rmse],
      [one('a', { rmse: 1 }), one('b', { rmse: 2 }), one('c', { rmse: 1 })],
      ['1 a', '1 c', '3 b'],
    ],
    [
      'what is missing or no number is last, and named',
      [rmse],
      [
        one('nan', { rmse: 'NaN' }),
        one('none', {}),
        one('far', { rmse: '-Infinity' }),
        one('a', { rmse: 9 }),
        one('constructor', {}),
      ],
      [
        '1 a',
        '- nan (rmse is NaN)',
        '- none (rmse is missing)',
        '- far (rmse is -Infinity)',
        '- constructor (rmse is missing)',
      ],
    ],
    ['-0 and 0 are one', [rmse], [one('a', { rmse: 0 }), one('b', { rmse: -0 })], ['1 a', '1 b']],
  ])('%s', (_, measures, contenders, wanted) => {
    const told = rank(contenders, measures).map(({ rank: at, name, lacking }) =>
      at === undefined ? `- ${name} (${lacking.join()})` : `${at} ${name}`,
    )
    expect(told).toEqual(wanted)
  })

  it('show the params that differ, also where one is not set', () => {
    const all = [one('a', {}, { depth: '3', seed: '1' }), one('b', {}, { depth: '5', seed: '1', late: 'x' })]
    expect(differing(all)).toEqual(['depth', 'late'])
  })

  it.each([
    ['rmse:min', { metric: 'rmse', direction: 'min' }],
    ['a:b:max', { metric: 'a:b', direction: 'max' }],
    ['r2', r2],
    ['mae', undefined],
  ])('read %s', (text, wanted) => {
    expect(readMeasure(text, [r2])).toEqual(wanted)
  })

  it.each([
    [0.123456789, '0.123457'],
    [2, '2'],
    ['NaN', 'NaN'],
    [undefined, undefined],
  ] as const)('show %s as %s', (value, text) => expect(showNumber(value)).toBe(text))
})

describe('compare', () => {
  const open = async () => {
    const harness = createHarness(projectOf('workspace'))
    onTestFinished(() => harness.close())
    const stage = await openStage('workspace', harness.emulator)
    const { tracking } = stage.client.mlflow
    const { experiment_id } = await tracking.createExperiment({ name: '/Shared/search' })
    const run = async (name: string, value: number | string, depth: string): Promise<string> => {
      const { info } = (await tracking.createRun({ experiment_id, run_name: name, start_time: 1 })).run
      const metrics = [{ key: 'r2', value, timestamp: 1, step: 0 }]
      await tracking.logBatch({ run_id: info.run_id, metrics, params: [{ key: 'depth', value: depth }] })
      return info.run_id
    }
    return {
      harness,
      stage,
      ids: [await run('shallow', 0.5, '3'), await run('deep', 0.7, '9'), await run('odd', 'NaN', '1')],
    }
  }

  it('ranks runs, versions, and the runs of an experiment by the policy, or as it is told', async () => {
    const { harness, stage, ids } = await open()
    const names = async (args: string[]): Promise<unknown> => {
      const { stdout, exit } = await harness.run('compare', [...args, '-o', 'json'])
      expect(exit).toBe(0)
      const { result } = JSON.parse(stdout) as { result: { ranked: { name: string; rank: number | null }[] } }
      return result.ranked.map(({ rank: at, name }) => `${at ?? '-'} ${name.replace(/^.*\((.*)\)$/, '$1')}`)
    }
    expect(await names(['--runs', ids.join(',')])).toEqual(['1 deep', '2 shallow', '- odd'])
    expect(await names(['--experiment', '/Shared/search', '--metric', 'r2:min'])).toEqual([
      '1 shallow',
      '2 deep',
      '- odd',
    ])
    expect(await names(['--experiment', '/Shared/search', '--filter', "params.depth = '9'"])).toEqual([
      '1 deep',
    ])
    await stage.version(0.9)
    await stage.version(0.95)
    expect(await names(['--versions', '1,2'])).toEqual(['1 version 2', '2 version 1'])
    const { stdout } = await harness.run('compare', ['--runs', ids.join(',')])
    expect(stdout).toMatch(/rank {2}name +r2 \(max\) {2}depth/)
    expect(stdout).toMatch(/not ranked: .*\(odd\): r2 is NaN/)
  })

  it.each([
    [[], 2, /one of --versions, --runs and --experiment/],
    [['--versions', '1', '--runs', 'a'], 2, /no two/],
    [['--versions', 'x'], 2, /x is not a number/],
    [['--versions', '99'], 4, /version 99 of prices is not in/],
    [['--runs', 'ffffffffffffffffffffffffffffffff'], 4, /is not in the tracking server/],
    [['--experiment', '/nowhere'], 4, /experiment \/nowhere is not in/],
    [['--versions', '1', '--filter', 'x'], 2, /--filter goes with --experiment/],
    [['--versions', '1', '--metric', 'mae'], 2, /which direction is better/],
  ])('refuses %j', async (args, exit, says) => {
    const { harness } = await open()
    const ran = await harness.run('compare', args)
    expect([ran.exit, ran.stderr]).toEqual([exit, expect.stringMatching(says)])
  })
})
