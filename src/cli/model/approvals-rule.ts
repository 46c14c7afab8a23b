import type { ApprovalRule, ModelPolicy, Place } from '../../plan/state-policy.ts'

/** The version tag that Databricks' deployment jobs look at: https://docs.databricks.com/mlflow/deployment-job */
export const approvalTag = 'Approval'

/** Enough of a digest to tell evidence apart, where a whole one is hard to read. */
export const shortDigest = (digest: string): string => digest.slice(0, 12)

/** Deployment jobs take a tag that says «approved»: https://docs.databricks.com/mlflow/deployment-job */
export const approvedWords = (digest: string): string => `Approved evidence ${shortDigest(digest)}`

/** In the comment of a request that is an approval; others may hold a digest for other reasons, and are none. */
export const approvingWords = (digest: string): string => `brickrail approval of evidence ${digest}`

/** A first release that asks for approval where the place has no rule: by anybody, in any way. */
const anybody: ApprovalRule = {
  required: 0,
  from: [],
  distinctFrom: [],
  sources: ['transition_request', 'signed_file', 'unity_catalog_tag', 'ci_environment'],
}

/** What may approve; undefined where no approval is ever asked for. */
export const ruleFor = (policy: ModelPolicy, place: Place): ApprovalRule | undefined => {
  const rule = policy.approvals[place] ?? anybody
  const first = place === 'production' && policy.firstRelease.requiresApproval
  return rule.required > 0 || first ? rule : undefined
}
