import { afterEach, describe, expect, it } from 'vitest'
import { createHarness, type Harness } from '../support/harness.ts'

let harness: Harness
afterEach(() => harness.close())

const json = (body: unknown, status = 200): Response =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } })

interface Seen {
  url: string
  authorization: string | null
  body: string
}

/** The CI host, the token endpoint of the workspace, and the workspace itself, on one wire. */
const wire =
  (seen: Seen[], hostAnswer: () => Response): typeof fetch =>
  async (input, init) => {
    const request = new Request(input, init)
    const { pathname, host } = new URL(request.url)
    const isToken = pathname === '/oidc/v1/token'
    if (host === 'workspace.test' && !isToken) return await harness.emulator.fetch(request)
    seen.push({
      url: request.url,
      authorization: request.headers.get('authorization'),
      body: await request.text(),
    })
    return isToken
      ? json({ access_token: harness.emulator.token, token_type: 'Bearer', expires_in: 3600 })
      : hostAnswer()
  }

const workspace = { DATABRICKS_HOST: 'http://workspace.test', DATABRICKS_CLIENT_ID: 'app-1' }
const jwt = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJyZXBvIn0.c2lnbmF0dXJl'

const cases = [
  {
    host: 'GitHub',
    env: {
      GITHUB_ACTIONS: 'true',
      ACTIONS_ID_TOKEN_REQUEST_URL: 'https://token.actions.example/issue?api-version=2',
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'request-bearer-token',
      DATABRICKS_TOKEN_AUDIENCE: 'databricks',
    },
    answer: () => json({ value: jwt }),
    asked: /^https:\/\/token\.actions\.example\/issue\?api-version=2&audience=databricks$/,
    bearer: 'Bearer request-bearer-token',
  },
  {
    host: 'Azure DevOps',
    env: {
      TF_BUILD: 'True',
      SYSTEM_TEAMFOUNDATIONCOLLECTIONURI: 'https://dev.azure.example/acme/',
      SYSTEM_TEAMPROJECTID: '0a1b2c3d-0000-4000-8000-000000000001',
      SYSTEM_HOSTTYPE: 'build',
      SYSTEM_PLANID: '0a1b2c3d-0000-4000-8000-000000000002',
      SYSTEM_JOBID: '0a1b2c3d-0000-4000-8000-000000000003',
      SYSTEM_ACCESSTOKEN: 'system-access-token',
    },
    answer: () => json({ oidcToken: jwt }),
    asked: /\/acme\/0a1b.*\/hubs\/build\/plans\/.*\/jobs\/.*\/oidctoken\?/,
    bearer: 'Bearer system-access-token',
  },
]

describe.each(cases)("$host's own token opens the workspace", ({ env, answer, asked, bearer }) => {
  it('by exchange, and is in no output', async () => {
    harness = createHarness()
    const seen: Seen[] = []
    const ran = await harness.run('plan', ['-q', '--target', 'dev'], {
      env: { ...workspace, ...env },
      fetch: wire(seen, answer),
    })
    expect([ran.exit, ran.stderr]).toEqual([0, expect.any(String)])
    const [first, exchange] = seen
    expect(first?.url).toMatch(asked)
    expect(first?.authorization).toBe(bearer)
    const form = new URLSearchParams(exchange?.body)
    expect([form.get('subject_token'), form.get('client_id')]).toEqual([jwt, 'app-1'])
    const masks = /^(?:::add-mask::|##vso\[task\.setsecret\]).*$/gm
    expect((ran.stdout + ran.stderr).replaceAll(masks, '')).not.toContain(jwt)
  })

  it('is asked for, and refused, with what to do', async () => {
    harness = createHarness()
    const ran = await harness.run('plan', ['-q', '--target', 'dev'], {
      env: { ...workspace, ...env },
      fetch: wire([], () => json({ message: 'no' }, 403)),
    })
    expect([ran.exit, ran.stderr]).toEqual([5, expect.stringMatching(/does not allow/)])
  })
})
