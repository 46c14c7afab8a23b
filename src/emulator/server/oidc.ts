import { randomBytes } from 'node:crypto'
import type { Hono } from 'hono'
import { oidc, type TokenAnswer } from '../../wire/oidc.ts'
import { orgId } from '../identity.ts'
import { now } from './clock.ts'
import { stored } from './json.ts'
import { addToken, findClient, findPrincipal, type Principal } from './principals.ts'
import { json, type Services } from './router.ts'
import type { Store } from './store.ts'

/** OAuth's own error shape (RFC 6749, 5.2), not Databricks'. */
class OAuthError extends Error {
  readonly status: number
  readonly error: string

  constructor(status: number, error: string, description: string) {
    super(description)
    this.status = status
    this.error = error
  }
}

const lifetimeSeconds = 3600

const basic = (header: string | null): [string, string] | undefined => {
  const encoded = /^Basic\s+(\S+)$/i.exec(header ?? '')?.[1]
  if (encoded === undefined) return undefined
  const decoded = Buffer.from(encoded, 'base64').toString()
  const colon = decoded.indexOf(':')
  return [decoded.slice(0, colon), decoded.slice(colon + 1)]
}

const byCredentials = (db: Store, form: URLSearchParams, header: string | null): Principal => {
  const [id, secret] = basic(header) ?? [form.get('client_id') ?? '', form.get('client_secret') ?? '']
  const client = findClient(db, id, secret)
  if (client === undefined) throw new OAuthError(401, 'invalid_client', 'Client authentication failed')
  return client
}

const claimsOf = (jwt: string): Record<string, unknown> => {
  const [, payload, signature] = jwt.split('.')
  try {
    if (payload === undefined || signature === undefined) throw new Error('not three parts')
    return stored<Record<string, unknown>>(Buffer.from(payload, 'base64url').toString())
  } catch {
    throw new OAuthError(400, 'invalid_request', 'subject_token is not a JSON Web Token')
  }
}

/**
 * Workload identity federation. The workspace has no federation policies and no issuer's keys, so it checks the shape
 * and the end of the token, not its signature: with `client_id` it is that service principal, without it the principal
 * that `sub` names.
 */
const byExchange = (db: Store, form: URLSearchParams, at: number): Principal => {
  const claims = claimsOf(form.get('subject_token') ?? '')
  if (typeof claims['exp'] === 'number' && claims['exp'] * 1000 <= at)
    throw new OAuthError(400, 'invalid_grant', 'subject_token is expired')
  const name = form.get('client_id') ?? (typeof claims['sub'] === 'string' ? claims['sub'] : '')
  const principal = findPrincipal(db, name)
  if (principal === undefined)
    throw new OAuthError(401, 'invalid_client', `No federation policy matches the token (principal ${name})`)
  return principal
}

const grant = (db: Store, form: URLSearchParams, header: string | null): TokenAnswer => {
  const at = now(db)
  const kind = form.get('grant_type')
  if (kind !== 'client_credentials' && kind !== oidc.exchangeGrant)
    throw new OAuthError(400, 'unsupported_grant_type', `grant_type ${kind} is not supported`)
  const principal = kind === oidc.exchangeGrant ? byExchange(db, form, at) : byCredentials(db, form, header)
  const token = `eyJ${randomBytes(32).toString('base64url')}`
  addToken(db, token, principal.user, at + lifetimeSeconds * 1000)
  return { access_token: token, token_type: 'Bearer', expires_in: lifetimeSeconds }
}

/** What the OAuth clients of the SDKs ask before and for a token; no credentials needed to ask. */
export const mountOidc = (app: Hono, { db }: Services): void => {
  // Older SDKs tolerate a 404 here; since 0.156 the one for Python finds the token endpoint in no other way.
  app.get('/.well-known/databricks-config', (c) =>
    json({ oidc_endpoint: `${new URL(c.req.url).origin}/oidc`, workspace_id: orgId }),
  )
  for (const document of ['oauth-authorization-server', 'openid-configuration'])
    app.get(`/oidc/.well-known/${document}`, (c) => {
      const { origin } = new URL(c.req.url)
      return json({
        issuer: `${origin}/oidc`,
        authorization_endpoint: `${origin}/oidc/v1/authorize`,
        token_endpoint: `${origin}${oidc.token}`,
        grant_types_supported: ['client_credentials', oidc.exchangeGrant],
        scopes_supported: [oidc.scope],
      })
    })
  app.post(oidc.token, async (c) => {
    const form = new URLSearchParams(await c.req.text())
    const header = c.req.raw.headers.get('authorization')
    try {
      return json(db.atomically(() => grant(db, form, header)))
    } catch (error) {
      if (!(error instanceof OAuthError)) throw error
      return json({ error: error.error, error_description: error.message }, error.status)
    }
  })
}
