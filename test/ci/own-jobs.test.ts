import { describe, expect, it } from 'vitest'
import { renderAzure } from '../../src/ci/azure/render.ts'
import { expander, stepsOf } from '../conformance/azure/expand.ts'
import { jobsOf } from '../conformance/azure/reading.ts'
import { pipelineOf, workflowOf } from './github-sample.ts'
import { readGitlab, whole } from './gitlab/rules.ts'
import { renderGitlab } from '../../src/ci/gitlab/render.ts'
import type { Section } from '../../src/ci/section.ts'
import { faultsOf } from './faults.ts'
import { build } from './spec.ts'

/** A job in an image that has no npm. */
const python: Section = {
  jobs: {
    pytest: {
      on: ['merge_request'],
      image: 'python:3.12-slim',
      install: ['pip install -r requirements.txt'],
      script: ['python -m pytest'],
    },
    lint: { on: ['merge_request'], install: [], script: ['ruff check'] },
  },
}

describe('a job that has nothing to do with npm', () => {
  const pipeline = pipelineOf(python)

  it('brings its own packages, or none, on GitLab', () => {
    const file = readGitlab(renderGitlab(pipeline)[0]?.text ?? '')
    expect(whole(file, 'pytest')['before_script']).toEqual(['pip install -r requirements.txt'])
    expect(whole(file, 'lint')['before_script']).toEqual([])
    expect(whole(file, 'plan')['before_script']).toEqual(['npm ci --no-audit --no-fund'])
  })

  it('on GitHub', () => {
    const runs = (name: string) =>
      workflowOf(pipeline, 'pull-request').jobs[name]?.steps.flatMap(({ run }) => run ?? [])
    expect(runs('pytest')).toEqual(['pip install -r requirements.txt', 'python -m pytest'])
    expect(runs('lint')).toEqual(['ruff check'])
    expect(runs('plan')?.[0]).toBe('npm ci --no-audit --no-fund')
  })

  it('on Azure', () => {
    const expand = expander(renderAzure(pipeline))
    const jobs = jobsOf(expand('azure-pipelines/pull-request.yml'))
    const runs = (name: string) =>
      jobs
        .filter((job) => 'job' in job && job.job === name)
        .flatMap((job) => stepsOf(job).flatMap(({ bash }) => bash ?? []))
        .map((text) => text.replace('set -eo pipefail\n', '').trim())
    expect(runs('pytest')).toEqual(['pip install -r requirements.txt', 'python -m pytest'])
    expect(runs('lint')).toEqual(['ruff check'])
    expect(runs('plan')[0]).toBe('npm ci --no-audit --no-fund')
  })
})

it('whatever else a job needs, it waits for the check of the pipeline files', () => {
  const { pipeline, problems } = build({
    jobs: {
      'unit-tests': { on: ['push'], stage: 'check', script: ['make test'] },
      'build-cluster': { needs: ['unit-tests'] },
      'deploy-production': { needs: [] },
      own: { on: ['push'], needs: ['unit-tests'], script: ['make'] },
    },
  })
  expect(problems).toEqual([])
  const without = pipeline.jobs.filter(({ needs }) => !needs.includes('check-pipelines'))
  expect(without.map(({ name }) => name)).toEqual(['check-pipelines'])
})

it('what deploys waits for validate, too', () => {
  const { jobs } = build().pipeline
  const deploys = jobs.filter(({ stage }) => stage === 'deploy')
  expect(deploys.map(({ name, needs }) => [name, needs.includes('validate')])).toEqual([
    ['build-cluster', true],
    ['sync-workspace', true],
    ['catch-up', true],
  ])
})

it('a built-in job that is misspelt is recognised', async () => {
  const [fault] = await faultsOf('jobs:', '  biuld-cluster: { timeout: 90 }')
  expect(fault).toMatchObject({ hint: expect.stringContaining('did you mean «build-cluster»?') })
})
