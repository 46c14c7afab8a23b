import { expect, it } from 'vitest'
import { answerOf, commit, ev, judgeSample, type Row } from './sample.ts'

const rows: Row[] = [
  ['known', 'lineage.params', 'passed', () => undefined],
  ['blank', 'lineage.params', 'failed MISSING_LINEAGE', (s) => void (ev(s).lineage['params'] = '  ')],
  [
    'a name that every object has',
    'lineage.constructor',
    'failed MISSING_LINEAGE',
    (s) => s.policy.checks.lineage?.require.push('constructor'),
  ],
  ['not asked', 'lineage.requirements', 'none', () => undefined],
  ['no evidence', 'lineage.dataset', 'failed NO_EVIDENCE', (s) => void (s.evidence = undefined)],
  ['the same commit', 'lineage.commit', 'passed', () => undefined],
  [
    'half of it',
    'lineage.commit',
    'failed OTHER_COMMIT',
    (s) => void (ev(s).lineage['commit'] = commit.slice(0, 8)),
  ],
  [
    'neither is known',
    'lineage.commit',
    'failed MISSING_LINEAGE',
    (s) => {
      delete ev(s).commit
      delete ev(s).lineage['commit']
    },
  ],
  [
    'any commit will do',
    'lineage.commit',
    'passed',
    (s) => {
      ev(s).lineage['commit'] = 'other'
      if (s.policy.checks.lineage) s.policy.checks.lineage.commitMatchesPipeline = false
    },
  ],
  ['clean', 'lineage.clean-tree', 'passed', () => undefined],
  [
    'not asked',
    'lineage.clean-tree',
    'none',
    (s) => s.policy.checks.lineage && (s.policy.checks.lineage.cleanTree = false),
  ],
]

it.each(rows)('%s (%s): %s', (_about, check, answer, change) => {
  expect(answerOf(check, change)).toBe(answer)
})

it('asks for the commit once', () => {
  const names = judgeSample().checks.map(({ check }) => check)
  expect(names.filter((name) => name.startsWith('lineage'))).toEqual([
    'lineage.params',
    'lineage.dataset',
    'lineage.commit',
    'lineage.clean-tree',
  ])
})
