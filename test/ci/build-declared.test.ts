import { describe, expect, test } from 'vitest'
import type { Declared } from '../../src/ci/built-in.ts'
import { catalog } from '../../src/ci/catalog.ts'
import { modelJobs } from '../../src/ci/catalog-models.ts'
import { jobsFor } from '../../src/ci/triggers.ts'
import { build, everything, jobNamed, names, own } from './spec.ts'

const ofModels = Object.values(modelJobs).flatMap((jobs) => jobs.map(({ name }) => name))
/** All but models. */
const plain = { declares: everything.declares.filter((one) => one !== 'models') }

describe('built-in jobs that a project has if it declares what they are for', () => {
  test.each<[string, readonly Declared[], string[]]>([
    ['nothing', [], ['local-tests', 'deploy-jobs', 'cluster-tests', 'run-job', ...ofModels]],
    ['jobs', ['jobs'], ['local-tests', 'cluster-tests', ...ofModels]],
    ['tests on this machine', ['local-tests'], ['deploy-jobs', 'cluster-tests', 'run-job', ...ofModels]],
    ['tests on a cluster', ['remote-tests'], ['local-tests', 'deploy-jobs', 'run-job', ...ofModels]],
    ['models', ['models'], ['local-tests', 'deploy-jobs', 'cluster-tests', 'run-job']],
    ['models and tests on this machine', ['models', 'local-tests'], ['deploy-jobs', 'run-job']],
  ])('of a project that declares %s', (_name, declares, gone) => {
    const found = names({}, { declares })
    const missing = catalog.map(({ name }) => name).filter((name) => !found.includes(name))
    expect(missing.toSorted()).toEqual(gone.toSorted())
  })

  test.each<[string, string]>([
    ['local-tests', 'there is no job local-tests: no suite of `tests` runs on the machine of a CI job'],
    ['cluster-tests', 'there is no job cluster-tests: no suite of `tests` runs on a cluster'],
    ['run-job', 'there is no job run-job: the project declares no jobs, apps or packages'],
    ['promote-staging', 'there is no job promote-staging: the project declares no models'],
  ])('%s cannot be changed where there is none', (name, says) => {
    const { problems } = build({ jobs: { [name]: { timeout: 5 } } })
    expect(problems.map(({ rule, message }) => [rule, message])).toEqual([['unknown-job', says]])
  })

  test.each<[string, string, string[], string[]]>([
    ['local-tests', 'none -', ['test --local'], ['check-pipelines']],
    [
      'deploy-jobs',
      'write dev',
      ['deploy --target dev --lock-timeout 1800'],
      ['check-pipelines', 'validate', 'local-tests'],
    ],
    [
      'cluster-tests',
      'write dev',
      ['test --target dev --remote'],
      ['check-pipelines', 'local-tests', 'build-cluster', 'sync-workspace', 'deploy-jobs', 'catch-up'],
    ],
    ['run-job', 'write dev', ['run --target dev "$JOB_KEY"'], ['check-pipelines']],
  ])('%s: %s', (name, reach, lines, needs) => {
    const job = jobNamed(name, {}, plain)
    expect(`${job.access} ${job.target ?? '-'}`).toBe(reach)
    expect(job.script).toEqual(lines.map((line) => `./node_modules/.bin/brickrail ${line}`))
    expect(job.needs.toSorted()).toEqual(needs.toSorted())
  })

  test.each<[string, string, string, string[]]>([
    ['model-verdict', 'read dev -', 'evaluate --target dev --stored --comment', []],
    ['train-models', 'write dev dev', 'train --target dev', ['local-tests', 'deploy-jobs', 'catch-up']],
    ['evaluate-models', 'write dev dev', 'evaluate --target dev', ['train-models']],
    [
      'cluster-tests',
      'write dev dev',
      'test --target dev --record',
      ['local-tests', 'build-cluster', 'sync-workspace', 'deploy-jobs', 'catch-up'],
    ],
    [
      'promote-staging',
      'write dev dev',
      'promote --target dev --to staging --lock-timeout 1800',
      ['evaluate-models', 'cluster-tests'],
    ],
    [
      'promote-production',
      'write dev dev-models',
      'promote --target dev --to production --model "$MODEL" --version "$MODEL_VERSION" --lock-timeout 1800',
      ['promote-staging'],
    ],
    [
      'rollback-model',
      'write dev dev-models',
      'rollback-model --target dev --model "$MODEL" --version "$MODEL_VERSION" --lock-timeout 1800',
      [],
    ],
    ['retrain-models', 'write dev dev', 'retrain --target dev', []],
  ])('of models: %s: %s', (name, reach, line, needs) => {
    const job = jobNamed(name, {}, everything)
    expect(`${job.access} ${job.target} ${job.environment ?? '-'}`).toBe(reach)
    expect(job.script).toEqual([`./node_modules/.bin/brickrail ${line}`])
    expect(job.needs.toSorted()).toEqual(['check-pipelines', ...needs].toSorted())
    expect(job.approval).toBe(job.environment === 'dev-models')
  })

  test('only what models are made of starts their training, evaluation and promotion', () => {
    const { pipeline } = build({}, everything)
    const paths = [
      'workspace/a.py',
      'pipelines/jobs/a.json',
      'pipelines/models/a.yml',
      'pipelines/brickrail.yml',
    ]
    const ofPush = ofModels.filter((name) => jobNamed(name, {}, everything).on.includes('push'))
    expect(ofPush).toEqual(['train-models', 'evaluate-models', 'promote-staging'])
    for (const path of paths)
      expect(jobsFor(pipeline, { event: 'push', changed: [path] }).runs).toEqual(
        expect.arrayContaining(ofPush),
      )
    const { runs } = jobsFor(pipeline, { event: 'push', changed: ['pipelines/clusters/a.json'] })
    expect(runs.filter((name) => ofModels.includes(name))).toEqual([])
    expect(runs).toContain('cluster-tests')
  })

  test('a job that keeps results needs the workspace, one that looks at evidence may only read', () => {
    expect(own({ command: 'test --local --record' }).access).toBe('write')
    expect(own({ command: 'evaluate --stored' }).access).toBe('read')
    expect(own({ command: 'evaluate' }).access).toBe('write')
  })

  test("tests on this machine of a job of one's own need no credentials", () => {
    expect(own({ command: 'test --local' }).access).toBe('none')
    expect(own({ command: 'test' }).access).toBe('write')
  })
})
