import { sameUser } from '../../gate/approval-counts.ts'
import type { Approval } from '../../plan/state-evidence.ts'
import type { ApprovalRule, ApprovalSource, Place } from '../../plan/state-policy.ts'
import type { VersionInfo } from '../../plan/state-registry.ts'
import type { Me } from '../../wire/identity.ts'
import { approvalTag, approvedWords, approvingWords, ruleFor, shortDigest } from './approvals-rule.ts'
import { withGroups } from './approvals-groups.ts'
import { hostApprovals, type Asked } from './approvals-host.ts'
import type { Bundle } from './evidence.ts'
import { observeHolders } from './observe.ts'
import type { ModelSession } from './open.ts'
import { signedApprovals } from './signed.ts'

export { askForApproval } from './approvals-ask.ts'

interface Sought extends Asked {
  model: ModelSession
  version: VersionInfo
  me: Me
  mine: boolean
}

const warn = ({ session }: ModelSession, text: string, hint?: string): void =>
  session.run.emit({ type: 'notice', level: 'warning', text, ...(hint === undefined ? {} : { hint }) })

/** Clocks of two machines. ms */
const skew = 5 * 60_000

/** A moment by the registry's clock, which may be a little ahead of ours. ISO 8601 */
const timeOf = ({ session }: ModelSession, at: number): string => {
  const now = session.run.world.clock.now()
  return new Date(at > now && at <= now + skew ? now : at).toISOString()
}

/** One's own request is a wish, and what asks for approval may be one's own. */
const requested = async ({ model, approval, me, mine }: Sought): Promise<Approval[]> => {
  const { registry, policy } = model
  const open = (await registry.requests?.list(policy.name, approval.version)) ?? []
  return open
    .filter((one) => one.place === approval.place && one.comment.includes(approvingWords(approval.evidence)))
    .flatMap(({ user, at }): Approval[] => {
      const source = 'transition_request'
      if (mine || !sameUser(user, me.userName)) return [{ ...approval, user, source, at: timeOf(model, at) }]
      warn(model, `the approval of ${user} does not count: the same user promotes`)
      return []
    })
}

/** Unity Catalog does not say who has set a tag. */
const tagged = async ({ model, rule, version, approval }: Sought): Promise<Approval[]> => {
  const value = version.tags[approvalTag]
  if (value === undefined) return []
  if (rule.from.length > 0 || rule.distinctFrom.length > 0) {
    const text = `the tag ${approvalTag} does not count: Unity Catalog does not say who has set it`
    warn(model, text, 'take `from` and `distinct_from` from the policy, or choose another source')
    return []
  }
  if (!/^approved\b/i.test(value.trim()) || !value.includes(shortDigest(approval.evidence))) {
    const wanted = approvedWords(approval.evidence)
    warn(model, `the tag ${approvalTag} («${value}») does not count: it would have to be «${wanted}»`)
    return []
  }
  const at = timeOf(model, Number(version.updatedAt ?? model.session.run.world.clock.now()))
  return [{ ...approval, user: `whoever set the tag ${approvalTag}`, source: 'unity_catalog_tag', at }]
}

const sources: Readonly<Record<ApprovalSource, (sought: Sought) => Promise<Approval[]>>> = {
  transition_request: requested,
  unity_catalog_tag: tagged,
  signed_file: async ({ model: { session, policy }, approval: { version, place, evidence } }) =>
    await signedApprovals({
      run: session.run,
      root: session.project.root,
      policy,
      version,
      place,
      digest: evidence,
    }),
  ci_environment: async (sought) => await hostApprovals(sought.model.session, sought),
}

/**
 * Where more than one has to approve, an account of a CI host without an address may be a person who has approved elsewhere, and
 * would count twice.
 */
const tellable = (model: ModelSession, rule: ApprovalRule, found: readonly Approval[]): Approval[] => {
  const nameless = ({ source, user }: Approval): boolean => source === 'ci_environment' && !user.includes('@')
  const elsewhere = found.some(({ source }) => source !== 'ci_environment')
  if (rule.required < 2 || !elsewhere || !found.some(nameless)) return [...found]
  const users = found.filter(nameless).map(({ user }) => user)
  const text = `the approval of ${users.join(', ')} on the CI host does not count: it tells no e-mail address, and others have approved elsewhere`
  warn(model, text, 'let the account show its address, or have all approve in one place')
  return found.filter((one) => !nameless(one))
}

/** Nobody asks for approvals where the first release alone would, and there was one. */
const isAsked = async (
  { policy, registry }: ModelSession,
  rule: ApprovalRule,
  place: Place,
): Promise<boolean> =>
  rule.required > 0 || (await observeHolders(registry, policy.name, place)).production.length === 0

/**
 * Who has approved that a version goes to a place, bound to a digest of evidence, from every source that the policy names. Whether
 * these people may approve is the gate's to say. What does not count is said as a warning.
 * @param mine also count what this very identity has approved
 * @throws Fail SIGNATURE_TOOL_MISSING, CI_DENIED, CI_REFUSED, CI_UNREACHABLE
 */
export const approvalsFor = async (
  model: ModelSession,
  version: VersionInfo,
  place: Place,
  { evidence, digest, mine = false }: Bundle & { mine?: boolean },
): Promise<Approval[]> => {
  const rule = ruleFor(model.policy, place)
  if (rule === undefined || !(await isAsked(model, rule, place))) return []
  const me = await model.session.client.identity.me({})
  const approval = { evidence: digest, version: version.version, place }
  const sought: Sought = { model, version, rule, evidence, approval, me, mine }
  const found: Approval[] = []
  for (const source of rule.sources) found.push(...(await sources[source](sought)))
  return await withGroups(model.session, me, rule, tellable(model, rule, found))
}
