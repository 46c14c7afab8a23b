import { describe, expect, test } from 'vitest'
import { matches, touches } from '../../src/ci/paths.ts'
import { jobsFor, type Happening } from '../../src/ci/triggers.ts'
import { build } from './spec.ts'

describe('a path of changes', () => {
  test.each<[string, string, boolean]>([
    ['src/**', 'src/a.ts', true],
    ['src/**', 'src/deep/er/a.ts', true],
    ['src/**', 'src', false],
    ['src/**', 'src2/a.ts', false],
    ['src/**', 'lib/src/a.ts', false],
    ['src/**', 'SRC/a.ts', false],
    ['a/b/**', 'a/b/c', true],
    ['README.md', 'README.md', true],
    ['README.md', 'docs/README.md', false],
    ['a.txt', 'aatxt', false],
  ])('%s matches %s: %s', (pattern, path, expected) => {
    expect(matches(pattern, path)).toBe(expected)
  })

  test('what is unknown counts as changed, unless nothing would start it', () => {
    expect([touches(['a'], 'unknown'), touches(['a'], []), touches([], 'unknown')]).toEqual([
      true,
      false,
      false,
    ])
  })
})

const { pipeline } = build({
  secrets: { A_KEY: '' },
  jobs: {
    lint: { stage: 'check', script: ['npm test'], on: ['push', 'merge_request'], changes: ['src/**'] },
    secret: { script: ['npm test'], on: ['merge_request'], secrets: ['A_KEY'] },
    follow: { script: ['npm test'], needs: ['sync-workspace'] },
    attend: { script: ['npm test'], changes: [] },
    staging: { script: ['npm test'], branches: ['develop'], changes: ['src/**'] },
    publish: { script: ['npm test'], on: ['tag', 'manual'] },
    retrain: { script: ['npm test'], on: ['schedule'], schedule: '0 6 * * 1' },
  },
})

const always = ['check-pipelines']
const attendants = ['validate', 'catch-up', 'attend']
const rows: [name: string, happening: Happening, runs: string[], offered?: string[]][] = [
  [
    'a notebook',
    { event: 'push', changed: ['workspace/a.py'] },
    [...always, ...attendants, 'sync-workspace', 'follow'],
  ],
  [
    'a cluster',
    { event: 'push', changed: ['pipelines/clusters/a.json'] },
    [...always, ...attendants, 'build-cluster'],
  ],
  [
    'the spec',
    { event: 'push', changed: ['pipelines/brickrail.yml'] },
    [...always, ...attendants, 'build-cluster', 'sync-workspace', 'follow'],
  ],
  [
    'both',
    { event: 'push', changed: ['README.md', 'workspace/a.py', 'src/x'] },
    [...always, ...attendants, 'sync-workspace', 'follow', 'lint'],
  ],
  ['nothing relevant', { event: 'push', changed: ['README.md', 'workspace'] }, []],
  ['an empty push', { event: 'push', changed: [] }, []],
  [
    'the first push',
    { event: 'push', changed: 'unknown' },
    [...always, ...attendants, 'build-cluster', 'sync-workspace', 'follow', 'lint'],
  ],
  ['another branch', { event: 'push', branch: 'feature', changed: ['workspace/a.py'] }, []],
  ['a branch of one job', { event: 'push', branch: 'develop', changed: ['src/a'] }, [...always, 'staging']],
  [
    'a merge request',
    { event: 'merge_request', changed: ['README.md'] },
    [...always, 'validate', 'lint', 'plan', 'secret'],
  ],
  ['a fork', { event: 'merge_request', fork: true }, [...always, 'validate', 'lint']],
  ['a tag', { event: 'tag' }, [...always, 'publish']],
  ['one schedule', { event: 'schedule', schedule: '0 6 * * 1' }, [...always, 'retrain']],
  ['another schedule', { event: 'schedule', schedule: '17 4 * * *' }, [...always, 'drift']],
  ['a schedule of another branch', { event: 'schedule', branch: 'feature' }, []],
  [
    'a person',
    { event: 'manual' },
    always,
    ['deploy-production', 'destroy', 'publish', 'rollback', 'rollback-production'],
  ],
  ['a person on another branch', { event: 'manual', branch: 'feature' }, always],
]

describe('what happens, and which jobs run', () => {
  test.each(rows)('%s', (_name, happening, runs, offered = []) => {
    const found = jobsFor(pipeline, happening)
    expect(found.runs.toSorted()).toEqual(runs.toSorted())
    expect(found.offered.toSorted()).toEqual(offered)
    expect(found.runs[0] ?? 'check-pipelines').toBe('check-pipelines')
  })
})
