import type { BootstrapOptions } from '../../bootstrap.ts'
import { ask, orNothing } from '../../bootstrap-ask.ts'
import type { HostTools } from '../../host.ts'
import { connect } from './client.ts'

/** Of GET …/actions/oidc/customization/sub */
interface Template {
  use_default?: boolean
  include_claim_keys?: string[]
  use_immutable_subject?: boolean
  sub_claim_prefix?: string
}

/**
 * How the subject of this repository's OIDC tokens begins: `repo:owner/name`, or for repositories made, renamed or moved
 * after June 2026 `repo:owner@1/name@2`. https://docs.github.com/actions/reference/security/oidc
 * @returns undefined when the repository makes its subject of other claims, or the host does not tell
 */
export const readSubjectPrefix = async (
  options: BootstrapOptions,
  tools: HostTools,
): Promise<string | undefined> => {
  const { api, at, repository } = await connect(options, tools)
  const found = await orNothing(() =>
    ask('to read the subject of OIDC tokens', () => api.actions.getCustomOidcSubClaimForRepo(at)),
  )
  const template = found?.data as Template | undefined
  if (template?.use_default === false && (template.include_claim_keys ?? []).length > 0) return undefined
  return (
    template?.sub_claim_prefix ??
    (template?.use_immutable_subject ? undefined : `repo:${repository.full_name}`)
  )
}
