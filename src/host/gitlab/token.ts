import { setValue } from '../context.ts'
import type { HostTools } from '../host.ts'
import { noToken } from '../token.ts'

/** What a job needs for it. */
const needs =
  'give the job `id_tokens: { DATABRICKS_OIDC_TOKEN: { aud: … } }`: the generated pipelines do so with `auth: oidc`'

/**
 * GitLab puts the token of `id_tokens:` into the environment before the job starts, where it has been read by now:
 * https://docs.gitlab.com/ci/secrets/id_token_authentication/
 */
export const idToken = async (tools: HostTools, _audience?: string): Promise<string | undefined> =>
  setValue(tools.env['DATABRICKS_OIDC_TOKEN']) === undefined ? noToken('GitLab', needs, tools) : undefined
