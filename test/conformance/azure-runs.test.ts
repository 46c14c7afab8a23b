import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { azureToken } from '../host/fakes/azure.ts'
import type { Place } from './azure/agent.ts'
import { notebook, openWorld, type Outcome, type World } from './azure/world.ts'
import { cluster } from './ci/sample.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
  const first = await world.push([cluster])
  world.resize(1, 2)
  const second = await world.push([cluster])
  if (first.faults !== '' || second.faults !== '') throw new Error(first.faults + second.faults)
  await world.workspace.calls()
})
afterAll(async () => await world.close())

describe('a pull request', () => {
  const opened = async (fork: boolean, given: Partial<Place> = {}): Promise<Outcome> => {
    world.repository.push('topic')
    const { head, merge } = world.repository.merge('topic', 7)
    const predefined = {
      'System.PullRequest.PullRequestId': '7',
      'System.PullRequest.SourceBranch': 'refs/heads/topic',
      'System.PullRequest.SourceCommitId': head,
      'System.PullRequest.TargetBranch': 'refs/heads/master',
      'System.CollectionUri': `${world.azure.url}/acme/`,
      'System.TeamFoundationCollectionUri': `${world.azure.url}/acme/`,
    }
    const runs = world.service().started({ event: 'merge_request', fork }, 'azure-repos')
    return await world.happen(runs, {
      commit: { sha: merge, ref: 'refs/pull/7/merge' },
      predefined,
      ...given,
    })
  }

  it('is checked and planned, and writes nothing to the workspace', async () => {
    world.repository.checkout('topic', 'master')
    world.resize(2, 3)
    // What deploys is in a group that Azure does not let it load.
    const { ran, jobs, faults } = await opened(false, { groups: { databricks_cli_plan: world.group() } })
    expect([ran, faults]).toEqual([['check_pipelines', 'validate', 'local_tests', 'plan'], ''])
    expect(jobs['plan']?.text).toContain('num_workers')
    expect(await world.workspace.writes()).toEqual([])
    expect(world.azure.threads).toEqual([])
  })

  it('has one comment, changed by the next push, when the job may write it', async () => {
    world.comment('in a pull request')
    expect((await opened(false, { accessToken: azureToken })).faults).toBe('')
    expect(world.azure.threads.map(({ comments }) => comments.length)).toEqual([1])
    expect(world.azure.threads[0]?.comments[0]?.content).toMatch(/num\\_workers/)
    world.comment('again')
    world.repository.write('workspace/notebooks/new_one.py', '# Databricks notebook source\n')
    expect((await opened(false, { accessToken: azureToken })).faults).toBe('')
    expect(world.azure.threads.map(({ comments }) => comments.length)).toEqual([1])
    expect(world.azure.threads[0]?.comments[0]?.content).toMatch(/new\\_one/)
    expect([world.azure.violations, await world.workspace.writes()]).toEqual([[], []])
  })

  it('from a fork is checked without any secret', async () => {
    world.comment('from a fork')
    const { ran, faults } = await opened(true, { groups: {} })
    expect([ran, faults]).toEqual([['check_pipelines', 'validate', 'local_tests'], ''])
    expect(await world.workspace.calls()).toEqual([])
    world.repository.checkout('master')
  })
})

describe('by hand', () => {
  const start = async (parameters: Record<string, string>, branch = 'master'): Promise<Outcome> => {
    const at = { commit: { sha: world.repository.head(), ref: 'refs/heads/master' } }
    return await world.happen([world.service().byHand('promote-model', branch, parameters)], at)
  }

  it('a rollback runs alone', async () => {
    const { ran, faults } = await start({ job: 'rollback', DEPLOYMENT: ' 1 ' })
    expect([ran, faults]).toEqual([['check_pipelines', 'rollback'], ''])
    expect(await world.workspace.workers()).toBe(1)
    await world.workspace.calls()
  })

  it('a job runs with its code, and hands on how it ended', async () => {
    const { ran, jobs, faults } = await start({ job: 'run-job', JOB_KEY: 'train' })
    expect([ran, faults]).toEqual([['check_pipelines', 'run_job'], ''])
    expect(jobs['run_job']?.outputs).toMatchObject({ 'run.result': 'SUCCESS' })
    await world.workspace.calls()
  })

  it('what was typed is a value, and no part of the script', async () => {
    const { jobs } = await start({ job: 'rollback', DEPLOYMENT: '1"; touch pwned; echo "`touch pwned`' })
    expect(jobs['rollback']?.status).toBe(2)
    expect(await world.workspace.writes()).toEqual([])
  })

  it('what the agent would put a variable into starts nothing', async () => {
    for (const value of ['$(databricks_token)', '1"; touch pwned; echo "$(touch pwned)'])
      await expect(start({ job: 'rollback', DEPLOYMENT: value })).rejects.toThrow(
        "Unexpected value 'DEPLOYMENT must not contain $('",
      )
    expect(await world.workspace.calls()).toEqual([])
  })

  it('nothing is started by a form that nobody filled in, or from another branch', async () => {
    expect((await start({})).ran).toEqual(['check_pipelines'])
    expect((await start({ job: 'destroy' }, 'topic')).ran).toEqual(['check_pipelines'])
    expect(await world.workspace.writes()).toEqual([])
  })
})

describe('on a schedule', () => {
  const nightly = async (): Promise<Outcome> =>
    await world.happen(
      world.service().started({ event: 'schedule', schedule: '17 4 * * *' }, 'azure-repos'),
      {
        commit: { sha: world.repository.head(), ref: 'refs/heads/master' },
      },
    )

  it('a workspace that was rolled back is red', async () => {
    const { ran, jobs } = await nightly()
    expect([ran, jobs['drift']?.status]).toEqual([['check_pipelines', 'drift'], 3])
    expect(await world.workspace.writes()).toEqual([])
  })

  it('a workspace as declared is green', async () => {
    world.comment('four')
    expect((await world.push([cluster, notebook])).faults).toBe('')
    await world.workspace.calls()
    expect((await nightly()).faults).toBe('')
    expect(await world.workspace.writes()).toEqual([])
  })
})
