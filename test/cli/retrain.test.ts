import { describe, expect, it } from 'vitest'
import { ageReason, failureReasons } from '../../src/cli/model/retrain-reasons.ts'
import type { Evaluation, JsonNumber } from '../../src/plan/state-evidence.ts'
import type { MetricRule, ModelPolicy } from '../../src/plan/state-policy.ts'
import type { VersionInfo } from '../../src/plan/state-registry.ts'

const now = Date.parse('2026-11-21T12:00:00Z')
const day = 86_400_000
const champion = (createdAt?: number): VersionInfo => ({
  version: '3',
  status: 'READY',
  aliases: [],
  tags: {},
  ...(createdAt === undefined ? {} : { createdAt }),
})

describe('the age of the champion', () => {
  const rows: [string, VersionInfo, number | undefined, RegExp | undefined][] = [
    ['is not asked for', champion(0), undefined, undefined],
    ['is allowed to the last moment', champion(now - 45 * day), 45, undefined],
    ['is too great', champion(now - 45 * day - 1), 45, /is 45 days old, 45 are allowed/],
    ['is unknown', champion(), 45, /nobody knows how old/],
    ['lies ahead', champion(now + day), 45, undefined],
  ]
  it.each(rows)('%s', (_name, version, most, expected) => {
    expect(ageReason(version, most, now) ?? 'none').toMatch(expected ?? /^none$/)
  })
})

const policy = (metrics: MetricRule[]): ModelPolicy => ({
  key: 'prices',
  name: 'prices',
  file: 'prices.yml',
  digest: 'd',
  registry: { kind: 'workspace', names: 'both' },
  mode: 'warn',
  path: ['staging', 'production'],
  firstRelease: { allow: false, requiresApproval: true },
  candidate: { order: [], tieBreak: 'newest' },
  evaluation: {
    dataset: 'dbfs:/x.csv',
    label: 'y',
    task: 'regression',
    minRows: 1,
    championOnSameData: true,
    timeoutSeconds: 60,
  },
  checks: { metrics, slices: [], tests: { junit: ['unit'], minPassed: 1, maxSkipped: 0 } },
  approvals: {},
  freeze: [],
  archive: true,
})

const measured = (metrics: Record<string, JsonNumber>): Evaluation => ({
  at: new Date(now).toISOString(),
  dataset: { path: 'dbfs:/x.csv', digest: 'a'.repeat(64), rows: 100 },
  rule: { label: 'y', task: 'regression' },
  candidate: { metrics, slices: {} },
})

describe('bounds that the champion breaks', () => {
  const r2: MetricRule = { name: 'r2', min: 0.8 }
  const rows: [string, MetricRule[], Record<string, JsonNumber>, (string | RegExp)[]][] = [
    ['none', [r2], { r2: 0.8 }, []],
    ['too small', [r2], { r2: 0.5 }, [/^r2\.min of the champion is 0\.5, wanted >= 0\.8$/]],
    ['too great', [{ name: 'rmse', max: 2 }], { rmse: 2.5 }, [/^rmse\.max/]],
    ['not a number', [r2], { r2: 'NaN' }, [/^r2\.min/]],
    ['not measured', [r2], {}, [/^r2\.min/]],
    [
      'what compares with a champion is not asked',
      [{ name: 'rmse', direction: 'min', maxRelativeLoss: 0 }],
      { rmse: 9 },
      [],
    ],
    [
      'of such a rule only the bound',
      [{ name: 'rmse', direction: 'min', max: 2, maxRelativeLoss: 0 }],
      { rmse: 9 },
      [/^rmse\.max/],
    ],
  ]
  it.each(rows)('%s', (_name, rules, metrics, expected) => {
    const found = failureReasons(policy(rules), champion(0), measured(metrics))
    expect(found).toEqual(expected.map((one) => expect.stringMatching(one)))
  })
})
