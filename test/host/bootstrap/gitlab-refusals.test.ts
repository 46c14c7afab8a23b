import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { wantedOf } from '../../../src/cli/bootstrap-wanted.ts'
import { bootstrapGitlab } from '../../../src/host/gitlab/bootstrap/bootstrap.ts'
import type { Trouble } from '../fakes/server.ts'
import { gitlabToken, startGitlab, type GitlabFake } from './gitlab-fake.ts'
import { createRound, env, pipelineOf } from './support.ts'

const token = { GITLAB_TOKEN: gitlabToken }
const wanted = wantedOf(pipelineOf(), { host: 'gitlab', env, approvers: ['alice'] })

let fake: GitlabFake
let round: ReturnType<typeof createRound>
beforeEach(async () => {
  fake = await startGitlab()
  round = createRound(bootstrapGitlab, fake.url, 'acme/shop', token)
})
afterEach(async () => {
  await fake.close()
})

describe('a GitLab that says no', () => {
  const rows: [name: string, answer: Trouble['answer'], expected: object][] = [
    [
      'expired',
      {
        status: 401,
        body: {
          error: 'invalid_token',
          error_description: 'Token is expired. You can either do re-authorization or token refresh.',
        },
      },
      { code: 'CI_DENIED', hint: expect.stringMatching(/GITLAB_TOKEN has expired/) as string },
    ],
    [
      'scope',
      {
        status: 403,
        body: {
          error: 'insufficient_scope',
          error_description: 'The request requires higher privileges than provided by the access token.',
        },
      },
      { code: 'CI_DENIED', hint: expect.stringMatching(/lacks the scope `api`/) as string },
    ],
    [
      'not found',
      { status: 404, body: { message: '404 Project Not Found' } },
      { code: 'USAGE', message: expect.stringMatching(/no project acme\/shop/) as string },
    ],
    [
      'limited',
      { status: 429, body: { message: 'Too many' }, headers: { 'retry-after': '3600' } },
      { code: 'CI_REFUSED', message: expect.stringMatching(/rate limit/) as string },
    ],
    ['moved', { status: 301, headers: { location: 'https://elsewhere.test/' } }, { code: 'CI_UNREACHABLE' }],
    ['page', { status: 200, body: '<html><title>Sign in</title></html>' }, { code: 'CI_UNREACHABLE' }],
  ]
  it.each(rows)('%s', async (_name, answer, expected) => {
    fake.trouble({ times: 9, answer })
    await expect(round(wanted)).rejects.toMatchObject(expected)
    expect(fake.writes()).toEqual([])
  })

  it('archived', async () => {
    fake.state.project['archived'] = true
    await expect(round(wanted)).rejects.toMatchObject({
      code: 'USAGE',
      message: 'acme/shop is archived: nothing can be set up in it',
    })
  })

  it('without a token', async () => {
    await expect(createRound(bootstrapGitlab, fake.url, 'acme/shop', {})(wanted)).rejects.toMatchObject({
      code: 'CREDENTIALS_MISSING',
      exit: 5,
      message: 'no credentials for GitLab: neither GITLAB_TOKEN nor BRICKRAIL_GITLAB_TOKEN is set',
      hint: expect.stringMatching(/^set GITLAB_TOKEN to a token with the scope `api`/) as string,
    })
    expect(fake.requests).toEqual([])
  })

  it('says its status once', async () => {
    fake.trouble({ times: 9, answer: { status: 401, body: { message: '401 Unauthorized' } } })
    await expect(round(wanted)).rejects.toMatchObject({
      message: 'GitLab does not allow to read acme/shop: 401 Unauthorized',
    })
  })

  it('waits a little when asked to', async () => {
    fake.trouble({
      path: /variables/,
      answer: { status: 429, body: { message: 'slow' }, headers: { 'retry-after': '7' } },
    })
    const { text } = await round(wanted)
    expect(text).toMatch(/"type":"retry".*"delayMs":7000/)
    expect(fake.state.variables.length).toBeGreaterThan(3)
  })

  it('whose requests are wrong is noticed', async () => {
    await fetch(`${fake.url}/api/v4/projects/12/variables`, {
      method: 'POST',
      headers: { 'private-token': gitlabToken, 'content-type': 'application/json' },
      body: JSON.stringify({ key: 'A', value: 1, mask: true }),
    })
    expect(fake.violations.splice(0).join('\n')).toMatch(/body\/value must be string[\s\S]*mask/)
  })
})
