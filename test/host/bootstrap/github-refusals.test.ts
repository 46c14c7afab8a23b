import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { wantedOf } from '../../../src/cli/bootstrap-wanted.ts'
import { bootstrapGithub } from '../../../src/host/github/bootstrap/bootstrap.ts'
import type { Trouble } from '../fakes/server.ts'
import { githubToken, startGithub, type Opening } from './github-fake.ts'
import { createRound, env, pipelineOf } from './support.ts'

const token = { GITHUB_TOKEN: githubToken }
const wanted = wantedOf(pipelineOf(), { host: 'github', env, approvers: ['alice', 'acme/ops'] })

let fake: Opening
let round: ReturnType<typeof createRound>
beforeEach(async () => {
  fake = await startGithub()
  round = createRound(bootstrapGithub, fake.url, 'acme/shop', token)
})
afterEach(async () => {
  await fake.close()
})

describe('a GitHub that says no', () => {
  it.each<[name: string, answer: Trouble['answer'], expected: object]>([
    [
      'expired',
      { status: 401, body: { message: 'Bad credentials' } },
      { code: 'CI_DENIED', hint: expect.stringMatching(/expired, revoked/) as string },
    ],
    [
      'not found',
      { status: 404, body: { message: 'Not Found' } },
      { code: 'USAGE', message: expect.stringMatching(/no repository acme\/shop/) as string },
    ],
    [
      'single sign-on',
      { status: 403, body: { message: 'Resource protected by organization SAML enforcement.' } },
      { code: 'CI_DENIED', hint: expect.stringMatching(/authorize the token/) as string },
    ],
    [
      'limited',
      {
        status: 403,
        body: { message: 'API rate limit exceeded' },
        headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '9999999999' },
      },
      { code: 'CI_REFUSED', message: expect.stringMatching(/rate limit/) as string },
    ],
  ])('%s', async (_name, answer, expected) => {
    fake.trouble({ times: 9, answer })
    await expect(round(wanted)).rejects.toMatchObject(expected)
    expect(fake.writes()).toEqual([])
  })

  it('archived', async () => {
    fake.state.repository['archived'] = true
    await expect(round(wanted)).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringMatching(/archived/) as string,
    })
  })

  it('is not there', async () => {
    const nowhere = createRound(bootstrapGithub, 'http://127.0.0.1:9', 'acme/shop', token)
    await expect(nowhere(wanted)).rejects.toMatchObject({ code: 'CI_UNREACHABLE' })
  })

  it('whose requests are wrong is noticed', async () => {
    await fetch(`${fake.url}/api/v3/repos/acme/shop/environments/prod`, {
      method: 'PUT',
      headers: { authorization: `token ${githubToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ reviewers: [{ type: 'Group', id: 1 }], wait: 3 }),
    })
    expect(fake.violations.splice(0).join('\n')).toMatch(/reviewers\/0\/type[\s\S]*wait/)
  })
})
