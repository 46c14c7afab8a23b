import { Fail } from '../errors.ts'
import type { AuthOptions } from './auth-options.ts'
import { azureCli } from './azure-cli.ts'
import { secretFrom } from './secret-from.ts'
import { clientCredentials, tokenExchange, type OAuthOptions } from './oauth.ts'
import type { TokenSource } from './tokens.ts'

const oauthOf = (options: AuthOptions): OAuthOptions => ({
  ...options.oauth,
  host: options.host,
  onSecret: options.onSecret,
})

export const pat = (token: string): TokenSource => ({
  method: 'pat',
  renewable: false,
  get: async () => token,
})

const exchange = (options: AuthOptions, method: string, subject: () => Promise<string>): TokenSource =>
  tokenExchange(oauthOf(options), method, subject, secretFrom(options.env, 'DATABRICKS_CLIENT_ID'))

/** Asked once to see whether the job may have one at all; later exchanges ask again, because such tokens live for minutes. */
const vouched = async (options: AuthOptions, method: string): Promise<TokenSource | undefined> => {
  const { idToken, env } = options
  if (idToken === undefined || idToken.method !== method) return undefined
  const audience = env['DATABRICKS_TOKEN_AUDIENCE'] || undefined
  const first = await idToken.get(audience)
  if (first === undefined) return undefined
  let unused: string | undefined = first
  return exchange(options, method, async () => {
    const token = unused ?? (await idToken.get(audience)) ?? first
    unused = undefined
    return token
  })
}

type Find = (options: AuthOptions, forced: boolean) => Promise<TokenSource | undefined>

/** Only where a service principal is named: a job that may ask for an ID token may have it for quite another service. */
const fromHost =
  (method: string): Find =>
  async (options, forced) =>
    forced || secretFrom(options.env, 'DATABRICKS_CLIENT_ID') !== undefined
      ? await vouched(options, method)
      : undefined

/**
 * Databricks' names of the ways to authenticate, in the order of its unified authentication.
 * https://docs.databricks.com/dev-tools/auth/unified-auth
 */
const methods: Readonly<Record<string, Find>> = {
  pat: async (options) => {
    const token = secretFrom(options.env, 'DATABRICKS_TOKEN')
    return token === undefined ? undefined : pat(token)
  },
  'oauth-m2m': async (options) => {
    const id = secretFrom(options.env, 'DATABRICKS_CLIENT_ID')
    const secret = secretFrom(options.env, 'DATABRICKS_CLIENT_SECRET')
    if (id === undefined || secret === undefined) return undefined
    options.onSecret(secret)
    return clientCredentials(oauthOf(options), id, secret)
  },
  'env-oidc': async (options) => {
    const token = secretFrom(options.env, options.env['DATABRICKS_OIDC_TOKEN_ENV'] || 'DATABRICKS_OIDC_TOKEN')
    return token === undefined ? undefined : exchange(options, 'env-oidc', async () => token)
  },
  // Read again at each exchange: projected token files are rotated while a job runs.
  'file-oidc': async (options) => {
    const file = secretFrom(options.env, 'DATABRICKS_OIDC_TOKEN_FILEPATH')
    return file === undefined
      ? undefined
      : exchange(options, 'file-oidc', async () => (await options.readFile(file)).trim())
  },
  'github-oidc': fromHost('github-oidc'),
  'azure-devops-oidc': fromHost('azure-devops-oidc'),
  // Starts a process: only if it is asked for.
  'azure-cli': async (options, forced) =>
    forced ? azureCli(options.run, options.oauth.clock, options.onSecret) : undefined,
}

const forcedHints: Readonly<Record<string, string>> = {
  pat: 'DATABRICKS_TOKEN is not set',
  'oauth-m2m': 'DATABRICKS_CLIENT_ID and DATABRICKS_CLIENT_SECRET are not both set',
  'env-oidc': 'DATABRICKS_OIDC_TOKEN is not set (GitLab: id_tokens of the job)',
  'file-oidc': 'DATABRICKS_OIDC_TOKEN_FILEPATH is not set',
  'github-oidc': 'this job cannot ask GitHub for an ID token (permissions: id-token: write)',
  'azure-devops-oidc': 'this job cannot ask Azure DevOps for an ID token (env: SYSTEM_ACCESSTOKEN)',
}

/**
 * The first credentials that the environment has; DATABRICKS_AUTH_TYPE leaves only one way.
 * @throws Fail ENV_MISSING (unexpanded text), CREDENTIALS_MISSING and USAGE (the way that DATABRICKS_AUTH_TYPE names)
 */
export const fromEnv = async (options: AuthOptions): Promise<TokenSource | undefined> => {
  const type = secretFrom(options.env, 'DATABRICKS_AUTH_TYPE')
  if (type === undefined) {
    for (const find of Object.values(methods)) {
      const found = await find(options, false)
      if (found) return found
    }
    return undefined
  }
  const find = Object.hasOwn(methods, type) ? methods[type] : undefined
  if (!find) {
    const hint = `use one of ${Object.keys(methods).join(', ')}, or unset it`
    throw new Fail('USAGE', { what: `DATABRICKS_AUTH_TYPE «${type}» is not known here`, hint })
  }
  const found = await find(options, true)
  if (found) return found
  const tried = `DATABRICKS_AUTH_TYPE is ${type}, but ${forcedHints[type] ?? 'it gave none'}`
  throw new Fail('CREDENTIALS_MISSING', { host: options.host, tried })
}
