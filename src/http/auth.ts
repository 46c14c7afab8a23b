import { Fail } from '../errors.ts'
import { fromEnv, pat } from './auth-methods.ts'
import type { AuthOptions } from './auth-options.ts'
import { clientCredentials } from './oauth.ts'
import { readProfile } from './profile.ts'
import type { TokenSource } from './tokens.ts'

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
  'no profile was named, DATABRICKS_TOKEN is not set, DATABRICKS_CLIENT_ID/DATABRICKS_CLIENT_SECRET are not both set, DATABRICKS_OIDC_TOKEN is not set, the CI host has no ID token for DATABRICKS_CLIENT_ID, and ~/.databrickscfg has no DEFAULT profile for this host'

const triedProfile = (name: string): string =>
  `the profile ${name} has neither token nor client_id with client_secret; logins of the Databricks CLI cannot be used`

/**
 * The first credentials that are there, in the order of Databricks' unified authentication: a named profile, the
 * environment, the DEFAULT profile.
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
