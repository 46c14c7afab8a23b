import { describe, expect, it } from 'vitest'
import { jobsFor, type Happening } from '../../src/ci/triggers.ts'
import { needsOf } from '../conformance/azure/expand.ts'
import { azure, named, spec, stageOf } from '../conformance/azure/reading.ts'
import { filesOf, sections } from '../conformance/azure/sample.ts'
import { jobsStarted, service } from '../conformance/azure/service.ts'

const { expand, paths, started, byHand } = azure('joined')
const pushed = paths.filter((path) => expand(path).trigger !== 'none')
const push = (...changed: string[]): Happening => ({ event: 'push', changed })
const ranAt = (happening: Happening, failing: string[] = []): string[] =>
  named(
    'joined',
    started(happening, 'azure-repos').flatMap((run) => jobsStarted(run, failing)),
  )

const attendants = ['check-pipelines', 'validate', 'catch-up']
const deploying = ['build-cluster', 'sync-workspace', 'train', 'report']

describe('jobs with different paths that need one another', () => {
  it('are in one pipeline, which is called by the workspace; other names are given once', () => {
    expect(pushed.map((path) => path.replace(/^.*\/|\.yml$/g, ''))).toEqual([
      'push-schedule',
      'build-workspace',
      'docs',
      'push-push-schedule',
      'push-build-workspace',
    ])
    expect(expand('azure-pipelines/build-workspace.yml').trigger).toMatchObject({
      paths: {
        include: [
          'pipelines/clusters',
          'pipelines/libraries',
          'pipelines/brickrail.yml',
          'workspace',
          'reports',
        ],
      },
    })
  })

  it.each(['workspace/a.py', 'pipelines/clusters/a.json', 'reports/a.md', 'pipelines/brickrail.yml'])(
    'are all started by %s, in their order',
    (path) => {
      expect(ranAt(push(path)).toSorted()).toEqual([...attendants, ...deploying].toSorted())
      const stages = expand('azure-pipelines/build-workspace.yml').stages.map(({ stage }) => stage)
      expect(stages).toEqual(['check', 'build_cluster', 'sync_workspace', 'catch_up', 'train', 'report'])
    },
  )

  it('wait for what they need, and are not started without it', () => {
    const needs = (id: string) => needsOf(stageOf(expand('azure-pipelines/build-workspace.yml'), id))
    expect(needs('train').toSorted()).toEqual(['build_cluster', 'check', 'sync_workspace'])
    expect(ranAt(push('workspace/a.py'), ['build_cluster'])).not.toContain('train')
    expect(ranAt(push('workspace/a.py'), ['train'])).not.toContain('report')
  })

  it('are at least what the spec starts, and nothing more where paths are not joined', () => {
    for (const path of [...deploying, 'docs/a', 'tools/a', 'cron/a', 'more/a', 'README.md', 'workspace/x'])
      expect(ranAt(push(path))).toEqual(expect.arrayContaining(jobsFor(spec('joined'), push(path)).runs))
    for (const path of ['docs/a', 'tools/a', 'cron/a', 'more/a', 'README.md'])
      expect([path, ranAt(push(path))]).toEqual([path, jobsFor(spec('joined'), push(path)).runs])
  })
})

it('a job whose needs are in no pipeline of its event waits for the checks', () => {
  expect(needsOf(stageOf(expand('azure-pipelines/docs.yml'), 'after_plan'))).toEqual(['check'])
  expect(ranAt(push('docs/a.md'), ['check_pipelines'])).toEqual(['check-pipelines'])
})

it('a stage has no name of a job, nor of another one that it could have had', () => {
  const write = { access: 'write', target: 'dev', script: ['npm test'], changes: ['docs/**'] } as const
  const files = filesOf({ ...sections.plain, jobs: { check: { ...write }, 'check-stage': { ...write } } })
  const { stages } = service(files, 'master').expand('azure-pipelines/check.yml')
  expect(stages.map(({ stage }) => stage)).toEqual(['check_stage_stage', 'catch_up', 'check', 'check_stage'])
})

describe('what a person types', () => {
  it.each(['$(databricks_token)', '7 $(System.AccessToken', 'a$()'])(
    'is not handed to an agent that would replace a part of it: %s',
    (value) => {
      expect(() => byHand('promote-model', 'master', { job: 'rollback', DEPLOYMENT: value })).toThrow(
        "Unexpected value 'DEPLOYMENT must not contain $('",
      )
    },
  )

  it.each(['7', '$7', '$ (a)', '(b) $'])('is handed on as it is: %s', (value) => {
    const run = byHand('promote-model', 'master', { job: 'rollback', DEPLOYMENT: value })
    expect(jobsStarted(run)).toEqual(['check_pipelines', 'rollback'])
    expect(JSON.stringify(run.pipeline)).toContain(`"DEPLOYMENT":${JSON.stringify(value)}`)
  })
})
