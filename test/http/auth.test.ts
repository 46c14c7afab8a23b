import { describe, expect, it } from 'vitest'
import { resolveTokens, type AuthOptions } from '../../src/http/auth.ts'
import { virtualClock } from '../support/harness.ts'
import { answering, everythingOf, failureOf, host, json } from './support.ts'

interface Case {
  name: string
  env?: Record<string, string>
  profile?: string
  /** Text of ~/.databrickscfg. */
  file?: string
  /** The method, or the code of the failure. */
  gives: string
  token?: string
  says?: string
}

const m2m = { DATABRICKS_CLIENT_ID: 'app', DATABRICKS_CLIENT_SECRET: 'dose-secret' }
const profiles = `[DEFAULT]
host = ${host}
token = dapi-default

[other.one]
host  = ${host}/?o=123
token = dapi-other

[m2m]
host = workspace.test
client_id = app
client_secret = dose-file

[elsewhere]
host = https://elsewhere.test
token = dapi-elsewhere

[cli]
host = ${host}
auth_type = databricks-cli
`

const order: Case[] = [
  { name: 'nothing', gives: 'CREDENTIALS_MISSING', says: 'DATABRICKS_TOKEN is not set' },
  { name: 'a token', env: { DATABRICKS_TOKEN: 'dapi-x' }, gives: 'pat', token: 'dapi-x' },
  { name: 'a token with a line end', env: { DATABRICKS_TOKEN: 'dapi-x\n' }, gives: 'pat', token: 'dapi-x' },
  { name: 'an empty token is none', env: { DATABRICKS_TOKEN: ' ' }, gives: 'CREDENTIALS_MISSING' },
  { name: 'client credentials', env: m2m, gives: 'oauth-m2m', token: 'from-oidc' },
  {
    name: 'half of the client credentials',
    env: { DATABRICKS_CLIENT_ID: 'app' },
    gives: 'CREDENTIALS_MISSING',
  },
  { name: 'a token before client credentials', env: { ...m2m, DATABRICKS_TOKEN: 'dapi-x' }, gives: 'pat' },
  { name: 'an OIDC token', env: { DATABRICKS_OIDC_TOKEN: 'a.b.c' }, gives: 'env-oidc', token: 'from-oidc' },
  {
    name: 'an OIDC token of another name, as GitLab id_tokens have',
    env: { DATABRICKS_OIDC_TOKEN_ENV: 'ID_TOKEN', ID_TOKEN: 'a.b.c' },
    gives: 'env-oidc',
  },
  { name: 'an OIDC token in a file', env: { DATABRICKS_OIDC_TOKEN_FILEPATH: '/token' }, gives: 'file-oidc' },
  {
    name: 'client credentials before an OIDC token',
    env: { ...m2m, DATABRICKS_OIDC_TOKEN: 'a.b.c' },
    gives: 'oauth-m2m',
  },
  { name: 'the DEFAULT profile last', file: profiles, gives: 'pat', token: 'dapi-default' },
  {
    name: 'a variable before it',
    env: { DATABRICKS_TOKEN: 'dapi-x' },
    file: profiles,
    gives: 'pat',
    token: 'dapi-x',
  },
  {
    name: 'a DEFAULT profile of another host is not for us',
    file: '[DEFAULT]\nhost = https://elsewhere.test\ntoken = dapi-elsewhere\n',
    gives: 'CREDENTIALS_MISSING',
  },
]

const named: Case[] = [
  {
    name: 'a profile before all',
    profile: 'other.one',
    env: { DATABRICKS_TOKEN: 'x' },
    file: profiles,
    gives: 'pat',
    token: 'dapi-other',
  },
  {
    name: 'a profile by variable',
    env: { DATABRICKS_CONFIG_PROFILE: 'm2m' },
    file: profiles,
    gives: 'oauth-m2m',
  },
  {
    name: 'a profile that is not there',
    profile: 'none',
    file: profiles,
    gives: 'USAGE',
    says: 'profile none is not in',
  },
  { name: 'no file at all', profile: 'none', gives: 'USAGE' },
  {
    name: 'a profile of another host',
    profile: 'elsewhere',
    file: profiles,
    gives: 'USAGE',
    says: 'is for https://elsewhere.test',
  },
  {
    name: 'a profile without a secret: never the DEFAULT one in its place',
    profile: 'cli',
    file: profiles,
    gives: 'CREDENTIALS_MISSING',
    says: 'the profile cli has neither token nor client_id',
  },
]

const unexpanded: Case[] = [
  '$(databricks_token)',
  '${DATABRICKS_TOKEN}',
  '$DATABRICKS_TOKEN',
  '%DATABRICKS_TOKEN%',
].map((text) => ({ name: text, env: { DATABRICKS_TOKEN: text }, gives: 'ENV_MISSING', says: text }))

const resolve = (one: Case, secrets: string[] = []) => {
  const options: AuthOptions = {
    host,
    env: { HOME: '/home/ci', ...one.env },
    profile: one.profile,
    readFile: async (path) => {
      if (path === '/token') return 'a.b.c\n'
      if (one.file === undefined || path !== '/home/ci/.databrickscfg') throw new Error('ENOENT')
      return one.file
    },
    oauth: {
      fetch: answering(json({ access_token: 'from-oidc', token_type: 'Bearer', expires_in: 3600 })),
      clock: virtualClock(),
    },
    onSecret: (secret) => secrets.push(secret),
  }
  return resolveTokens(options)
}

/** Codes of failures are in capitals, methods are not. */
const isRefused = ({ gives }: Case): boolean => gives === gives.toUpperCase()

describe.each([
  ['order', order],
  ['profiles', named],
  ['text that a CI host did not expand', unexpanded],
])('credentials: %s', (_group, cases) => {
  it.each(cases.filter(isRefused))('$name -> $gives', async (one) => {
    const failure = await failureOf(resolve(one))
    expect(failure.code).toBe(one.gives)
    expect(failure.message).toContain(one.says ?? '')
    expect(everythingOf(failure)).not.toMatch(/dapi-|dose-/)
  })

  it.each(cases.filter((one) => !isRefused(one)))('$name -> $gives', async (one) => {
    const secrets: string[] = []
    const source = await resolve(one, secrets)
    const token = await source.get()
    expect(source.method).toBe(one.gives)
    expect(token).toBe(one.token ?? token)
    // Whatever opens the workspace is known to the redaction before it is used.
    expect(secrets).toContain(token)
  })

  it.each(cases)('$name: every secret is told', async (one) => {
    const secrets: string[] = []
    await resolve(one, secrets)
      .then((source) => source.get())
      .catch(() => undefined)
    const given = Object.entries(one.env ?? {}).find(([name]) => name === 'DATABRICKS_CLIENT_SECRET')
    const usesIt = one.gives === 'oauth-m2m' && given !== undefined
    expect(secrets.includes('dose-secret')).toBe(usesIt)
  })
})

describe('another file', () => {
  it('is named by DATABRICKS_CONFIG_FILE', async () => {
    const read: string[] = []
    const options: AuthOptions = {
      host,
      env: { DATABRICKS_CONFIG_FILE: '/etc/cfg', HOME: '/home/ci' },
      readFile: async (path) => {
        read.push(path)
        return profiles
      },
      oauth: { fetch: answering(new Error('not asked')), clock: virtualClock() },
      onSecret: () => undefined,
    }
    expect((await resolveTokens(options)).method).toBe('pat')
    expect(read).toEqual(['/etc/cfg'])
  })
})
