import { expect, it } from 'vitest'
import type { SuiteEvidence } from '../../src/plan/state-evidence.ts'
import { answerOf, ev, resultOf, type Change, type Row } from './sample.ts'

const unit =
  (part: Partial<SuiteEvidence>): Change =>
  (s) =>
    ev(s).tests.forEach((one) => one.suite === 'unit' && Object.assign(one, part))

const check = 'tests.unit'

const rows: Row[] = [
  ['as few passed and as many skipped as may be', check, 'passed', () => undefined],
  ['more', check, 'passed', unit({ tests: 901, passed: 900 })],
  ['one too few', check, 'failed TOO_FEW_PASSED', unit({ tests: 2, passed: 1 })],
  ['one skipped too many', check, 'failed TOO_MANY_SKIPPED', unit({ tests: 4, skipped: 2 })],
  ['one failed among many', check, 'failed TESTS_FAILED', unit({ tests: 902, passed: 900, failed: 1 })],
  ['none', check, 'failed ZERO_TESTS', unit({ tests: 0, passed: 0, skipped: 0 })],
  [
    'none, and none is asked for',
    check,
    'failed ZERO_TESTS',
    (s) => {
      unit({ tests: 0, passed: 0, skipped: 0 })(s)
      if (s.policy.checks.tests) s.policy.checks.tests.minPassed = 0
    },
  ],
  ['all skipped', check, 'failed ZERO_TESTS', unit({ tests: 1, passed: 0, skipped: 1 })],
  ['NaN', check, 'failed UNREADABLE_COUNTS', unit({ passed: Number.NaN })],
  ['less than none', check, 'failed UNREADABLE_COUNTS', unit({ tests: 2, failed: -1 })],
  ['a sum that is another', check, 'failed UNREADABLE_COUNTS', unit({ tests: 100 })],
  [
    'a bound of NaN',
    check,
    'failed TOO_FEW_PASSED',
    (s) => s.policy.checks.tests && (s.policy.checks.tests.minPassed = Number.NaN),
  ],
  ['of another commit', check, 'failed TESTS_OF_OTHER_COMMIT', unit({ commit: 'f00' })],
  ['of no commit', check, 'failed TESTS_OF_OTHER_COMMIT', unit({ commit: '' })],
  [
    'of no commit, as the evidence',
    check,
    'failed NO_COMMIT',
    (s) => {
      unit({ commit: '' })(s)
      ev(s).commit = ''
    },
  ],
  ['of another suite only', check, 'failed TESTS_MISSING', unit({ suite: 'units' })],
  ['twice', check, 'failed TWO_REPORTS', (s) => ev(s).tests.push(...structuredClone(ev(s).tests))],
  ['no evidence', check, 'failed NO_EVIDENCE', (s) => void (s.evidence = undefined)],
  [
    'red, of a suite that nobody asks for',
    check,
    'passed',
    (s) =>
      ev(s).tests.push({
        suite: 'slow',
        commit: 'x',
        digest: '',
        tests: 1,
        passed: 0,
        failed: 1,
        skipped: 0,
      }),
  ],
]

it.each(rows)('%s (%s): %s', (_about, name, answer, change) => {
  expect(answerOf(name, change)).toBe(answer)
})

it('shows the counts of its suite', () => {
  expect(resultOf(check, unit({ tests: 9, passed: 8 }))).toMatchObject({
    found: '8 passed, 0 failed, 1 skipped',
    wanted: '>= 2 passed, 0 failed, <= 1 skipped',
  })
  expect(resultOf(check, unit({ suite: 'x' })).found).toBe('no report')
})

it('tells no test from none that ran', () => {
  expect(resultOf(check, unit({ tests: 0, passed: 0, skipped: 0 })).why).toBe('the report has no test')
  expect(resultOf(check, unit({ tests: 1, passed: 0 })).why).toBe('every test was skipped')
})
