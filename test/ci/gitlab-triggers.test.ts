import { describe, expect, it } from 'vitest'
import { accompanies, jobsFor, type Happening } from '../../src/ci/triggers.ts'
import type { Pipeline } from '../../src/ci/model.ts'
import { touches } from '../../src/ci/paths.ts'
import {
  begins,
  fits,
  holds,
  pipelineOf as gitlabPipeline,
  type GitlabFile,
  type Variables,
} from './gitlab/rules.ts'
import { mergeRequest, momentsOf } from './gitlab/moments.ts'
import { fileOf, manyJobs, pipelineOf } from './gitlab/sample.ts'

const specs = {
  'built-in jobs': pipelineOf(),
  'own jobs': pipelineOf(manyJobs),
  'no production': pipelineOf({ production: null }),
  'no push job': pipelineOf({
    jobs: { 'build-cluster': null, 'sync-workspace': null, 'catch-up': null, validate: null },
  }),
  'no job of merge requests but the first': pipelineOf({ jobs: { validate: null, plan: null } }),
}

const changes: NonNullable<Happening['changed']>[] = [
  'unknown',
  [],
  ['README.md'],
  ['pipelines/brickrail.yml'],
  ['pipelines/clusters/hello-cluster.json'],
  ['pipelines/libraries/deep/er/list.yml'],
  ['workspace/etl.py'],
  ['workspace/training/models/fit.py'],
  ['workspace/.hidden/x', 'docs/a.md'],
  ['workspaces/etl.py', 'pipelines/clusters.json', 'old/workspace/etl.py'],
]
const branches = ['master', 'release', 'feature']

const happenings: Happening[] = [
  ...branches.flatMap((branch) => changes.map((changed) => ({ event: 'push' as const, branch, changed }))),
  ...[false, true].map((fork) => ({ event: 'merge_request' as const, fork })),
  ...branches.map((branch) => ({ event: 'manual' as const, branch })),
  { event: 'schedule' },
  { event: 'schedule', schedule: '17 4 * * *' },
  { event: 'schedule', schedule: '0 3 * * 0' },
  { event: 'schedule', schedule: '1 1 1 1 1' },
  { event: 'schedule', branch: 'feature' },
  { event: 'schedule', branch: 'release', schedule: '17 4 * * *' },
  { event: 'tag' },
]

/**
 * Two things are GitLab's own: no tag, schedule or click starts what only accompanies other jobs, and what a person may
 * start is also offered in the pipeline of a push.
 */
const expected = (pipeline: Pipeline, happening: Happening): string[] => {
  const { runs, offered } = jobsFor(pipeline, happening)
  const { event, branch, changed = 'unknown' } = happening
  const beside =
    event === 'push' && branch === pipeline.defaultBranch && touches(pipeline.relevant, changed)
      ? jobsFor(pipeline, { event: 'manual' }).offered.filter((name) => !runs.includes(name))
      : offered
  const alone = pipeline.jobs.filter(accompanies).map(({ name }) => name)
  const ofCommit = event === 'push' || event === 'merge_request'
  if (!ofCommit && beside.length === 0 && runs.every((name) => alone.includes(name))) return []
  return pipeline.jobs
    .map(({ name }) => name)
    .flatMap((name) => (runs.includes(name) ? [name] : beside.includes(name) ? [`${name} (manual)`] : []))
}

/** One pipeline for every moment that is the same to us; the schedules of several jobs come to one list. */
const found = (file: GitlabFile, pipeline: Pipeline, happening: Happening): string[][] => {
  const jobs = momentsOf(pipeline, happening).map((moment) => gitlabPipeline(file, moment))
  if (happening.event !== 'schedule') return jobs
  const union = new Set(jobs.flat())
  return [pipeline.jobs.map(({ name }) => name).filter((name) => union.has(name))]
}

describe.each(Object.entries(specs))('the rules for %s', (_, pipeline) => {
  const file = fileOf(pipeline)
  it.each(happenings.map((happening) => [JSON.stringify(happening), happening] as const))(
    '%s',
    (_, happening) => {
      const wanted = expected(pipeline, happening)
      const jobs = found(file, pipeline, happening)
      expect(jobs).toEqual(jobs.map(() => wanted))
    },
  )

  it('know at least one moment for everything that happens', () => {
    expect(happenings.filter((happening) => found(file, pipeline, happening).length === 0)).toEqual([])
  })
})

describe('some moments, by name', () => {
  const file = fileOf(specs['built-in jobs'])
  const push = (...changed: string[]): string[] =>
    gitlabPipeline(file, { variables: { CI_PIPELINE_SOURCE: 'push', CI_COMMIT_BRANCH: 'master' }, changed })
  const automatic = (jobs: string[]): string[] => jobs.filter((job) => !job.endsWith('(manual)'))

  it('a changed cluster builds clusters and syncs nothing', () => {
    const jobs = push('pipelines/clusters/hello-cluster.json')
    expect(automatic(jobs)).toEqual(['check-pipelines', 'validate', 'build-cluster', 'catch-up'])
    expect(jobs.filter((job) => job.endsWith('(manual)'))).toEqual([
      'deploy-production (manual)',
      'rollback (manual)',
      'rollback-production (manual)',
      'destroy (manual)',
    ])
  })

  it('a changed notebook the reverse', () => {
    expect(automatic(push('workspace/a/b/c.py'))).toEqual([
      'check-pipelines',
      'validate',
      'sync-workspace',
      'catch-up',
    ])
  })

  it('a changed README is no pipeline at all', () => {
    expect(push('README.md', 'docs/workspace/x.md')).toEqual([])
  })

  it('a schedule that somebody made for another branch drifts nowhere', () => {
    const due = (branch: string): string[] =>
      gitlabPipeline(file, { variables: { CI_PIPELINE_SOURCE: 'schedule', CI_COMMIT_BRANCH: branch } })
    expect([due('master'), due('feature')]).toEqual([['check-pipelines', 'drift'], []])
  })

  it('a merge request is checked where nothing else is to be done', () => {
    const lone = fileOf(specs['no job of merge requests but the first'])
    expect(gitlabPipeline(lone, mergeRequest('1', '1'))).toEqual(['check-pipelines'])
  })

  it('a fork gets the offline checks', () => {
    expect(gitlabPipeline(file, mergeRequest('7', '1'))).toEqual(['check-pipelines', 'validate'])
    expect(gitlabPipeline(file, mergeRequest('1', '1'))).toEqual(['check-pipelines', 'validate', 'plan'])
  })
})

describe('workflow', () => {
  const pushed = (branch: string, more: Variables = {}): Variables => ({
    CI_PIPELINE_SOURCE: 'push',
    CI_COMMIT_BRANCH: branch,
    ...more,
  })
  const open = { CI_OPEN_MERGE_REQUESTS: 'ml/tesseract!4' }
  const tag = { CI_PIPELINE_SOURCE: 'push', CI_COMMIT_TAG: 'v1' }
  it.each([
    ['a merge request', mergeRequest('1', '1').variables, true, true],
    ['a push to the default branch', pushed('master'), true, true],
    ['one with a merge request open from there', pushed('master', open), true, true],
    ['a push to a branch of a job', pushed('release', open), false, true],
    ['a push to another branch, for jobs of one’s own', pushed('feature'), true, true],
    ['one with an open merge request: that has the pipeline', pushed('feature', open), false, false],
    ['a schedule', { ...pushed('master'), CI_PIPELINE_SOURCE: 'schedule' }, true, true],
    [
      'a click on a branch with a merge request',
      { ...pushed('feature', open), CI_PIPELINE_SOURCE: 'web' },
      true,
      true,
    ],
    ['a tag, when no job has any', tag, false, true],
  ])('%s', (_, variables, plain, withOwn) => {
    expect(begins(fileOf(specs['built-in jobs']), { variables })).toBe(plain)
    expect(begins(fileOf(specs['own jobs']), { variables })).toBe(withOwn)
  })

  it('cancels what is out of date, but no deployment', () => {
    const { workflow } = fileOf(specs['own jobs'])
    expect(workflow.auto_cancel).toEqual({ on_new_commit: 'interruptible' })
    expect(workflow.rules.filter((rule) => rule.auto_cancel)).toEqual([
      {
        if: '$CI_PIPELINE_SOURCE == "push" && ($CI_COMMIT_BRANCH == "master" || $CI_COMMIT_BRANCH == "release")',
        auto_cancel: { on_new_commit: 'none' },
      },
    ])
  })
})

// What the tables above rely on.
describe('the evaluator', () => {
  it.each([
    ['$A == "x" || $B == "y" && $C', { A: 'x' }, true],
    ['($A == "x" || $B == "y") && $C', { A: 'x' }, false],
    ['$A', { A: '' }, false],
    ['$A == null', {}, true],
    ['$A =~ /^(web|api)$/', { A: 'webhook' }, false],
    ['$A == $B', { A: '1', B: '1' }, true],
    ['$A != $B', { A: '1', B: '1' }, false],
  ])('%s', (text, variables, wanted) => {
    expect(holds(text, variables)).toBe(wanted)
  })

  it.each(['$A = "x"', '$A == "x" &&', '($A', '$A "x"', '$A == x'])('refuses %s', (text) => {
    expect(() => holds(text, {})).toThrow(/GitLab would refuse|no \)/)
  })

  it.each([
    ['workspace/**/*', 'workspace/a', true],
    ['workspace/**/*', 'workspace/a/.b/c', true],
    ['workspace/**/*', 'workspaces/a', false],
    ['workspace/**', 'workspace/a/b', false],
    ['workspace/*', 'workspace/a/b', false],
    ['a.yml', 'axyml', false],
  ])('%s and %s', (pattern, path, wanted) => {
    expect(fits(pattern, path)).toBe(wanted)
  })
})
