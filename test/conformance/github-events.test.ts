import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cluster } from './ci/sample.ts'
import { openStage, type Run, type Stage } from './github/stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
  await stage.pushed(stage.repository.push('master'))
  stage.resize(2)
  await stage.pushed(stage.repository.push('master'))
  await stage.workspace.calls()
})
afterAll(async () => await stage.close())

describe('a pull request', () => {
  const opened = async (from: string, secrets: Record<string, string>): Promise<Run & { head: string }> => {
    stage.repository.push('topic')
    const { head, merge } = stage.repository.merge('topic', 12)
    const repo = { full_name: from }
    const pull = { number: 12, head: { ref: 'topic', sha: head, repo }, base: { ref: 'master' } }
    const run = await stage.happen(
      {
        event: 'pull_request',
        ref: 'refs/pull/12/merge',
        repository: 'acme/shop',
        payload: { action: 'synchronize', number: 12, pull_request: pull },
        secrets,
      },
      { commit: { sha: merge, ref: 'refs/pull/12/merge' } },
    )
    return { ...run, head }
  }

  it('is checked and planned, with one comment, and writes nothing', async () => {
    stage.repository.checkout('topic', 'master')
    stage.resize(4)
    const { ran, faults, head } = await opened('acme/shop', stage.credentials)
    expect([ran, faults]).toEqual([['check-pipelines', 'validate', 'local-tests', 'plan', 'brickrail'], ''])
    expect(await stage.workspace.writes()).toEqual([])
    expect(stage.github.comments.map(({ body }) => body)).toEqual([
      expect.stringContaining('| HelloCluster | resize |'),
    ])
    expect(stage.github.statuses.at(-1)).toMatchObject({ sha: head, state: 'success' })
  })

  it('changes its comment with the next push', async () => {
    stage.annotate('in a pull request')
    const [{ body, id } = { body: '', id: 0 }] = stage.github.comments
    await opened('acme/shop', stage.credentials)
    expect(stage.github.comments).toHaveLength(1)
    expect(stage.github.comments[0]).toMatchObject({ id, body: expect.stringContaining('1 to update') })
    expect(stage.github.comments[0]?.body).not.toBe(body)
    expect(stage.github.violations).toEqual([])
    expect(await stage.workspace.writes()).toEqual([])
  })

  it('from a fork is checked without any secret', async () => {
    const before = stage.github.requests.length
    stage.annotate('from a fork')
    const { ran, faults } = await opened('eve/shop', {})
    expect([ran, faults]).toEqual([['check-pipelines', 'validate', 'local-tests', 'brickrail'], ''])
    expect([await stage.workspace.calls(), stage.github.requests.length]).toEqual([[], before])
  })

  it('that is not valid is red in the one check that is required', async () => {
    stage.repository.edit(cluster, (text) => text.replace('"num_workers": 4', '"num_workers": "four"'))
    const { results, logs } = await opened('acme/shop', stage.credentials)
    expect(results).toMatchObject({ validate: 'failure', brickrail: 'failure' })
    expect(logs['validate']?.text).toContain('::error file=pipelines/clusters/hello-cluster.json')
    stage.repository.checkout('master')
  })
})

describe('by hand', () => {
  const start = async (
    job: string,
    inputs: Record<string, string>,
    ref = 'refs/heads/master',
  ): Promise<Run> => {
    const { after } = stage.repository.push('master')
    return await stage.happen(
      { event: 'workflow_dispatch', ref, repository: 'acme/shop', payload: {}, inputs: { job, ...inputs } },
      { environments: { dev: stage.credentials }, commit: { sha: after, ref: 'refs/heads/master' } },
    )
  }

  it('a rollback runs alone', async () => {
    stage.repository.edit('README.md', (text) => `${text}\nagain\n`)
    const { ran, results } = await start('rollback', { DEPLOYMENT: '1' })
    expect([ran, results['rollback']]).toEqual([['check-pipelines', 'rollback'], 'success'])
    expect(await stage.workspace.workers()).toBe(1)
    await stage.workspace.calls()
  })

  it('a job runs with its code, and hands on how it ended', async () => {
    stage.repository.edit('README.md', (text) => `${text}\nagain\n`)
    const { ran, results, outputs, faults } = await start('run-job', { JOB_KEY: 'train' })
    expect([ran, results['run-job'], faults]).toEqual([['check-pipelines', 'run-job'], 'success', ''])
    expect(outputs['run-job']).toEqual({
      run_id: expect.stringMatching(/^\d+$/),
      run_url: expect.stringContaining(stage.workspace.url),
      result: 'SUCCESS',
    })
    await stage.workspace.calls()
  })

  it('a job that is not declared is red', async () => {
    stage.repository.edit('README.md', (text) => `${text}\nagain\n`)
    const { results, logs } = await start('run-job', { JOB_KEY: 'tarin' })
    expect([results['run-job'], logs['run-job']?.status]).toEqual(['failure', 2])
    expect(logs['run-job']?.text).toContain('train')
    expect(await stage.workspace.writes()).toEqual([])
  })

  it('what was typed is a value, and no part of the script', async () => {
    stage.repository.edit('README.md', (text) => `${text}\nagain\n`)
    const { results, logs } = await start('rollback', { DEPLOYMENT: '1"; touch pwned; echo "$(touch pwned)' })
    expect([results['rollback'], logs['rollback']?.status]).toEqual(['failure', 2])
    expect(await stage.workspace.writes()).toEqual([])
  })

  it('nothing is started from another branch than the default one', async () => {
    stage.repository.edit('README.md', (text) => `${text}\nagain\n`)
    const { ran } = await start('destroy', {}, 'refs/heads/topic')
    expect(ran).toEqual(['check-pipelines'])
  })
})

describe('on a schedule', () => {
  const nightly = async (): Promise<Run> =>
    await stage.happen(
      {
        event: 'schedule',
        ref: 'refs/heads/master',
        repository: 'acme/shop',
        payload: { schedule: '17 4 * * *' },
        secrets: stage.credentials,
      },
      { commit: { sha: stage.repository.head(), ref: 'refs/heads/master' } },
    )

  it('a workspace that was rolled back is red', async () => {
    const { results, logs } = await nightly()
    expect([results['drift'], logs['drift']]).toEqual(['failure', expect.objectContaining({ status: 3 })])
    expect(await stage.workspace.writes()).toEqual([])
  })

  it('a workspace as declared is green', async () => {
    stage.annotate('four')
    const { results } = await stage.pushed(stage.repository.push('master'))
    expect(results['catch-up']).toBe('success')
    await stage.workspace.calls()
    expect((await nightly()).results['drift']).toBe('success')
    expect(await stage.workspace.writes()).toEqual([])
  })
})
