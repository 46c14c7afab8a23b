import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { idToken as azureToken } from '../../src/host/azure/token.ts'
import { idToken as githubToken } from '../../src/host/github/token.ts'
import { idToken as gitlabToken } from '../../src/host/gitlab/token.ts'
import { idToken as localToken } from '../../src/host/local/token.ts'
import { createContract, type Contract } from '../support/openapi.ts'
import { azureToken as jobToken, oidcJwt, startAzure, type AzureFake } from './fakes/azure.ts'
import { failureOf } from './fakes/failures.ts'
import { closeClean, startFake, type Fake } from './fakes/server.ts'
import { toolsFor } from './fakes/stages.ts'

/** https://docs.github.com/actions/reference/security/oidc#methods-for-requesting-the-oidc-token */
const oidcContract: Contract = createContract([
  {
    openapi: '3.0.3',
    paths: {
      '/1/idtoken/2': {
        get: {
          parameters: [
            { in: 'query', name: 'api-version', required: true, schema: { type: 'string' } },
            { in: 'query', name: 'audience', schema: { type: 'string' } },
          ],
        },
      },
    },
  },
])

const requestToken = 'eyJrequest.tokenOfTheJob.signature'

describe('the token of GitHub', () => {
  let fake: Fake
  let env: Record<string, string>
  beforeEach(async () => {
    fake = await startFake({
      contract: oidcContract,
      refuse: ({ headers }) =>
        headers['authorization'] === `Bearer ${requestToken}`
          ? undefined
          : { status: 401, body: { message: 'no' } },
      handle: () => ({ status: 200, body: { count: 1, value: oidcJwt } }),
    })
    env = {
      ACTIONS_ID_TOKEN_REQUEST_URL: `${fake.url}/1/idtoken/2?api-version=2.0`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: requestToken,
    }
  })
  afterEach(async () => {
    await closeClean(fake)
  })

  it('is asked for an audience, and hidden', async () => {
    const tools = toolsFor(env)
    expect(await githubToken(tools, 'https://adb-1.azuredatabricks.net/oidc?a&b')).toBe(oidcJwt)
    expect(fake.requests[0]?.query.get('audience')).toBe('https://adb-1.azuredatabricks.net/oidc?a&b')
    expect(tools.secrets).toEqual([requestToken, oidcJwt])
  })

  it('has GitHub’s own audience unless one is given', async () => {
    await githubToken(toolsFor(env))
    expect([...(fake.requests[0]?.query.keys() ?? [])]).toEqual(['api-version'])
  })

  it.each(['ACTIONS_ID_TOKEN_REQUEST_URL', 'ACTIONS_ID_TOKEN_REQUEST_TOKEN'])(
    'is not asked for without %s',
    async (name) => {
      const tools = toolsFor({ ...env, [name]: '' })
      expect(await githubToken(tools)).toBeUndefined()
      expect(fake.requests).toEqual([])
      expect(tools.events).toMatchObject([
        { type: 'notice', hint: expect.stringContaining('id-token: write') },
      ])
    },
  )

  it('is asked for again when the service is busy', async () => {
    fake.trouble({ answer: { status: 503, body: { message: 'busy' } }, times: 2 })
    const tools = toolsFor(env)
    expect(await githubToken(tools)).toBe(oidcJwt)
    expect(tools.slept).toEqual([1000, 2000])
  })

  it('is refused in words that say which right is lacking', async () => {
    fake.trouble({ answer: { status: 403, body: { message: 'Forbidden' } } })
    const error = await failureOf(githubToken(toolsFor(env)))
    expect(error).toMatchObject({ code: 'CI_DENIED', exit: 5 })
    expect(error.hint).toMatch(/`id-token: write`/)
    expect(`${error.message}${error.hint}`).not.toContain(requestToken)
  })

  it.each([{}, { value: 'no jwt' }, { value: 7 }, []])('is not taken from %j', async (body) => {
    fake.trouble({ answer: { status: 200, body } })
    expect((await failureOf(githubToken(toolsFor(env)))).code).toBe('CI_UNREACHABLE')
  })
})

const ids = {
  SYSTEM_TEAMPROJECTID: '6ce954b1-ce1f-45d1-b94d-e6bf2464ba2c',
  SYSTEM_HOSTTYPE: 'build',
  SYSTEM_PLANID: '11111111-2222-4333-8444-555555555555',
  SYSTEM_JOBID: '12f1170f-54f2-53f3-20dd-22fc7dff55f9',
}

describe('the token of Azure DevOps', () => {
  let fake: AzureFake
  let env: Record<string, string>
  beforeEach(async () => {
    fake = await startAzure()
    env = { ...ids, SYSTEM_COLLECTIONURI: `${fake.url}/acme/`, SYSTEM_ACCESSTOKEN: jobToken }
  })
  afterEach(async () => {
    await closeClean(fake)
  })

  it('is asked for with the token of the job, and hidden', async () => {
    const tools = toolsFor(env)
    expect(await azureToken(tools, 'another audience')).toBe(oidcJwt)
    expect(fake.tokenQueries).toEqual(['api-version=7.2-preview.1'])
    expect(tools.secrets).toEqual([jobToken, oidcJwt])
  })

  it('can be of a service connection', async () => {
    const connection = '99999999-2222-4333-8444-555555555555'
    await azureToken(toolsFor({ ...env, BRICKRAIL_SERVICE_CONNECTION_ID: connection }))
    expect(fake.tokenQueries).toEqual([`api-version=7.2-preview.1&serviceConnectionId=${connection}`])
  })

  it.each([
    ['SYSTEM_ACCESSTOKEN', '$(System.AccessToken)'],
    ['SYSTEM_PLANID', ''],
    ['SYSTEM_COLLECTIONURI', ''],
  ])('is not asked for without %s', async (name, value) => {
    const tools = toolsFor({ ...env, [name]: value })
    expect(await azureToken(tools)).toBeUndefined()
    expect(fake.requests).toEqual([])
    expect(tools.events).toMatchObject([
      { type: 'notice', hint: expect.stringContaining('SYSTEM_ACCESSTOKEN') },
    ])
  })

  it('is asked for again after a fault: it changes nothing', async () => {
    fake.trouble({ answer: 'hang up' })
    fake.trouble({ answer: { status: 500, body: { message: 'oops' } } })
    const tools = toolsFor(env)
    expect(await azureToken(tools)).toBe(oidcJwt)
    expect(tools.slept).toEqual([1000, 2000])
  })

  it('is refused where the token of the job is not accepted', async () => {
    const error = await failureOf(azureToken(toolsFor({ ...env, SYSTEM_ACCESSTOKEN: 'stale-token-000001' })))
    expect(error).toMatchObject({ code: 'CI_DENIED', exit: 5 })
    expect(error.hint).toMatch(/SYSTEM_ACCESSTOKEN: \$\(System\.AccessToken\)/)
    expect(`${error.message}${error.hint}`).not.toContain('stale-token-000001')
  })
})

describe('GitLab and a developer’s machine', () => {
  const fetch = () => Promise.reject(new Error('asked'))

  it('have nobody to ask', async () => {
    const tools = { ...toolsFor({ DATABRICKS_OIDC_TOKEN: 'x.y.z' }), fetch }
    expect(await gitlabToken(tools)).toBeUndefined()
    expect(await localToken(tools)).toBeUndefined()
    expect(tools.events).toEqual([])
  })

  it('say what a job of GitLab needs', async () => {
    const tools = { ...toolsFor({}), fetch }
    expect(await gitlabToken(tools)).toBeUndefined()
    expect(tools.events).toMatchObject([{ type: 'notice', hint: expect.stringContaining('id_tokens:') }])
  })
})
