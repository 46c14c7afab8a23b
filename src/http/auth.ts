import { isUnexpanded, type Env } from '../env.ts'
import { Fail } from '../errors.ts'
import { clientCredentials, tokenExchange, type OAuthOptions } from './oauth.ts'
import { readProfile } from './profile.ts'
import type { TokenSource } from './tokens.ts'

export interface AuthOptions {
  host: string
  env: Env
  /** From the target; DATABRICKS_CONFIG_PROFILE is the other way to name one. */
  profile?: string | undefined
  readFile: (path: string) => Promise<string>
  oauth: Omit<OAuthOptions, 'host'>
  /** Told of every secret as soon as it is known, so that no output can hold it. */
  onSecret: (secret: string) => void
}

const secretOf = (env: Env, name: string): string | undefined => {
  const value = env[name]?.trim()
  if (value === undefined || value === '') return undefined
  if (!isUnexpanded(value)) return value
  const hint = `define ${name} in the CI host's variables (Azure: group databricks_cli; GitLab: Settings, CI/CD, Variables) and give it to this job`
  throw new Fail('ENV_MISSING', { variable: name, why: `the unexpanded text «${value}»`, hint })
}

const pat = (token: string): TokenSource => ({ method: 'pat', renewable: false, get: async () => token })

const oidcToken = async (
  options: AuthOptions,
): Promise<{ method: string; token: () => Promise<string> } | undefined> => {
  const { env } = options
  const variable = env['DATABRICKS_OIDC_TOKEN_ENV'] || 'DATABRICKS_OIDC_TOKEN'
  const token = secretOf(env, variable)
  if (token !== undefined) return { method: 'env-oidc', token: async () => token }
  const file = secretOf(env, 'DATABRICKS_OIDC_TOKEN_FILEPATH')
  // Read again at each exchange: projected token files are rotated while a job runs.
  return file === undefined
    ? undefined
    : { method: 'file-oidc', token: async () => (await options.readFile(file)).trim() }
}

const fromEnv = async (options: AuthOptions): Promise<TokenSource | undefined> => {
  const token = secretOf(options.env, 'DATABRICKS_TOKEN')
  if (token !== undefined) return pat(token)
  const id = secretOf(options.env, 'DATABRICKS_CLIENT_ID')
  const secret = secretOf(options.env, 'DATABRICKS_CLIENT_SECRET')
  const oauth = { ...options.oauth, host: options.host, onSecret: options.onSecret }
  if (id !== undefined && secret !== undefined) {
    options.onSecret(secret)
    return clientCredentials(oauth, id, secret)
  }
  const oidc = await oidcToken(options)
  return oidc === undefined ? undefined : tokenExchange(oauth, oidc.method, oidc.token, id)
}

/** As people write it: with or without scheme and path. */
const hostOf = (text: string): string => {
  const url = /^https?:\/\//.test(text) ? text : `https://${text}`
  return URL.canParse(url) ? new URL(url).host : text
}

const fromProfile = async (
  options: AuthOptions,
  name: string,
  asked: boolean,
): Promise<TokenSource | undefined> => {
  const profile = await readProfile(options.readFile, options.env, name, asked)
  if (profile === undefined) return undefined
  if (profile.host !== undefined && hostOf(profile.host) !== hostOf(options.host)) {
    if (!asked) return undefined
    throw new Fail('USAGE', {
      what: `profile ${name} is for ${profile.host}, the target is ${options.host}`,
      hint: 'name the profile of that workspace',
    })
  }
  if (profile.token !== undefined) return pat(profile.token)
  if (profile.clientId === undefined || profile.clientSecret === undefined) return undefined
  options.onSecret(profile.clientSecret)
  const oauth = { ...options.oauth, host: options.host, onSecret: options.onSecret }
  return clientCredentials(oauth, profile.clientId, profile.clientSecret)
}

const tried =
  'no profile was named, DATABRICKS_TOKEN is not set, DATABRICKS_CLIENT_ID/DATABRICKS_CLIENT_SECRET are not both set, DATABRICKS_OIDC_TOKEN is not set, and ~/.databrickscfg has no DEFAULT profile for this host'

const triedProfile = (name: string): string =>
  `the profile ${name} has neither token nor client_id with client_secret; logins of the Databricks CLI cannot be used`

/**
 * The first credentials that are there, in the order of Databricks' unified authentication: a named profile,
 * personal token, OAuth client credentials, OIDC token exchange, the DEFAULT profile.
 * @throws Fail CREDENTIALS_MISSING, ENV_MISSING (set, but to unexpanded text), USAGE (profile of another host)
 */
export const resolveTokens = async (options: AuthOptions): Promise<TokenSource> => {
  const named = options.profile ?? options.env['DATABRICKS_CONFIG_PROFILE']
  const source = named
    ? await fromProfile(options, named, true)
    : ((await fromEnv(options)) ?? (await fromProfile(options, 'DEFAULT', false)))
  if (source === undefined)
    throw new Fail('CREDENTIALS_MISSING', { host: options.host, tried: named ? triedProfile(named) : tried })
  if (!source.renewable) options.onSecret(await source.get())
  return source
}
