import { beforeAll, describe, expect, it } from 'vitest'
import type { Metric } from '../../src/wire/tracking.ts'
import type { MlflowSubject } from './mlflow-subject.ts'
import { newExperiment, newRun, refusal, statusOf } from './tracking-cases.ts'

const bad = '400 INVALID_PARAMETER_VALUE'
const many = <T>(count: number, one: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => one(index))

/** [step, timestamp, value] in the order of logging, and which one is the latest. */
const points: readonly (readonly [string, readonly (readonly [number, number, number])[], number])[] = [
  [
    'the highest step',
    [
      [2, 1, 10],
      [1, 9, 20],
    ],
    10,
  ],
  [
    'then the latest time',
    [
      [1, 5, 10],
      [1, 4, 20],
    ],
    10,
  ],
  [
    'then the highest value',
    [
      [1, 1, 10],
      [1, 1, 9],
    ],
    10,
  ],
  [
    'a negative step is lower than 0',
    [
      [0, 1, 1],
      [-5, 2, 2],
    ],
    1,
  ],
  [
    'the newer of two steps',
    [
      [1, 1, 10],
      [2, 1, 5],
    ],
    5,
  ],
]

export const loggingCases = (subject: MlflowSubject): void => {
  const { tracking } = subject.client
  let experiment_id = ''
  const run = async () => (await newRun(subject, experiment_id)).info.run_id
  const data = async (run_id: string) => (await tracking.getRun({ run_id })).run.data
  beforeAll(async () => {
    experiment_id = await newExperiment(subject, 'logging')
  })

  describe('a metric', () => {
    it.each(points)('shows as latest %s', async (_, logged, latest) => {
      const run_id = await run()
      for (const [step, timestamp, value] of logged)
        await tracking.logMetric({ run_id, key: 'm', value, timestamp, step })
      expect((await data(run_id)).metrics).toMatchObject([{ key: 'm', value: latest }])
    })

    it('may be no number, or beyond all numbers', async () => {
      const run_id = await run()
      const values = { nan: 'NaN', up: 'Infinity', down: '-Infinity', tiny: 5e-324, exact: 0.1 }
      for (const [key, value] of Object.entries(values))
        await tracking.logMetric({ run_id, key, value, timestamp: 1 })
      const found = Object.fromEntries(
        (await data(run_id)).metrics?.map(({ key, value }) => [key, value]) ?? [],
      )
      expect(found).toMatchObject({ nan: 'NaN', tiny: 5e-324, exact: 0.1 })
      expect([Number(found.up) > 1e308, Number(found.down) < -1e308]).toEqual([true, true])
    })

    it('keeps every digit of time and step', async () => {
      const run_id = await run()
      const at = { timestamp: 9_007_199_254_740_993n, step: 9_223_372_036_854_775_807n }
      await tracking.logMetric({ run_id, key: 'm', value: 1, ...at })
      expect((await data(run_id)).metrics).toEqual([{ key: 'm', value: 1, ...at }])
    })

    it('has a history by time, in pages, without repetitions', async () => {
      const run_id = await run()
      for (const step of [3, 1, 2, 2])
        await tracking.logMetric({ run_id, key: 'loss', value: step / 10, timestamp: step, step })
      const steps = (metrics: Metric[] = []) => metrics.map(({ step }) => step)
      const of = { run_id, metric_key: 'loss' }
      expect(steps((await tracking.metricHistory({ ...of, max_results: 100 })).metrics)).toEqual([1, 2, 3])
      const first = await tracking.metricHistory({ ...of, max_results: 2 })
      expect(steps(first.metrics)).toEqual([1, 2])
      const page_token = first.next_page_token ?? ''
      const last = await tracking.metricHistory({ ...of, max_results: 2, page_token })
      expect([steps(last.metrics), last.next_page_token]).toEqual([[3], undefined])
      expect(await tracking.metricHistory({ run_id, metric_key: 'none', max_results: 1 })).toEqual({})
    })

    it.each([
      { key: '' },
      { key: '../x' },
      { key: '/x' },
      { key: 'a//b' },
      { key: 'x'.repeat(251) },
      { key: 'a\nb!' },
      { value: 'many' },
      { value: '' },
      { timestamp: -1 },
    ])('is refused with %j', async (wrong) => {
      const metric = { run_id: await run(), key: 'm', value: 1, timestamp: 1, ...wrong }
      expect(await refusal(tracking.logMetric(metric))).toBe(bad)
    })
  })

  describe('a param', () => {
    it('is written once', async () => {
      const run_id = await run()
      const param = { run_id, key: 'depth', value: '3' }
      await tracking.logParameter(param)
      expect(await tracking.logParameter(param)).toEqual({})
      expect(await refusal(tracking.logParameter({ ...param, value: '4' }))).toBe(bad)
      expect((await data(run_id)).params).toEqual([{ key: 'depth', value: '3' }])
    })

    it('and a tag are cut when they are too long', async () => {
      const run_id = await run()
      await tracking.logParameter({ run_id, key: 'p', value: 'ä'.repeat(6001) })
      await tracking.setTag({ run_id, key: 't', value: 'x'.repeat(8001) })
      const { params, tags = [] } = await data(run_id)
      expect(params?.[0]?.value).toBe('ä'.repeat(6000))
      expect(tags.find(({ key }) => key === 't')?.value).toHaveLength(8000)
    })
  })

  describe('a batch', () => {
    const metric = (index: number): Metric => ({ key: `m${index}`, value: index, timestamp: 1, step: 0 })
    const pair = (index: number) => ({ key: `k${index}`, value: `v${index}` })

    it('logs everything at once', async () => {
      const run_id = await run()
      const batch = { metrics: many(800, metric), params: many(100, pair), tags: many(100, pair) }
      expect(await tracking.logBatch({ run_id, ...batch })).toEqual({})
      const found = await data(run_id)
      expect([found.metrics?.length, found.params?.length, found.tags?.length]).toEqual([800, 100, 101])
      await tracking.logBatch({ run_id, tags: [{ key: 'mlflow.runName', value: 'named' }] })
      expect((await tracking.getRun({ run_id })).run.info.run_name).toBe('named')
    })

    it.each([
      ['1001 metrics', { metrics: many(1001, metric) }],
      ['101 params', { params: many(101, pair) }],
      ['101 tags', { tags: many(101, pair) }],
      ['1001 together', { metrics: many(950, metric), params: many(51, pair) }],
      ['the same param twice', { params: [pair(1), { key: 'k1', value: 'other' }] }],
      ['a param without a key', { params: [{ key: '', value: 'v' }] }],
      ['a bad key', { tags: [{ key: '../t', value: 'v' }] }],
    ])('of %s is refused', async (_, batch) => {
      const run_id = await run()
      expect(await refusal(tracking.logBatch({ run_id, ...batch }))).toBe(bad)
      expect((await data(run_id)).metrics).toBeUndefined()
    })

    it('with a param that is another now leaves everything unwritten', async () => {
      const run_id = await run()
      await tracking.logParameter({ run_id, ...pair(1) })
      const params = [pair(0), { key: 'k1', value: 'other' }]
      expect(
        await refusal(tracking.logBatch({ run_id, params, metrics: [metric(1)], tags: [pair(5)] })),
      ).toBe(bad)
      expect(await data(run_id)).toEqual({
        params: [pair(1)],
        tags: [expect.objectContaining({ key: 'mlflow.runName' })],
      })
    })

    it.runIf(subject.face === 'databricks')('of more than 1 MB is refused by a workspace', async () => {
      const tags = many(100, (index) => ({ key: `k${index}`, value: 'x'.repeat(11_000) }))
      expect(await refusal(tracking.logBatch({ run_id: await run(), tags }))).toBe(bad)
    })

    it('may be empty', async () => {
      expect(await tracking.logBatch({ run_id: await run() })).toEqual({})
      expect(await statusOf(tracking.logBatch({ run_id: '' }))).toBe(400)
    })
  })
}
