import { describe, expect, it, onTestFinished } from 'vitest'
import { clientCredentials, tokenExchange } from '../../src/http/oauth.ts'
import { virtualClock, type VirtualClock } from '../support/harness.ts'
import {
  answering,
  clientOf,
  everythingOf,
  failureOf,
  host,
  json,
  torn,
  workspace,
  type Control,
} from './support.ts'

const id = '11111111-2222-3333-4444-555555555555'
const secret = 'dose-very-secret'

const jwt = (claims: Record<string, unknown>): string =>
  ['{"alg":"none"}', JSON.stringify(claims), 'signature']
    .map((part) => Buffer.from(part).toString('base64url'))
    .join('.')

const open = async (): Promise<Control & { clock: VirtualClock; asked: () => Promise<number> }> => {
  const there = workspace()
  onTestFinished(() => there.emulator.close())
  await there.control('principals', { user: id, secret, groups: ['admins'] })
  const asked = async () => {
    const log = (await (await there.emulator.fetch(`${host}/_emulator/requests`)).json()) as {
      requests: { path: string }[]
    }
    return log.requests.filter(({ path }) => path === '/oidc/v1/token').length
  }
  // The emulator's tokens end by the real clock.
  return { ...there, clock: virtualClock(Date.now()), asked }
}

describe('client credentials against the embedded workspace', () => {
  it('open the workspace', async () => {
    const { emulator, clock } = await open()
    const tokens = clientCredentials({ host, fetch: emulator.fetch, clock }, id, secret)
    const me = await clientOf(emulator.fetch, { tokens, clock }).identity.me({})
    expect(me.userName).toBe(id)
  })

  it('are asked for once by 20 concurrent calls, and once more when the token has ended', async () => {
    const { emulator, clock, asked } = await open()
    const tokens = clientCredentials({ host, fetch: emulator.fetch, clock }, id, secret)
    const calls = () => Promise.all(Array.from({ length: 20 }, () => tokens.get()))
    expect(new Set(await calls()).size).toBe(1)
    expect(await asked()).toBe(1)
    clock.advance(3_540_001)
    expect(new Set(await calls()).size).toBe(1)
    expect(await asked()).toBe(2)
  })

  it('a token that the workspace refuses is renewed once for all who hold it', async () => {
    const { emulator, clock, asked, control } = await open()
    const tokens = clientCredentials({ host, fetch: emulator.fetch, clock }, id, secret)
    const client = clientOf(emulator.fetch, { tokens, clock })
    await client.identity.me({})
    // Its end comes earlier there than we think.
    await control('clock', { advance_ms: 3_600_001 })
    const users = await Promise.all(Array.from({ length: 20 }, () => client.identity.me({})))
    expect(users.map(({ userName }) => userName)).toEqual(Array.from({ length: 20 }, () => id))
    expect(await asked()).toBe(2)
  })

  it('a renewal that fails is not remembered', async () => {
    const { emulator, clock, control } = await open()
    const tokens = clientCredentials({ host, fetch: emulator.fetch, clock }, id, secret)
    await control('faults', { path: '/oidc', status: 500, times: 5 })
    expect((await failureOf(tokens.get())).code).toBe('API_REFUSED')
    expect(await tokens.get()).toMatch(/^eyJ/)
  })

  it.each([
    ['429', { status: 429, headers: { 'retry-after': '1' } }],
    ['500', { status: 500 }],
    ['a torn connection', { drop: 'after' }],
    ['half an answer', { truncate: true }],
  ])('%s is absorbed', async (_name, fault) => {
    const { emulator, clock, control } = await open()
    await control('faults', { path: '/oidc', ...fault })
    const tokens = clientCredentials({ host, fetch: emulator.fetch, clock }, id, secret)
    expect(await tokens.get()).toMatch(/^eyJ/)
  })

  it('a wrong secret is named, never shown', async () => {
    const { emulator, clock } = await open()
    const failure = await failureOf(
      clientCredentials({ host, fetch: emulator.fetch, clock }, id, 'dose-wrong').get(),
    )
    expect(failure).toMatchObject({ code: 'UNAUTHENTICATED', exit: 5 })
    expect(failure.message).toContain('Client authentication failed')
    expect(failure.hint).toContain('DATABRICKS_CLIENT_SECRET')
    expect(everythingOf(failure)).not.toContain('dose-wrong')
    expect(everythingOf(failure)).not.toContain(Buffer.from(`${id}:dose-wrong`).toString('base64'))
  })
})

describe('token exchange against the embedded workspace', () => {
  const exchange = async (token: string, client: string | undefined = id) => {
    const { emulator, clock } = await open()
    const secrets: string[] = []
    const options = { host, fetch: emulator.fetch, clock, onSecret: (text: string) => secrets.push(text) }
    const tokens = tokenExchange(options, 'env-oidc', async () => token, client)
    return { client: clientOf(emulator.fetch, { tokens, clock }), secrets }
  }

  it('opens the workspace, and both tokens are told to the redaction', async () => {
    const subject = jwt({ sub: 'project_path:sample', exp: Date.now() / 1000 + 600 })
    const { client, secrets } = await exchange(subject)
    expect((await client.identity.me({})).userName).toBe(id)
    expect(secrets).toHaveLength(2)
    expect(secrets[0]).toBe(subject)
  })

  it.each([
    ['an ended token', jwt({ sub: 'x', exp: 1 }), id, 'subject_token is expired'],
    ['a policy that does not fit', jwt({ sub: 'x' }), 'another', 'No federation policy matches'],
    ['text that is no token', 'no-token-at-all', id, 'not a JSON Web Token'],
  ])('%s exits 5 with the hint of the policy', async (_name, token, client, says) => {
    const { client: caller } = await exchange(token, client)
    const failure = await failureOf(caller.identity.me({}))
    expect(failure).toMatchObject({ code: 'UNAUTHENTICATED', exit: 5 })
    expect(failure.message).toContain(says)
    expect(failure.hint).toContain('federation policy')
    expect(everythingOf(failure)).not.toContain(token)
  })
})

describe('an answer of the token endpoint that is none', () => {
  it.each([
    ['JSON without a token', json({}), 'NOT_JSON'],
    ['a login page', new Response('<html></html>', { headers: { 'content-type': 'text/html' } }), 'NOT_JSON'],
    [
      'a redirect',
      new Response('', { status: 302, headers: { location: 'https://login.test' } }),
      'NOT_JSON',
    ],
    ['no host', torn('ENOTFOUND'), 'HOST_UNREACHABLE'],
  ])('%s', async (_name, answer, code) => {
    const fetch = answering(answer)
    const failure = await failureOf(
      clientCredentials({ host, fetch, clock: virtualClock() }, id, secret).get(),
    )
    expect(failure.code).toBe(code)
    expect(everythingOf(failure)).not.toContain(secret)
    expect(fetch.calls).toHaveLength(1)
  })
})
