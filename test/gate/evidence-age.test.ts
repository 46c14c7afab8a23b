import { describe, expect, it } from 'vitest'
import { ageOf, readTime, showHours } from '../../src/gate/time.ts'
import { answerOf, ev, evald, resultOf, type Row } from './sample.ts'

const check = 'evidence.age'

const rows: Row[] = [
  ['two hours old', check, 'passed', () => undefined],
  ['exactly as old as it may be', check, 'passed', (s) => void (evald(s).at = '2026-11-20T12:00:00Z')],
  ['a second older', check, 'failed EVIDENCE_TOO_OLD', (s) => void (evald(s).at = '2026-11-20T11:59:59Z')],
  ['clocks that differ by five minutes', check, 'passed', (s) => void (evald(s).at = '2026-11-21T12:05:00Z')],
  ['by more', check, 'failed FROM_THE_FUTURE', (s) => void (evald(s).at = '2026-11-21T12:05:01Z')],
  [
    'the age of the evaluation counts, not that of the bundle',
    check,
    'failed EVIDENCE_TOO_OLD',
    (s) => {
      ev(s).at = '2026-11-21T11:59:00Z'
      evald(s).at = '2026-11-01T00:00:00Z'
    },
  ],
  [
    'no bound',
    check,
    'passed',
    (s) => {
      evald(s).at = '2020-01-01'
      delete s.policy.evaluation?.maxAgeHours
    },
  ],
  [
    'no bound, no time',
    check,
    'failed UNREADABLE_TIME',
    (s) => {
      evald(s).at = ''
      delete s.policy.evaluation?.maxAgeHours
    },
  ],
  ['a now that is none', check, 'failed UNREADABLE_TIME', (s) => void (s.moment.now = 'now')],
  [
    'a bound of NaN is no bound that holds',
    check,
    'failed EVIDENCE_TOO_OLD',
    (s) => s.policy.evaluation && (s.policy.evaluation.maxAgeHours = Number.NaN),
  ],
  [
    'none is asked for, none is there',
    check,
    'passed',
    (s) => {
      delete s.policy.evaluation
      delete ev(s).evaluation
    },
  ],
  ['one is asked for, none is there', check, 'failed NOT_EVALUATED', (s) => delete ev(s).evaluation],
  ['of another version', check, 'failed OTHER_VERSION', (s) => void (ev(s).model.version = '6')],
  [
    'of another run, in a model that was made anew',
    check,
    'failed OTHER_VERSION',
    (s) => {
      ev(s).model.runId = 'a'
      s.moment.candidate = { version: '7', status: 'READY', aliases: [], tags: {}, runId: 'b' }
    },
  ],
  ['of another registry', check, 'failed OTHER_MODEL', (s) => void (ev(s).model.registry = 'mlflow')],
  ['of another key', check, 'failed OTHER_MODEL', (s) => void (ev(s).model.key = 'bond')],
  ['nothing', check, 'failed NO_EVIDENCE', (s) => void (s.evidence = undefined)],
]

it.each(rows)('%s: %s %s', (_about, name, answer, change) => {
  expect(answerOf(name, change)).toBe(answer)
})

it('shows how old', () => {
  expect(resultOf(check)).toMatchObject({ found: '2 h old', wanted: '<= 24 h' })
})

describe('times', () => {
  const good = [
    '2026-11-21',
    '2026-11-21T12:34:56Z',
    '2026-11-21T12:34:56.789Z',
    '2026-11-21T12:34:56.789012+00:00',
    '2026-11-21T12:34:56+05:30',
    '2026-11-21T12:34-08:00',
    '2024-02-29T00:00:00Z',
    '2000-02-29T23:59:59Z',
    '1970-01-01T00:00:00Z',
    '1969-12-31T23:59:59Z',
    '1900-03-01T00:00:00Z',
    '9999-12-31T23:59:59.999Z',
  ]
  it.each(good)('%s as the platform reads it', (text) => {
    // The platform knows milliseconds.
    expect(Math.trunc(readTime(text) ?? Number.NaN)).toBe(Date.parse(text))
  })

  it('without a zone is UTC', () => {
    expect(readTime('2026-11-21T12:00:00')).toBe(Date.parse('2026-11-21T12:00:00Z'))
    expect(readTime('2026-11-21 12:00:00')).toBe(Date.parse('2026-11-21T12:00:00Z'))
    expect(readTime('2026-11-21T12:00:00+0130')).toBe(Date.parse('2026-11-21T10:30:00Z'))
  })

  it('agree with the platform on every day of a century and more', () => {
    const [from, to] = [Date.UTC(1896, 0, 1) / 86_400_000, Date.UTC(2105, 0, 1) / 86_400_000]
    const days = Array.from({ length: to - from }, (_, index) => (from + index) * 86_400_000)
    expect(days.filter((day) => readTime(new Date(day).toISOString()) !== day)).toEqual([])
  })

  const bad = [
    '',
    'now',
    '1763726400000',
    '21.11.2026',
    '2026-02-30',
    '2025-02-29',
    '2026-13-01',
    '2026-00-10',
    '2026-11-00',
    '2026-11-21T24:00:00Z',
    '2026-11-21T12:60:00Z',
    '2026-11-21T12:00:00 UTC',
    '2026-11-21T12:00:00Zx',
    '2026-W47-6',
  ]
  it.each(bad)('«%s» is none', (text) => {
    expect(readTime(text)).toBeUndefined()
  })

  it('have an age', () => {
    expect(ageOf('2026-11-21T00:00:00Z', '2026-11-22T12:00:00Z')).toEqual({ hours: 36 })
    expect(ageOf('2026-11-21T00:01:00Z', '2026-11-21T00:00:00Z')).toEqual({ hours: 0 })
    expect(ageOf('2026-11-21T01:00:00Z', '2026-11-21T00:00:00Z')).toBe('future')
    expect([0.25, 47.96, 72, 1000].map(showHours)).toEqual(['0.3 h', '48 h', '3 days', '41.7 days'])
  })
})
