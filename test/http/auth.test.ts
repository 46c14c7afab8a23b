import { describe, expect, it } from 'vitest'
import type { AuthOptions } from '../../src/http/auth-options.ts'
import { resolveTokens } from '../../src/http/auth.ts'
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
  /** What `az` prints, or how it fails. */
  az?: string | Error
  /** The ID token that a CI host gives this job. */
  hostToken?: string
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
  {
    name: "a CI host's ID token, for a service principal",
    env: { DATABRICKS_CLIENT_ID: 'app' },
    hostToken: 'h.o.st',
    gives: 'github-oidc',
    token: 'from-oidc',
  },
  {
    name: "a CI host's ID token for nobody is for others",
    hostToken: 'h.o.st',
    gives: 'CREDENTIALS_MISSING',
  },
  {
    name: 'an OIDC token of its own before that of the host',
    env: { DATABRICKS_CLIENT_ID: 'app', DATABRICKS_OIDC_TOKEN: 'a.b.c' },
    hostToken: 'h.o.st',
    gives: 'env-oidc',
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

const az = JSON.stringify({ accessToken: 'from-az', expires_on: 4_000_000_000 })
const only = (type: string, more: Omit<Case, 'name' | 'gives'>): Omit<Case, 'name' | 'gives'> => ({
  ...more,
  env: { DATABRICKS_TOKEN: 'dapi-x', ...m2m, ...more.env, DATABRICKS_AUTH_TYPE: type },
})

const forced: Case[] = [
  { name: 'the one way that is asked for', gives: 'oauth-m2m', ...only('oauth-m2m', {}) },
  { name: 'azure-cli', gives: 'azure-cli', ...only('azure-cli', { az, token: 'from-az' }) },
  {
    name: 'no az',
    gives: 'CREDENTIALS_MISSING',
    ...only('azure-cli', {
      az: Object.assign(new Error('spawn az ENOENT'), { code: 'ENOENT' }),
      says: 'not installed',
    }),
  },
  {
    name: 'az without a login',
    gives: 'CREDENTIALS_MISSING',
    ...only('azure-cli', {
      az: Object.assign(new Error('failed'), { stderr: "Please run 'az login'" }),
      says: "Please run 'az login'",
    }),
  },
  {
    name: 'az without a token',
    gives: 'CREDENTIALS_MISSING',
    ...only('azure-cli', { az: '{}', says: 'accessToken' }),
  },
  {
    name: 'az that prints something else',
    gives: 'CREDENTIALS_MISSING',
    ...only('azure-cli', { az: 'hello' }),
  },
  {
    name: 'the host, without a service principal',
    gives: 'github-oidc',
    hostToken: 'h.o.st',
    env: { DATABRICKS_AUTH_TYPE: 'github-oidc' },
    token: 'from-oidc',
  },
  {
    name: 'a host that may not',
    gives: 'CREDENTIALS_MISSING',
    ...only('github-oidc', { says: 'id-token: write' }),
  },
  {
    name: 'another host than this one',
    gives: 'CREDENTIALS_MISSING',
    ...only('azure-devops-oidc', { hostToken: 'h.o.st', says: 'SYSTEM_ACCESSTOKEN' }),
  },
  { name: 'a way that nobody knows', gives: 'USAGE', ...only('magic', { says: 'magic' }) },
  { name: 'toString is no way', gives: 'USAGE', ...only('toString', {}) },
]

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
    run: async () => {
      if (typeof one.az === 'string') return { stdout: one.az }
      throw one.az ?? new Error('az is not to be run')
    },
    idToken: { method: 'github-oidc', get: async () => one.hostToken },
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
  ['DATABRICKS_AUTH_TYPE', forced],
  ['text that a CI host did not expand', unexpanded],
])('credentials: %s', (_group, cases) => {
  it.each(cases.filter(isRefused))('$name -> $gives', async (one) => {
    const failure = await failureOf(resolve(one).then((source) => source.get()))
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
      run: async () => ({ stdout: '' }),
      oauth: { fetch: answering(new Error('not asked')), clock: virtualClock() },
      onSecret: () => undefined,
    }
    expect((await resolveTokens(options)).method).toBe('pat')
    expect(read).toEqual(['/etc/cfg'])
  })
})
