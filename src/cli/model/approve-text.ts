import type { Bundle } from './evidence.ts'
import type { ApprovalRule, ModelPolicy, Place } from '../../plan/state-policy.ts'
import type { VersionInfo } from '../../plan/state-registry.ts'
import { count } from '../../report/text.ts'

/** How an approval was given. */
export type Given = 'transition_request' | 'unity_catalog_tag' | 'signed_file' | 'already'

export interface Consent {
  policy: ModelPolicy
  rule: ApprovalRule
  version: VersionInfo
  place: Place
  bundle: Bundle
  user: string
  given: Given
  /** Of a signed file: its paths, from the root of the repository. */
  files: readonly string[]
}

const done = ({ given, user, place, files }: Consent): string => {
  switch (given) {
    case 'already':
      return `${user} has approved this already: nothing changed, nothing touched`
    case 'transition_request':
      return `${user} has approved: a transition request to ${place} is filed, bound to this evidence`
    case 'unity_catalog_tag':
      return 'approved: the tag Approval is set, bound to this evidence'
    case 'signed_file':
      return `${user} has approved: commit ${files.join(' and ')}`
  }
}

/** What was approved, and what happens with it. */
export const consentText = (consent: Consent): string => {
  const { policy, rule, version, place, bundle } = consent
  const { evidence, digest } = bundle
  const within = rule.validHours === undefined ? '' : `, for ${count(rule.validHours, 'hour')}`
  return [
    `version ${version.version} of ${policy.name} to ${place}`,
    `  evidence   ${digest}`,
    `  evaluated  ${evidence.evaluation?.at ?? evidence.at}`,
    `  trained by ${evidence.trainer ?? 'nobody knows whom'}, from commit ${evidence.lineage['commit'] ?? evidence.commit ?? 'unknown'}`,
    done(consent),
    `It counts until the version is evaluated anew${within}.`,
  ].join('\n')
}

export const consentData = ({ policy, version, place, bundle, user, given, files }: Consent) => ({
  model: policy.key,
  name: policy.name,
  version: version.version,
  place,
  evidence: bundle.digest,
  user,
  outcome: given === 'already' ? 'unchanged' : 'approved',
  source: given === 'already' ? null : given,
  files,
})
