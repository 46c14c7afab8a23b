import { describe, expect, it } from 'vitest'
import type { Moment } from '../../src/plan/state-evidence.ts'
import type { GateMode, Place } from '../../src/plan/state-policy.ts'
import { answerOf, ev, judgeSample, type Change } from './sample.ts'

/** What mode makes of a version: fine, with a failed metric, with a failed check that is never off, without approval. */
const spoilt: Record<string, Change> = {
  fine: () => undefined,
  inaccurate: (s) => ev(s).evaluation && delete ev(s).evaluation?.candidate.metrics['r2'],
  notReady: (s) => s.moment.candidate && (s.moment.candidate.status = 'FAILED_REGISTRATION'),
  unapproved: (s) => void (s.moment.approvals = []),
}

type Answer = 'passed' | 'failed' | 'waiting'
type Where = [GateMode, Place, 'protected' | 'open']

const rows: [...Where, keyof typeof spoilt, Answer, allows: boolean][] = [
  ['enforce', 'staging', 'open', 'fine', 'passed', true],
  ['enforce', 'staging', 'open', 'inaccurate', 'failed', false],
  ['enforce', 'production', 'protected', 'fine', 'passed', true],
  ['enforce', 'production', 'protected', 'unapproved', 'waiting', false],
  ['enforce', 'production', 'open', 'inaccurate', 'failed', false],
  ['warn', 'staging', 'open', 'fine', 'passed', true],
  ['warn', 'staging', 'open', 'inaccurate', 'failed', true],
  ['warn', 'staging', 'open', 'notReady', 'failed', false],
  ['warn', 'staging', 'open', 'unapproved', 'waiting', false],
  ['warn', 'staging', 'protected', 'fine', 'passed', false],
  ['warn', 'production', 'open', 'fine', 'passed', false],
  ['warn', 'production', 'protected', 'inaccurate', 'failed', false],
  ['off', 'staging', 'open', 'inaccurate', 'passed', true],
  ['off', 'staging', 'open', 'notReady', 'failed', false],
  ['off', 'staging', 'open', 'unapproved', 'waiting', false],
  ['off', 'staging', 'protected', 'fine', 'passed', false],
  ['off', 'production', 'open', 'fine', 'passed', false],
]

const staging: Change = (s) => {
  const rule = s.policy.approvals.production
  s.moment.place = 'staging'
  s.policy.approvals = rule ? { staging: rule } : {}
  s.moment.approvals = s.moment.approvals.map((one) => ({ ...one, place: 'staging' }))
}

it.each(rows)('mode %s, %s (%s), %s: %s, allows %s', (mode, place, target, how, verdict, allows) => {
  const found = judgeSample((s) => {
    if (place === 'staging') staging(s)
    s.policy.mode = mode
    s.moment.protected = target === 'protected'
    spoilt[how]?.(s)
  })
  expect(found).toMatchObject({ verdict, allows, mode })
  expect([found.why === undefined, found.obstacle === undefined]).toEqual([allows, allows])
})

it('off shows what it does not ask, and asks what is never off', () => {
  const { checks } = judgeSample((s) => void (s.policy.mode = 'off'))
  const asked = checks.filter(({ status }) => status !== 'skipped').map(({ check }) => check)
  expect(asked).toEqual(['candidate.ready', 'path.staging', 'champion.unchanged', 'approvals'])
  expect(checks.find(({ check }) => check === 'metrics.r2.min')).toEqual({
    check: 'metrics.r2.min',
    status: 'skipped',
    found: '0.8',
    wanted: '>= 0.8',
    why: 'not asked: mode is off',
  })
})

it('shows which window is open, and until when', () => {
  const open = judgeSample(
    (s) => void (s.moment.frozenUntil = { until: '2026-11-23T00:00:00Z', window: 'w' }),
  )
  expect(open.checks.find(({ check }) => check === 'freeze')).toMatchObject({
    found: 'w',
    why: 'promotions rest until 2026-11-23T00:00:00Z',
  })
  expect(judgeSample().checks.find(({ check }) => check === 'freeze')?.found).toBe('no window is open')
})

it('names what stands in the way', () => {
  const both = judgeSample((s) => {
    ev(s).cleanTree = false
    s.moment.approvals = []
  })
  expect(both).toMatchObject({ obstacle: 'failed', why: 'failed: lineage.clean-tree' })
  expect(judgeSample(spoilt['unapproved'])).toMatchObject({ obstacle: 'waiting', why: 'waiting: approvals' })
  expect(judgeSample((s) => void (s.policy.mode = 'warn'))).toMatchObject({
    obstacle: 'mode',
    why: 'mode is warn: production is left as it is',
  })
})

describe('rollback', () => {
  const rollback =
    (change: Change = () => undefined): Change =>
    (s) => {
      s.moment.action = 'rollback'
      s.moment.approvals = []
      s.moment.passed = {}
      s.moment.holders.production = ['9']
      change(s)
    }
  const answers = (change?: Change) => judgeSample(rollback(change))

  it.each(['enforce', 'warn', 'off'] as const)('asks three things, in mode %s too', (mode) => {
    const found = answers((s) => {
      s.policy.mode = mode
      s.moment.protected = true
      if (s.evidence) s.evidence.tests = []
    })
    expect(found.checks.map(({ check }) => check)).toEqual(['candidate.ready', 'signature.present', 'freeze'])
    expect(found).toMatchObject({ verdict: 'passed', allows: true })
  })

  const frozen: Moment['frozenUntil'] = { until: '2026-11-23T00:00:00Z', window: 'w' }
  it.each([
    ['notReady', spoilt['notReady'], false],
    ['a freeze', (s) => void (s.moment.frozenUntil = frozen), false],
    [
      'a freeze with exceptions',
      (s) => {
        s.moment.frozenUntil = frozen
        s.policy.freeze = s.policy.freeze.map((one) => ({ ...one, exceptRollback: true }))
      },
      true,
    ],
    ['no signature', (s) => s.evidence && delete s.evidence.signature, false],
    [
      'no signature, and none is asked',
      (s) => {
        delete s.policy.checks.signature
        s.evidence = undefined
      },
      true,
    ],
  ] satisfies [string, Change | undefined, boolean][])('%s', (_name, change, allows) => {
    expect(answers(change).allows).toBe(allows)
  })
})

describe('while it is only evaluated', () => {
  const evaluated =
    (change: Change): Change =>
    (s) => {
      s.moment.action = 'evaluate'
      change(s)
    }
  it.each([
    ['approvals', 'waiting APPROVAL_MISSING', (s) => void (s.moment.approvals = [])],
    ['tests.unit', 'waiting TESTS_MISSING', (s) => void (ev(s).tests = [])],
    ['path.staging', 'waiting STAGING_SKIPPED', (s) => void (s.moment.passed = {})],
    ['freeze', 'waiting FROZEN', (s) => void (s.moment.frozenUntil = { until: '2026-11-23', window: 'w' })],
    [
      'tests.unit',
      'failed TESTS_FAILED',
      (s) => ev(s).tests.forEach((one) => Object.assign(one, { tests: 4, failed: 1 })),
    ],
    ['path.staging', 'failed ARCHIVED', (s) => s.moment.candidate && (s.moment.candidate.stage = 'Archived')],
    ['approvals', 'failed UNKNOWN_TRAINER', (s) => delete ev(s).trainer],
    ['metrics.r2.min', 'failed MISSING_METRIC', (s) => delete ev(s).evaluation?.candidate.metrics['r2']],
  ] satisfies [string, string, Change][])('%s: %s', (check, answer, change) => {
    expect(answerOf(check, evaluated(change))).toBe(answer)
    expect(judgeSample(evaluated(change)).verdict).toBe(answer.split(' ')[0])
  })
})
