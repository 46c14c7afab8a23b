import { Fail } from '../errors.ts'
import { oidc, type TokenAnswer } from '../wire/oidc.ts'
import { ApiError } from './api-error.ts'
import { attempt } from './attempt.ts'
import { renewing, type TokenSource } from './tokens.ts'
import type { Clock } from './clock.ts'
import { decide, defaultPolicy } from './retry.ts'

export interface OAuthOptions {
  host: string
  fetch: typeof globalThis.fetch
  clock: Clock
  stop?: AbortSignal
  onSecret?: (secret: string) => void
}

const refusedHints: Record<string, string> = {
  'oauth-m2m':
    'check DATABRICKS_CLIENT_ID and DATABRICKS_CLIENT_SECRET, and that the service principal is in this workspace',
  oidc: 'check the federation policy of the service principal: issuer, audience and subject must equal those of the CI job',
}

const requestToken = async (
  options: OAuthOptions,
  method: string,
  form: Record<string, string>,
  basic?: string,
) => {
  const headers: Record<string, string> = {
    'content-type': 'application/x-www-form-urlencoded',
    accept: 'application/json',
  }
  if (basic !== undefined) headers['authorization'] = `Basic ${basic}`
  const prepared = {
    method: 'POST',
    path: oidc.token,
    url: options.host + oidc.token,
    headers,
    body: new URLSearchParams(form).toString(),
  }
  for (let number = 1; ; number += 1) {
    const timeout = AbortSignal.timeout(30_000)
    const signal = options.stop ? AbortSignal.any([timeout, options.stop]) : timeout
    const result = await attempt(options.fetch, options.host, prepared, 'json', {
      signal,
      stop: options.stop,
      now: options.clock.now(),
    })
    if (result.ok) return result.value as unknown as TokenAnswer
    const decision = decide(result.outcome, 'read', number, defaultPolicy, options.clock.random())
    if (decision.do === 'retry') {
      await options.clock.sleep(decision.delayMs, options.stop)
      continue
    }
    const { error } = result
    if (!(error instanceof ApiError) || error.status >= 500) throw error
    const hint = refusedHints[method] ?? refusedHints['oidc']
    throw new Fail(
      'UNAUTHENTICATED',
      { host: options.host, method, message: error.apiMessage, hint },
      { cause: error },
    )
  }
}

const cached = (options: OAuthOptions, method: string, ask: () => Promise<TokenAnswer>): TokenSource =>
  renewing(
    method,
    () => options.clock.now(),
    async () => {
      const answer = await ask()
      if (typeof answer.access_token !== 'string')
        throw new Fail('NOT_JSON', {
          method: 'POST',
          path: oidc.token,
          status: 200,
          what: 'without an access_token',
        })
      options.onSecret?.(answer.access_token)
      return { token: answer.access_token, end: options.clock.now() + (answer.expires_in || 3600) * 1000 }
    },
  )

/** OAuth machine-to-machine: https://docs.databricks.com/dev-tools/auth/oauth-m2m */
export const clientCredentials = (options: OAuthOptions, id: string, secret: string): TokenSource => {
  const basic = Buffer.from(`${id}:${secret}`).toString('base64')
  const form = { grant_type: 'client_credentials', scope: oidc.scope }
  return cached(options, 'oauth-m2m', () => requestToken(options, 'oauth-m2m', form, basic))
}

/**
 * A CI host's OIDC token for a Databricks one. With `id` it is a service principal's federation policy,
 * without it the account's. https://docs.databricks.com/dev-tools/auth/oauth-federation-exchange
 */
export const tokenExchange = (
  options: OAuthOptions,
  method: string,
  subject: () => Promise<string>,
  id: string | undefined,
): TokenSource =>
  cached(options, method, async () => {
    const token = await subject()
    options.onSecret?.(token)
    const form = {
      grant_type: oidc.exchangeGrant,
      subject_token: token,
      subject_token_type: oidc.jwtType,
      scope: oidc.scope,
    }
    return await requestToken(options, method, id === undefined ? form : { ...form, client_id: id })
  })
