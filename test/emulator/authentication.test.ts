import { describe, expect, it } from 'vitest'
import { base64, workspaceAt } from './workspace-at.ts'

describe('authentication', () => {
  const { emulator, ask } = workspaceAt({ token: 'dapi-1', user: 'me@example.com' })
  it.each([
    ['', 'Credential was not sent or was of an unsupported type for this API.'],
    ['wrong', 'Invalid access token.'],
    ['dapi-1x', 'Invalid access token.'],
    ['$(databricks_token)', 'Invalid access token.'],
  ])('refuses «%s»', async (token, message) => {
    const answer = await ask('GET', '/api/2.1/clusters/list', undefined, token)
    expect([answer.status, answer.body]).toEqual([401, { error_code: 'UNAUTHENTICATED', message }])
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/)
  })
  it('comes before the body is looked at', async () => {
    expect((await ask('POST', '/api/2.1/clusters/create', '{', 'wrong')).status).toBe(401)
  })
  it('refuses Basic', async () => {
    const response = await emulator.fetch('http://h/api/2.0/clusters/list', {
      headers: { authorization: 'Basic eDp5' },
    })
    expect(response.status).toBe(401)
  })
  it.each(['/api/2.0/preview/scim/v2/Me', '/api/2.0/scim/v2/Me'])(
    '%s tells who calls, and the workspace id',
    async (path) => {
      const { body, headers } = await ask('GET', path)
      expect(body).toMatchObject({
        userName: 'me@example.com',
        active: true,
        emails: [{ value: 'me@example.com' }],
        groups: expect.arrayContaining([expect.objectContaining({ display: 'admins' })]),
        entitlements: expect.arrayContaining([{ value: 'allow-cluster-create' }]),
      })
      expect(headers.get('x-databricks-org-id')).toMatch(/^\d{16}$/)
      expect(body.id).toMatch(/^\d+$/)
    },
  )
})

describe('OAuth', () => {
  const { emulator, ask, ok } = workspaceAt({ clients: [{ id: 'app-1', secret: 's3' }] })
  const token = async (form: Record<string, string>, basic?: string) => {
    const response = await emulator.fetch('http://h/oidc/v1/token', {
      method: 'POST',
      body: new URLSearchParams(form),
      headers: basic === undefined ? {} : { authorization: `Basic ${base64(basic)}` },
    })
    return { status: response.status, body: (await response.json()) as Record<string, unknown> }
  }
  const exchange = 'urn:ietf:params:oauth:grant-type:token-exchange'
  const jwt = (claims: object) =>
    `${Buffer.from('{"alg":"RS256"}').toString('base64url')}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2ln`

  it.each([
    ['client_credentials by basic', { grant_type: 'client_credentials', scope: 'all-apis' }, 'app-1:s3'],
    [
      'client_credentials in the body',
      { grant_type: 'client_credentials', client_id: 'app-1', client_secret: 's3' },
      undefined,
    ],
    [
      'an exchange for a service principal',
      { grant_type: exchange, subject_token: jwt({ sub: 'repo:x' }), client_id: 'app-1' },
      undefined,
    ],
    [
      'an exchange by subject',
      { grant_type: exchange, subject_token: jwt({ sub: 'app-1', exp: 9_999_999_999 }) },
      undefined,
    ],
  ])('gives a token for %s', async (_, form, basic) => {
    const { status, body } = await token(form, basic)
    expect([status, body]).toEqual([
      200,
      { access_token: expect.any(String), token_type: 'Bearer', expires_in: 3600 },
    ])
    const me = await ask('GET', '/api/2.0/preview/scim/v2/Me', undefined, String(body['access_token']))
    expect(me.body.userName).toBe('app-1')
    expect(me.body).not.toHaveProperty('emails')
  })

  it.each([
    ['a wrong secret', { grant_type: 'client_credentials' }, 'app-1:s4', 401, 'invalid_client'],
    ['an unknown client', { grant_type: 'client_credentials' }, 'app-2:s3', 401, 'invalid_client'],
    ['a user as client', { grant_type: 'client_credentials' }, 'admin@example.com:', 401, 'invalid_client'],
    ['no credentials', { grant_type: 'client_credentials' }, undefined, 401, 'invalid_client'],
    ['another grant', { grant_type: 'password' }, 'app-1:s3', 400, 'unsupported_grant_type'],
    [
      'a subject token that is no JWT',
      { grant_type: exchange, subject_token: '${CI_TOKEN}', client_id: 'app-1' },
      undefined,
      400,
      'invalid_request',
    ],
    [
      'an ended subject token',
      { grant_type: exchange, subject_token: jwt({ sub: 'app-1', exp: 1 }) },
      undefined,
      400,
      'invalid_grant',
    ],
    [
      'an unknown subject',
      { grant_type: exchange, subject_token: jwt({ sub: 'who' }) },
      undefined,
      401,
      'invalid_client',
    ],
  ])('refuses %s', async (_, form, basic, status, error) => {
    expect(await token(form as unknown as Record<string, string>, basic)).toEqual({
      status,
      body: { error, error_description: expect.any(String) },
    })
  })

  it('ends its tokens after an hour', async () => {
    const { body } = await token({ grant_type: 'client_credentials' }, 'app-1:s3')
    const bearer = String(body['access_token'])
    await ok('GET', '/api/2.1/clusters/list', undefined, bearer)
    await ok('POST', '/_emulator/clock', { advance_ms: 3_600_001 })
    const answer = await ask('GET', '/api/2.1/clusters/list', undefined, bearer)
    expect([answer.status, answer.body.message]).toEqual([401, 'Access token is expired.'])
  })

  it('is found where the SDKs look', async () => {
    const { body } = await ask('GET', '/oidc/.well-known/oauth-authorization-server', undefined, '')
    expect(body).toMatchObject({ token_endpoint: 'https://adb-1.azuredatabricks.net/oidc/v1/token' })
    const config = await ask('GET', '/.well-known/databricks-config', undefined, '')
    expect(config.body).toMatchObject({ oidc_endpoint: 'https://adb-1.azuredatabricks.net/oidc' })
  })
})
