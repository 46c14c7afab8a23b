import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { renderGithub } from '../../src/ci/github/render.ts'
import { interpolate } from './github-expression.ts'
import { environmentOf, isStarted, runWorkflow, workflowsOf, type Happened } from './github-run.ts'
import { jobsOf, ownJobs, pipelineOf, scriptOf, workflowOf } from './github-sample.ts'

const sample = pipelineOf()
const own = pipelineOf(ownJobs)
const everything = [sample, own, pipelineOf({ auth: 'oidc', ...ownJobs })].flatMap((pipeline) =>
  renderGithub(pipeline),
)

describe('runs that get into each other’s way', () => {
  it('are cancelled for a newer push to the pull request', () => {
    expect(workflowOf(own, 'pull-request').concurrency).toEqual({
      group: 'brickrail-pull-request-${{ github.event.pull_request.number || github.ref }}',
      'cancel-in-progress': true,
    })
  })

  it('wait where they deploy: the whole push, by hand only the job', () => {
    const lock = (target: string) => ({ group: `tesseract/${target}`, 'cancel-in-progress': false })
    const push = workflowOf(own, 'push')
    expect(push.concurrency).toEqual(lock('dev'))
    expect(Object.values(push.jobs).filter(({ concurrency }) => concurrency)).toEqual([])
    expect(push.jobs['sync-workspace']?.needs).toEqual([
      'changes',
      'check-pipelines',
      'validate',
      'build-cluster',
    ])
    const { concurrency, jobs } = workflowOf(own, 'manual')
    expect([concurrency, jobs['rollback']?.concurrency, jobs['deploy-production']?.concurrency]).toEqual([
      undefined,
      lock('dev'),
      lock('prod'),
    ])
  })

  it('wait one by one where a push deploys to several targets', () => {
    const also = { command: 'deploy', target: 'us-west', needs: ['check-pipelines'] }
    const push = workflowOf(pipelineOf({ jobs: { west: { on: ['push'], ...also } } }), 'push')
    expect(push.concurrency).toEqual({
      group: 'brickrail-push-${{ github.ref_name }}',
      'cancel-in-progress': false,
    })
    const locks = Object.entries(push.jobs).flatMap(([name, { concurrency }]) =>
      concurrency ? [`${name} ${concurrency.group}`] : [],
    )
    expect(locks.toSorted()).toEqual([
      'build-cluster tesseract/dev',
      'catch-up tesseract/dev',
      'sync-workspace tesseract/dev',
      'west tesseract/us-west',
    ])
    expect(push.jobs['sync-workspace']?.needs).toContain('build-cluster')
  })
})

describe('a job', () => {
  it('of a user is as it was written', () => {
    const train = workflowOf(own, 'push').jobs['train']!
    expect(train).toMatchObject({
      name: 'Train the model',
      'runs-on': 'ubuntu-22.04',
      'timeout-minutes': 120,
      env: { EPOCHS: '3', VERBOSE: 'true' },
      outputs: { model_version: '${{ steps.script.outputs.model_version }}' },
    })
    expect(train.steps.slice(3)).toMatchObject([
      { id: 'script', run: 'set -u\nnpm run train\n', env: { MAPS_KEY: '${{ secrets.MAPS_KEY }}' } },
      {
        if: 'always()',
        with: {
          name: 'train',
          path: 'models/**\n.cache/report\nreports/*.xml',
          'if-no-files-found': 'ignore',
          'include-hidden-files': true,
        },
      },
    ])
  })

  it('reads what its needs have found out', () => {
    expect(scriptOf(workflowOf(own, 'push').jobs['score']!)?.env).toEqual({
      model_version: '${{ needs.train.outputs.model_version }}',
    })
    expect(scriptOf(workflowOf(own, 'push').jobs['catch-up']!)?.env).not.toHaveProperty('deployment')
  })

  it('hands the shell’s place to its last command, and only to that', () => {
    const { jobs } = workflowOf(sample, 'push')
    const brickrail = './node_modules/.bin/brickrail'
    expect(scriptOf(jobs['validate']!)?.run).toBe(
      `${brickrail} validate --target dev\nexec ${brickrail} validate --target prod\n`,
    )
    const last = jobsOf(workflowsOf(everything).values())
      .flatMap(([, { steps }]) =>
        steps.slice(3).map(({ run = '' }) => run.trimEnd().split('\n').at(-1) ?? ''),
      )
      .filter((line) => line.includes('brickrail'))
    expect(last.filter((line) => !line.startsWith('exec '))).toEqual([])
  })

  it('needs no installation where the spec says so', () => {
    const { jobs } = workflowOf(pipelineOf({ install: [] }), 'push')
    expect(jobs['build-cluster']?.steps.filter(({ name }) => name === 'Install')).toEqual([])
  })
})

describe('the form of manual jobs', () => {
  it('offers the jobs that do not come along by themselves, and asks for their inputs', () => {
    expect(workflowOf(own, 'manual').on).toEqual({
      workflow_dispatch: {
        inputs: {
          job: {
            description: 'What to run',
            type: 'choice',
            required: true,
            options: ['retrain', 'deploy-production', 'rollback', 'rollback-production', 'destroy'],
          },
          MODEL: { type: 'string', default: "o'brien" },
          DEPLOYMENT: {
            description: 'Number of the deployment to restore, see brickrail history',
            type: 'string',
          },
        },
      },
    })
  })

  it('hands a job what was typed, or what it takes for nothing typed', () => {
    const workflow = workflowOf(own, 'manual')
    const retrain = workflow.jobs['retrain']!
    const typed = (inputs: Record<string, string>) =>
      environmentOf(workflow, retrain, scriptOf(retrain)!, { contexts: { inputs }, functions: {} })
    expect(typed({ MODEL: '$(id)' })).toMatchObject({ MODEL: '$(id)' })
    expect(typed({ MODEL: '' })).toMatchObject({ MODEL: "o'brien" })
  })

  it('is not there on a schedule: the job takes what it takes for nothing typed', () => {
    expect(scriptOf(workflowOf(own, 'schedule').jobs['retrain']!)?.env).toEqual({ MODEL: "o'brien" })
  })
})

describe('a merge queue', () => {
  const queued: Happened = {
    event: 'merge_group',
    ref: 'refs/heads/gh-readonly-queue/master/pr-12-8a1f',
    repository: 'ml/tesseract',
    payload: { merge_group: { base_ref: 'refs/heads/master' } },
  }
  const workflow = workflowOf(own, 'pull-request')
  const run = async (failing?: string) => {
    let judged: string | undefined
    const results = await runWorkflow(workflow, queued, ({ id, job, scope }) => {
      const [step] = job.steps
      if (id === 'brickrail' && step) judged = environmentOf(workflow, job, step, scope)['RESULTS']
      return { result: id === failing ? 'failure' : 'success', outputs: {} }
    })
    return [Object.fromEntries(results), judged]
  }

  it('starts the checks of pull requests, and no other workflow', () => {
    const started = [...workflowsOf(renderGithub(own))].filter(([, file]) => isStarted(file, queued))
    expect(started.map(([name]) => name)).toEqual(['brickrail-pull-request.yml'])
  })

  it('runs what reads no secret; the one check to require reports', async () => {
    const good = {
      'check-pipelines': 'success',
      validate: 'success',
      plan: 'skipped',
      'tests-of-forks': 'success',
      brickrail: 'success',
    }
    expect(await run()).toEqual([good, 'success success skipped success'])
    expect(await run('validate')).toEqual([
      { ...good, validate: 'failure' },
      'success failure skipped success',
    ])
  })

  it('has a group of its own for each entry', () => {
    const { group = '' } = workflow.concurrency ?? {}
    const of = (event: object, ref: string): string =>
      interpolate(group, { contexts: { github: { event, ref } }, functions: {} })
    expect(of(queued.payload, queued.ref)).toBe(`brickrail-pull-request-${queued.ref}`)
    expect(of({ pull_request: { number: 12 } }, 'refs/pull/12/merge')).toBe('brickrail-pull-request-12')
  })
})

describe('the one check to require', () => {
  const { if: condition, needs, steps } = workflowOf(own, 'pull-request').jobs['brickrail']!

  it('waits for every job, however it ends', () => {
    expect([condition, needs]).toEqual([
      'always()',
      ['check-pipelines', 'validate', 'plan', 'tests-of-forks'],
    ])
  })

  it.each([
    ['success success', 0],
    ['success skipped', 0],
    ['success failure', 1],
    ['cancelled success', 1],
    ['skipped timed_out', 1],
  ])('of %s ends with %i', (results, status) => {
    const args = ['--noprofile', '--norc', '-eo', 'pipefail', '-c', steps[0]?.run ?? '']
    expect(spawnSync('bash', args, { env: { RESULTS: results } }).status).toBe(status)
  })
})
