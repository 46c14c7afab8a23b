import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { show } from '../../src/gate/numbers.ts'
import type { JsonNumber } from '../../src/plan/state-evidence.ts'
import type { MetricRule } from '../../src/plan/state-policy.ts'
import { answerOf, ev, evald, only, resultOf, type Change } from './sample.ts'

/** One rule for one metric, its value, and that of the champion. */
const measured =
  (rule: Omit<MetricRule, 'name'>, candidate?: JsonNumber, champion?: JsonNumber): Change =>
  (s) => {
    only(s, { metrics: [{ name: 'm', ...rule }] })
    evald(s).candidate.metrics = candidate === undefined ? {} : { m: candidate }
    evald(s).champion = { version: '6', metrics: champion === undefined ? {} : { m: champion }, slices: {} }
  }

type Case = [
  rule: Omit<MetricRule, 'name'>,
  candidate: JsonNumber | undefined,
  champion: JsonNumber | undefined,
  answer: string,
]

const [nan, infinite] = [Number.NaN, Number.POSITIVE_INFINITY]

const bounds: Case[] = [
  [{ min: 0.8 }, 0.8, undefined, 'passed'],
  [{ min: 0.8 }, 0.7999999999999999, undefined, 'failed BELOW_MIN'],
  [{ min: 0 }, -0, undefined, 'passed'],
  [{ min: -1 }, -1.01, undefined, 'failed BELOW_MIN'],
  [{ max: 500 }, 500, undefined, 'passed'],
  [{ max: 500 }, 500.0001, undefined, 'failed ABOVE_MAX'],
  [{ min: nan }, 1, undefined, 'failed BELOW_MIN'],
  [{ max: nan }, 1, undefined, 'failed ABOVE_MAX'],
  [{ min: 0.8 }, undefined, undefined, 'failed MISSING_METRIC'],
  [{ min: 0.8 }, 'NaN', undefined, 'failed NOT_A_NUMBER'],
  [{ min: 0.8 }, nan, undefined, 'failed NOT_A_NUMBER'],
  [{ min: 0.8 }, 'Infinity', undefined, 'failed NOT_FINITE'],
  [{ max: 5 }, '-Infinity', undefined, 'failed NOT_FINITE'],
  [{ max: 5 }, -infinite, undefined, 'failed NOT_FINITE'],
]

const changes: Case[] = [
  [{ direction: 'max', minRelativeGain: 0.01 }, 1.01, 1, 'passed'],
  [{ direction: 'max', minRelativeGain: 0.01 }, 1.0099, 1, 'failed GAIN_TOO_SMALL'],
  [{ direction: 'min', minRelativeGain: 0.1 }, 0.9, 1, 'passed'],
  [{ direction: 'min', minRelativeGain: 0.1 }, 1.1, 1, 'failed GAIN_TOO_SMALL'],
  [{ direction: 'max', minRelativeGain: 0 }, 1, 1, 'passed'],
  [{ direction: 'max', minRelativeGain: 0 }, 0.999, 1, 'failed GAIN_TOO_SMALL'],
  // Less below zero: a share of the size, whatever the sign.
  [{ direction: 'max', minRelativeGain: 0.5 }, -5, -10, 'passed'],
  [{ direction: 'max', minRelativeGain: 0.5 }, -15, -10, 'failed GAIN_TOO_SMALL'],
  [{ direction: 'min', maxRelativeLoss: 0.05 }, 2.205, 2.1, 'passed'],
  [{ direction: 'min', maxRelativeLoss: 0.05 }, 2.2051, 2.1, 'failed LOSS_TOO_LARGE'],
  [{ direction: 'min', maxRelativeLoss: 0 }, 2.1, 2.1, 'passed'],
  [{ direction: 'min', maxRelativeLoss: 0 }, 1, 2.1, 'passed'],
  [{ direction: 'max', maxRelativeLoss: 0.1 }, 0.63, 0.7, 'passed'],
  [{ direction: 'max', maxRelativeLoss: 0.1 }, 0.62, 0.7, 'failed LOSS_TOO_LARGE'],
  [{ direction: 'max', minRelativeGain: 0.01 }, 1, 0, 'failed CHAMPION_IS_ZERO'],
  [{ direction: 'min', maxRelativeLoss: 0.01 }, 0, -0, 'failed CHAMPION_IS_ZERO'],
  [{ direction: 'max', minAbsoluteGain: 0.1 }, 0.3, 0.2, 'passed'],
  [{ direction: 'max', minAbsoluteGain: 0.1 }, 0.29, 0.2, 'failed GAIN_TOO_SMALL'],
  [{ direction: 'max', minAbsoluteGain: 0.1 }, 0.1, 0, 'passed'],
  [{ direction: 'min', maxAbsoluteLoss: 0.1 }, 0.4, 0.3, 'passed'],
  [{ direction: 'min', maxAbsoluteLoss: 0.1 }, 0.41, 0.3, 'failed LOSS_TOO_LARGE'],
  [{ minAbsoluteGain: 0.1 }, 2, 1, 'failed NO_DIRECTION'],
  [{ direction: 'max', minAbsoluteGain: nan }, 2, 1, 'failed GAIN_TOO_SMALL'],
  [{ direction: 'max', maxAbsoluteLoss: infinite }, 2, 1, 'failed LOSS_TOO_LARGE'],
  [{ direction: 'max', minAbsoluteGain: 0 }, Number.MAX_VALUE, -Number.MAX_VALUE, 'failed GAIN_TOO_SMALL'],
  [{ direction: 'max', minAbsoluteGain: 0 }, 'NaN', 1, 'failed NOT_A_NUMBER'],
  [{ direction: 'max', minAbsoluteGain: 0 }, 1, 'NaN', 'failed CHAMPION_NOT_A_NUMBER'],
  [{ direction: 'max', minAbsoluteGain: 0 }, 1, '-Infinity', 'failed CHAMPION_NOT_FINITE'],
  [{ direction: 'max', minAbsoluteGain: 0 }, 1, undefined, 'failed CHAMPION_MISSING_METRIC'],
]

const nameOf = (rule: Omit<MetricRule, 'name'>): string => {
  const kinds = {
    min: 'min',
    max: 'max',
    minRelativeGain: 'relative-gain',
    maxRelativeLoss: 'relative-loss',
    minAbsoluteGain: 'absolute-gain',
    maxAbsoluteLoss: 'absolute-loss',
  }
  return `metrics.m.${Object.entries(kinds).find(([key]) => key in rule)?.[1] ?? 'none'}`
}

it.each([...bounds, ...changes])('%o of %s (champion %s): %s', (rule, candidate, champion, answer) => {
  expect(answerOf(nameOf(rule), measured(rule, candidate, champion))).toBe(answer)
})

describe('which numbers', () => {
  const rule = { min: 0.5 }
  it('those of the evaluation, where there is one', () => {
    const logged: Change = (s) => {
      measured(rule, 0.4)(s)
      ev(s).logged = { m: 0.9 }
    }
    expect(answerOf('metrics.m.min', logged)).toBe('failed BELOW_MIN')
    expect(
      answerOf('metrics.m.min', (s) => {
        measured(rule)(s)
        ev(s).logged = { m: 0.9 }
      }),
    ).toBe('failed MISSING_METRIC')
  })

  const unevaluated =
    (metric: Omit<MetricRule, 'name'>): Change =>
    (s) => {
      measured(metric, 0.4, 0.1)(s)
      delete ev(s).evaluation
      delete s.policy.evaluation
      ev(s).logged = { m: 0.9 }
    }
  it('else those that the training has logged, and these are never compared', () => {
    expect(answerOf('metrics.m.min', unevaluated(rule))).toBe('passed')
    expect(answerOf('metrics.m.absolute-gain', unevaluated({ direction: 'max', minAbsoluteGain: 0 }))).toBe(
      'failed NOT_EVALUATED',
    )
  })

  it.each([
    [
      'of another champion',
      'failed CHAMPION_NOT_MEASURED',
      (s) =>
        void (evald(s).champion && (evald(s).champion = { version: '5', metrics: { m: 1 }, slices: {} })),
    ],
    ['of none, though there is one', 'failed CHAMPION_NOT_MEASURED', (s) => delete evald(s).champion],
    [
      'of none, whatever the policy measures',
      'failed CHAMPION_NOT_MEASURED',
      (s) => {
        delete evald(s).champion
        if (s.policy.evaluation) s.policy.evaluation.championOnSameData = false
      },
    ],
    ['one that has come since', 'failed CHAMPION_NOT_MEASURED', (s) => delete ev(s).champion],
    [
      'a first release',
      'skipped',
      (s) => {
        delete ev(s).champion
        delete evald(s).champion
        s.moment.holders.production = []
      },
    ],
  ] satisfies [string, string, Change][])('%s: %s', (_about, answer, change) => {
    const found = answerOf('metrics.m.absolute-gain', (s) => {
      measured({ direction: 'max', minAbsoluteGain: 0 }, 2, 1)(s)
      change(s)
    })
    expect(found).toBe(answer)
  })

  it('not those that every object has', () => {
    const change: Change = (s) => only(s, { metrics: [{ name: 'constructor', min: 0 }] })
    expect(answerOf('metrics.constructor.min', change)).toBe('failed MISSING_METRIC')
  })
})

it('says what the policy says, and why', () => {
  const message = 'Model is not accurate, retrain the model!'
  expect(resultOf('metrics.r2.min', (s) => void (evald(s).candidate.metrics['r2'] = 0.71))).toEqual({
    check: 'metrics.r2.min',
    status: 'failed',
    code: 'BELOW_MIN',
    found: '0.71',
    wanted: '>= 0.8',
    why: `${message} (less than 0.8)`,
  })
  expect(resultOf('metrics.r2.min')).not.toHaveProperty('why')
  expect(resultOf('metrics.mae.relative-loss')).toMatchObject({
    found: '2.205 (champion 2.1, +5 %)',
    wanted: 'loss <= 5 %',
  })
})

it('shows as many digits as tell a value from its bound', () => {
  expect([show(0.7999999), show(0.7999999, 0.8), show(0.8, 0.8), show(1234567), show(1 / 3)]).toEqual([
    '0.8',
    '0.7999999',
    '0.8',
    '1234567',
    '0.333333',
  ])
})

describe('whatever the numbers', () => {
  const odd = fc.constantFrom<JsonNumber>('NaN', 'Infinity', '-Infinity', nan, infinite, -infinite)
  const rules: Omit<MetricRule, 'name'>[] = [
    { min: -1e308 },
    { max: 1e308 },
    { direction: 'max', minRelativeGain: -1e9 },
    { direction: 'min', maxRelativeLoss: 1e9 },
    { direction: 'max', minAbsoluteGain: -1e300 },
    { direction: 'min', maxAbsoluteLoss: 1e300 },
  ]

  it('what is not finite never passes', () => {
    fc.assert(
      fc.property(odd, fc.constantFrom(...rules), fc.double({ noNaN: true }), (value, rule, other) => {
        expect(answerOf(nameOf(rule), measured(rule, value, other))).toMatch(/^failed /)
        const asChampion: [JsonNumber, JsonNumber] = 'direction' in rule ? [other, value] : [value, other]
        expect(answerOf(nameOf(rule), measured(rule, ...asChampion))).toMatch(/^failed /)
      }),
      { numRuns: 60 },
    )
  })

  it('a better value never fails where a worse one passes', () => {
    const number = fc.double({ min: -1e6, max: 1e6, noNaN: true })
    const share = fc.double({ min: 0, max: 1, noNaN: true })
    fc.assert(
      fc.property(
        number,
        number,
        number,
        share,
        fc.constantFrom('max', 'min'),
        (a, b, champion, bound, direction) => {
          const [worse, better] = a < b === (direction === 'max') ? [a, b] : [b, a]
          for (const key of [
            'minRelativeGain',
            'maxRelativeLoss',
            'minAbsoluteGain',
            'maxAbsoluteLoss',
          ] as const) {
            const rule = { direction, [key]: bound }
            const passes = (value: number) =>
              answerOf(nameOf(rule), measured(rule, value, champion)) === 'passed'
            expect(passes(worse) && !passes(better)).toBe(false)
          }
        },
      ),
      { numRuns: 40 },
    )
  })
})
