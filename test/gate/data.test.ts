import { describe, expect, it } from 'vitest'
import type { JsonNumber } from '../../src/plan/state-evidence.ts'
import type { EvaluationRule, SliceRule } from '../../src/plan/state-policy.ts'
import { answerOf, ev, evald, only, resultOf, type Change, type Row } from './sample.ts'

const rowsOf =
  (rows: number): Change =>
  (s) =>
    void (evald(s).dataset.rows = rows)

const newest =
  (time: string): Change =>
  (s) =>
    void (evald(s).dataset.newest = time)

/** The policy is changed after the evaluation. */
const asking =
  (now: Partial<EvaluationRule>): Change =>
  (s) =>
    s.policy.evaluation && Object.assign(s.policy.evaluation, now)

const ab = ['a', 'b']

const rows: Row[] = [
  ['as few as may be', 'data.rows', 'passed', rowsOf(30)],
  ['one too few', 'data.rows', 'failed TOO_FEW_ROWS', rowsOf(29)],
  ['none', 'data.rows', 'failed EMPTY_DATASET', rowsOf(0)],
  [
    'none, and none is asked for',
    'data.rows',
    'failed EMPTY_DATASET',
    (s) => {
      rowsOf(0)(s)
      if (s.policy.evaluation) s.policy.evaluation.minRows = 0
    },
  ],
  ['NaN', 'data.rows', 'failed UNREADABLE_ROWS', rowsOf(Number.NaN)],
  ['infinitely many', 'data.rows', 'failed UNREADABLE_ROWS', rowsOf(Number.POSITIVE_INFINITY)],
  ['less than none', 'data.rows', 'failed UNREADABLE_ROWS', rowsOf(-1)],
  [
    'a bound of NaN',
    'data.rows',
    'failed TOO_FEW_ROWS',
    (s) => s.policy.evaluation && (s.policy.evaluation.minRows = Number.NaN),
  ],
  ['of another dataset', 'data.rows', 'failed OTHER_DATASET', (s) => void (evald(s).dataset.path += '.old')],
  ['of another label', 'data.rows', 'failed OTHER_RULE', asking({ label: 'Open' })],
  ['of another task', 'data.rows', 'failed OTHER_RULE', asking({ task: 'classification' })],
  ['of features that were not named', 'data.rows', 'failed OTHER_RULE', asking({ features: ab })],
  [
    'of features that are named no longer',
    'data.rows',
    'failed OTHER_RULE',
    (s) => void Object.assign(evald(s).rule ?? {}, { features: ab }),
  ],
  [
    'of features in another order',
    'data.rows',
    'failed OTHER_RULE',
    (s) => {
      asking({ features: ['b', 'a'] })(s)
      Object.assign(evald(s).rule ?? {}, { features: ab })
    },
  ],
  [
    'of the same features',
    'data.rows',
    'passed',
    (s) => {
      asking({ features: ['a', 'b'] })(s)
      Object.assign(evald(s).rule ?? {}, { features: ab })
    },
  ],
  ['of another time', 'data.rows', 'failed OTHER_RULE', asking({ time: 'Date' })],
  ['of no known rule', 'data.rows', 'failed OTHER_RULE', (s) => delete evald(s).rule],
  [
    'under other limits',
    'data.rows',
    'passed',
    asking({ timeoutSeconds: 1, maxAgeHours: 9, cluster: 'Other' }),
  ],
  ['no evaluation', 'data.rows', 'failed NOT_EVALUATED', (s) => delete ev(s).evaluation],
  ['none is asked for', 'data.rows', 'none', (s) => delete s.policy.evaluation],

  ['twenty days', 'data.age', 'passed', () => undefined],
  ['exactly as old as may be', 'data.age', 'passed', newest('2026-10-22T12:00:00Z')],
  ['a second older', 'data.age', 'failed DATA_TOO_OLD', newest('2026-10-22T11:59:59Z')],
  ['today, in a zone that is ahead', 'data.age', 'passed', newest('2026-11-22')],
  ['in three days', 'data.age', 'failed FROM_THE_FUTURE', newest('2026-11-24')],
  [
    'in the year 58000, as seconds taken for days are',
    'data.age',
    'failed UNREADABLE_TIME',
    newest('58000-01-01'),
  ],
  ['not known', 'data.age', 'failed NO_DATA_TIME', (s) => delete evald(s).dataset.newest],
  ['no time', 'data.age', 'failed UNREADABLE_TIME', newest('NaT')],
  [
    'a bound of NaN',
    'data.age',
    'failed DATA_TOO_OLD',
    (s) => void (s.policy.checks.data = { maxAgeHours: Number.NaN }),
  ],
  ['not asked', 'data.age', 'none', (s) => void (s.policy.checks.data = {})],
]

it.each(rows)('%s (%s): %s', (_about, check, answer, change) => {
  expect(answerOf(check, change)).toBe(answer)
})

type Values = Record<string, [rows: number, value: JsonNumber | undefined]>

/** One rule by Q, and the slices that were measured. */
const sliced =
  (rule: Partial<SliceRule>, values: Values): Change =>
  (s) => {
    only(s, { slices: [{ by: 'Q', metric: 'm', direction: 'min', minRows: 20, ...rule }] })
    const slices = Object.entries(values).map(([name, [count, value]]) => [
      name,
      { rows: count, metrics: value === undefined ? {} : { m: value } },
    ])
    evald(s).candidate.slices = { Q: Object.fromEntries(slices) }
  }

const slices: [rule: Partial<SliceRule>, values: Values, answer: string][] = [
  [{ max: 5 }, { a: [20, 5], b: [40, 1] }, 'passed'],
  [{ max: 5 }, { a: [20, 5.001], b: [40, 1] }, 'failed ABOVE_MAX'],
  [{ max: 5 }, { a: [19, 99], b: [40, 1] }, 'passed'],
  [{ max: 5 }, { a: [19, 'NaN'], b: [40, 1] }, 'passed'],
  [{ max: 5 }, { a: [20, 'NaN'], b: [40, 1] }, 'failed NOT_A_NUMBER'],
  [{ max: 5 }, { a: [20, '-Infinity'], b: [40, 1] }, 'failed NOT_FINITE'],
  [{ max: 5 }, { a: [20, undefined], b: [40, 1] }, 'failed MISSING_METRIC'],
  [{ max: 5 }, { a: [19, 1], b: [1, 1] }, 'failed SLICES_TOO_SMALL'],
  [{ max: 5 }, { a: [Number.NaN, 99], b: [40, 1] }, 'failed UNREADABLE_ROWS'],
  [{ max: 5 }, { a: [-1, 99], b: [40, 1] }, 'failed UNREADABLE_ROWS'],
  [{ max: 5 }, {}, 'failed MISSING_SLICES'],
  [{ max: 5, by: 'constructor' }, { a: [40, 1] }, 'failed MISSING_SLICES'],
  [{ max: Number.NaN }, { a: [40, 1] }, 'failed ABOVE_MAX'],
  [{ min: 0.7 }, { a: [20, 0.7], b: [40, 1] }, 'passed'],
  [{ min: 0.7 }, { a: [20, 0.69], b: [40, 1] }, 'failed BELOW_MIN'],
  [{ min: 0.7 }, { b: [40, 1], a: [20, 0.69] }, 'failed BELOW_MIN'],
  [{ maxGap: 0.1 }, { a: [20, 0.3], b: [40, 0.2] }, 'passed'],
  [{ maxGap: 0.1 }, { a: [20, 0.2], b: [40, 0.301] }, 'failed GAP_TOO_LARGE'],
  [{ maxGap: 0.1 }, { a: [20, 0.2], b: [19, 9] }, 'passed'],
  [{ maxGap: 1 }, { a: [20, Number.MAX_VALUE], b: [40, -Number.MAX_VALUE] }, 'failed GAP_TOO_LARGE'],
  [{ maxGap: Number.NaN }, { a: [20, 1], b: [40, 1] }, 'failed GAP_TOO_LARGE'],
]

describe('slices', () => {
  it.each(slices)('%o of %o: %s', (rule, values, answer) => {
    const side = 'max' in rule ? 'max' : 'min' in rule ? 'min' : 'max-gap'
    expect(answerOf(`slices.${rule.by ?? 'Q'}.m.${side}`, sliced(rule, values))).toBe(answer)
  })

  it('names the worst, and what was too small', () => {
    const values: Values = { a: [40, 3], b: [40, 6], c: [2, 9] }
    expect(resultOf('slices.Q.m.max', sliced({ max: 5 }, values))).toMatchObject({
      found: 'b: 6; 1 too small to judge',
      wanted: '<= 5',
      why: 'slice b has more than 5',
    })
    expect(resultOf('slices.Q.m.max-gap', sliced({ maxGap: 2 }, values)).found).toBe(
      '3 (a 3, b 6); 1 too small to judge',
    )
  })
})
