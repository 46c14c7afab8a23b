import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { HostTools, LastGreen } from '../../src/host/host.ts'
import { openHost } from '../../src/host/open.ts'
import { allOf, failureOf, github as words, html } from './fakes/failures.ts'
import { githubToken, startGithub, type GithubFake, type WorkflowRun } from './fakes/github.ts'
import { closeClean } from './fakes/server.ts'
import { toolsFor } from './fakes/stages.ts'

const sha = (digit: string): string => digit.repeat(40)
const path = '.github/workflows/brickrail-push.yml'
const route = /\/actions\/workflows\/brickrail-push\.yml\/runs$/

const run = (head_sha: string, more: Partial<WorkflowRun> = {}): WorkflowRun => ({
  path,
  head_branch: 'feature/a#b',
  event: 'push',
  status: 'completed',
  conclusion: 'success',
  head_sha,
  ...more,
})

/** What is newer than the last green run, or not to be looked at. */
const others: WorkflowRun[] = [
  run(sha('1'), { conclusion: 'failure' }),
  run(sha('2'), { conclusion: 'cancelled' }),
  run(sha('3'), { event: 'workflow_dispatch' }),
  run(sha('4'), { head_branch: 'master' }),
  run(sha('5'), { path: '.github/workflows/other.yml' }),
  run(sha('6'), { status: 'in_progress', conclusion: null }),
]

let fake: GithubFake
let env: Record<string, string>
beforeEach(async () => {
  fake = await startGithub()
  env = {
    GITHUB_ACTIONS: 'true',
    GITHUB_API_URL: fake.url,
    GITHUB_EVENT_NAME: 'push',
    GITHUB_REF_TYPE: 'branch',
    GITHUB_REF_NAME: 'feature/a#b',
    GITHUB_REPOSITORY: 'acme/shop',
    GITHUB_TOKEN: githubToken,
    GITHUB_WORKFLOW_REF: `acme/shop/${path}@refs/heads/feature/a#b`,
  }
})
afterEach(async () => await closeClean(fake))

const lastGreen = async (tools: HostTools): Promise<LastGreen> =>
  await openHost(tools.env).pipeline.lastGreen(tools)

describe('the last green run on GitHub', () => {
  it('is the newest successful one of this workflow for a push to this branch', async () => {
    fake.runs.push(run(sha('a')), run(sha('b')), ...others)
    const tools = toolsFor(env)
    expect(await lastGreen(tools)).toEqual({ commit: sha('b') })
    expect(fake.requests.map(({ query }) => Object.fromEntries(query))).toEqual([
      { branch: 'feature/a#b', event: 'push', status: 'success', per_page: '1' },
    ])
    expect(tools.secrets).toEqual([githubToken])
  })

  it('is none before any was successful', async () => {
    fake.runs.push(...others)
    expect(await lastGreen(toolsFor(env))).toEqual({
      never: 'no run of brickrail-push.yml on feature/a#b has been successful yet',
    })
  })

  it('is asked for again after a fault', async () => {
    fake.runs.push(run(sha('a')))
    fake.trouble({ path: route, times: 2, answer: { status: 502, body: words('Bad Gateway') } })
    const tools = toolsFor(env)
    expect(await lastGreen(tools)).toEqual({ commit: sha('a') })
    expect(tools.slept).toEqual([1000, 2000])
  })

  it('is refused to a token that may not read runs, which says so', async () => {
    fake.runs.push(run(sha('a')))
    const error = await failureOf(lastGreen(toolsFor({ ...env, GITHUB_TOKEN: fake.issue({}) })))
    expect(error).toMatchObject({ code: 'CI_DENIED', exit: 5 })
    expect(error.hint).toMatch(/`actions: read`/)
    expect(allOf(error)).not.toContain('ghs_')
  })

  it.each([
    ['no list', { status: 200, body: {} }],
    ['a run without its commit', { status: 200, body: { total_count: 1, workflow_runs: [{ id: 1 }] } }],
    ['no run', { status: 200, body: { workflow_runs: [null] } }],
    ['no commit', { status: 200, body: { workflow_runs: [{ head_sha: '--output=x' }] } }],
    ['nothing', { status: 200, body: null }],
    ['a login page', { status: 200, body: html('Sign in') }],
  ])('is not taken from %s', async (_, answer) => {
    fake.trouble({ path: route, answer })
    expect((await failureOf(lastGreen(toolsFor(env)))).code).toBe('CI_UNREACHABLE')
  })

  it.each<[string, Record<string, string>]>([
    ['no workflow', { GITHUB_WORKFLOW_REF: '' }],
    ['no file', { GITHUB_WORKFLOW_REF: 'acme/shop/.github/workflows/@refs/heads/x' }],
    ['no ref', { GITHUB_WORKFLOW_REF: `acme/shop/${path}` }],
    ['a file elsewhere', { GITHUB_WORKFLOW_REF: 'acme/shop/.github/workflows/../x.yml@refs/heads/x' }],
    ['one of another repository', { GITHUB_WORKFLOW_REF: `acme/rules/${path}@refs/heads/x` }],
    ['one that nobody replaced', { GITHUB_WORKFLOW_REF: '$(ref)' }],
    ['no repository', { GITHUB_REPOSITORY: '' }],
    ['half a repository', { GITHUB_REPOSITORY: 'acme', GITHUB_WORKFLOW_REF: `acme/${path}@refs/heads/x` }],
  ])('is not asked for by variables of %s', async (_, variables) => {
    const error = await failureOf(lastGreen(toolsFor({ ...env, ...variables })))
    expect([error.code, error.message]).toEqual([
      'CI_UNREACHABLE',
      expect.stringContaining('GITHUB_WORKFLOW_REF'),
    ])
    expect(fake.requests).toEqual([])
  })
})

describe('nobody can tell', () => {
  it.each<[string, Record<string, string>, RegExp]>([
    ['without a token', { GITHUB_TOKEN: '' }, /GITHUB_TOKEN is not set/],
    ['in a pull request', { GITHUB_EVENT_NAME: 'pull_request', GITHUB_REF_NAME: '12/merge' }, /no push/],
    ['of a tag', { GITHUB_REF_TYPE: 'tag', GITHUB_REF_NAME: 'v1' }, /no push/],
    ['on GitLab', { GITHUB_ACTIONS: '', GITLAB_CI: 'true' }, /GitLab/],
    ['on Azure DevOps', { GITHUB_ACTIONS: '', TF_BUILD: 'True' }, /Azure DevOps/],
    ['on a developer’s machine', { GITHUB_ACTIONS: '' }, /no CI job/],
  ])('%s', async (_, variables, none) => {
    expect(await lastGreen(toolsFor({ ...env, ...variables }))).toEqual({
      none: expect.stringMatching(none),
    })
    expect(fake.requests).toEqual([])
  })
})
