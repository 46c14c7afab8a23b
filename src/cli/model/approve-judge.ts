import { Fail } from '../../errors.ts'
import { whyNot } from '../../gate/approval-counts.ts'
import { judge } from '../../gate/judge.ts'
import type { Approval, Moment, Verdict } from '../../plan/state-evidence.ts'
import type { ApprovalRule, ApprovalSource, Place } from '../../plan/state-policy.ts'
import type { Holders, VersionInfo } from '../../plan/state-registry.ts'
import { approvalsFor } from './approvals.ts'
import { storedBundle, type Bundle } from './evidence.ts'
import { wholeBundle } from './evidence-whole.ts'
import { observeHolders } from './observe.ts'
import type { ModelSession } from './open.ts'
import { failing, passedOf, withRejection } from './promote-judge.ts'
import { outsideOf } from './promote-outside.ts'
import { candidateFor, readyVersion } from './promote-version.ts'
import { promotionsOf } from './record.ts'

/** What somebody is asked to approve. */
export interface Matter {
  model: ModelSession
  version: VersionInfo
  place: Place
  bundle: Bundle
  moment: Moment
  verdict: Verdict
}

/** A version that is not READY is nothing to wait for here. ms */
const patience = 1

/** The version that `promote` would take: the named one, else the one whose turn it is. */
export const subject = async (
  model: ModelSession,
  place: Place,
  named: string | undefined,
): Promise<{ version: VersionInfo; holders: Holders }> => {
  const holders = await observeHolders(model.registry, model.policy.name, place)
  const version = await readyVersion(
    model,
    named ?? (await candidateFor(model, place, async () => holders)),
    patience,
  )
  return { version, holders }
}

/** The ledger's newest records: enough to know which place a version has passed. */
const recordsRead = 60

const momentOf = async (
  model: ModelSession,
  place: Place,
  { version, holders }: { version: VersionInfo; holders: Holders },
  bundle: Bundle,
): Promise<Moment> => {
  const { session } = model
  const [records, approvals] = await Promise.all([
    promotionsOf(model, recordsRead),
    approvalsFor(model, version, place, { ...bundle, mine: true }),
  ])
  const action = 'promote'
  // What somebody has moved past Brickrail can still be approved: then it is judged as before that.
  const before = outsideOf(version.version, place, holders, records)
  return {
    place,
    action,
    now: new Date(session.run.world.clock.now()).toISOString(),
    evidence: bundle.digest,
    holders: before?.holders ?? holders,
    candidate: withRejection(version, records, bundle),
    approvals,
    passed: passedOf({ action, place, version, holders, records, dry: false }),
    protected: session.project.target.protected,
    // What is approved within a window is promoted after it.
    frozenUntil: undefined,
  }
}

const show = ({ model, version, place, bundle, verdict }: Matter): void =>
  model.session.run.emit({
    type: 'verdict',
    title: `${model.policy.key} version ${version.version} to ${place}`,
    model: model.policy.name,
    version: version.version,
    place,
    evidence: bundle.digest,
    verdict,
  })

/**
 * What there is to approve, shown, and good enough to be approved.
 * @throws Fail GATE_REFUSED when a check failed, EVIDENCE_INVALID when there is no evidence or it cannot be used
 */
export const matterOf = async (
  model: ModelSession,
  place: Place,
  named: string | undefined,
): Promise<Matter> => {
  const found = await subject(model, place, named)
  const { version } = found
  const names = { model: model.policy.name, version: version.version }
  const stored = await storedBundle(model, version)
  if (stored === undefined) throw new Fail('EVIDENCE_INVALID', { ...names, why: 'it was never evaluated' })
  const bundle = await wholeBundle(model, stored)
  const moment = await momentOf(model, place, found, bundle)
  const verdict = judge(model.policy, bundle.evidence, moment)
  const matter: Matter = { model, version, place, bundle, moment, verdict }
  show(matter)
  if (verdict.verdict === 'failed')
    throw new Fail('GATE_REFUSED', {
      ...names,
      place,
      why: failing(matter),
      hint: 'there is nothing to approve before the checks pass; the table above says what each has found',
    })
  return matter
}

/** The approval that somebody is about to give. */
export const intended = (
  { version, place, bundle, moment }: Matter,
  source: ApprovalSource,
  { user, groups }: { user: string; groups: readonly string[] | undefined },
): Approval => ({
  user,
  source,
  evidence: bundle.digest,
  version: version.version,
  place,
  at: moment.now,
  ...(groups === undefined ? {} : { groups: [...groups] }),
})

/**
 * The gate's own rule says who may approve.
 * @throws Fail APPROVER_REFUSED
 */
export const mayApprove = (matter: Matter, rule: ApprovalRule, approval: Approval): void => {
  const { model, bundle, moment } = matter
  const asked = { policy: model.policy, evidence: bundle.evidence, moment }
  const why = whyNot(approval, rule, asked)
  if (why === undefined) return
  const who = rule.from.length === 0 ? 'somebody else' : `one of ${rule.from.join(', ')}`
  const hint =
    approval.source === 'unity_catalog_tag'
      ? 'take `from` and `distinct_from` from the policy, or choose another source: nobody can approve it so'
      : `have ${who} approve it, who has neither trained nor committed it where the policy says so`
  throw new Fail('APPROVER_REFUSED', { user: approval.user, why, hint })
}
