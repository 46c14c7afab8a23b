import { Fail } from '../../errors.ts'
import type { ApprovalRule, ApprovalSource, ModelPolicy, Place } from '../../plan/state-policy.ts'
import type { VersionInfo } from '../../plan/state-registry.ts'
import { count } from '../../report/text.ts'
import { ruleFor, shortDigest } from './approvals-rule.ts'
import type { ModelSession } from './open.ts'

const who = ({ from, distinctFrom }: ApprovalRule): string => {
  const people = from.length === 0 ? 'anybody who may' : from.join(', ')
  if (distinctFrom.length === 0) return people
  const not = distinctFrom.map((one) => (one === 'committer' ? 'whoever committed' : 'whoever trained it'))
  return `${people}, but not ${not.join(' or ')},`
}

const ways = ({ key }: ModelPolicy, rule: ApprovalRule, version: string, place: Place): string => {
  const command = `brickrail approve --model ${key} --to ${place} --version ${version}`
  const has = (source: ApprovalSource) => rule.sources.includes(source)
  const plain = has('transition_request') || has('unity_catalog_tag')
  const by = [
    ...(plain ? [`with \`${command}\``] : []),
    ...(has('signed_file') ? [`with \`${command} --sign <key>\`, whose files are then committed`] : []),
    ...(has('ci_environment') ? ['on the CI host, for the deployment of the job that promotes'] : []),
  ]
  return by.join(', or ')
}

const files = async (model: ModelSession, version: string, place: Place, digest: string): Promise<void> => {
  const { registry, policy } = model
  const { requests } = registry
  if (requests === undefined) return
  const open = await requests.list(policy.name, version)
  if (open.some((one) => one.place === place)) return
  // The digest is not whole: only approvals hold a whole one.
  const comment = `brickrail asks for approval of evidence ${shortDigest(digest)}`
  await requests.create(policy.name, version, place, comment)
}

/**
 * File a transition request where the policy's sources have it and none is open, so that people who look at the registry see it.
 * @param missing approvals that are still to come
 * @returns the hint of exit 9: who can approve, and how
 */
export const askForApproval = async (
  model: ModelSession,
  version: VersionInfo,
  place: Place,
  digest: string,
  missing: number,
): Promise<string> => {
  const { policy } = model
  const rule = ruleFor(policy, place)
  if (rule === undefined) return 'the policy asks for no approval'
  try {
    if (rule.sources.includes('transition_request')) await files(model, version.version, place, digest)
  } catch (error) {
    if (!(error instanceof Fail)) throw error
    const text = `no transition request was filed: ${error.message}`
    model.session.run.emit({ type: 'notice', level: 'warning', text, hint: error.hint })
  }
  const within = rule.validHours === undefined ? '' : `; it counts for ${count(rule.validHours, 'hour')}`
  return `${count(missing, 'more approval')}: ${who(rule)} can give it ${ways(policy, rule, version.version, place)}${within}; then promote again`
}
