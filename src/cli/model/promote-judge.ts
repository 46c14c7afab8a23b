import { Fail } from '../../errors.ts'
import { distinctUsers, whyNot } from '../../gate/approval-counts.ts'
import { approvalRule } from '../../gate/approvals.ts'
import { judge } from '../../gate/judge.ts'
import type { PromotionRecord } from '../../ledger/promotion.ts'
import type { Approval, JsonNumber, Moment, Verdict } from '../../plan/state-evidence.ts'
import type { ModelPlan, Promotion } from '../../plan/state-model.ts'
import type { Place } from '../../plan/state-policy.ts'
import type { Holders, VersionInfo } from '../../plan/state-registry.ts'
import { approvalsFor } from './approvals.ts'
import { evidenceTags } from './bundle.ts'
import { completeBundle, storedBundle, type Bundle } from './evidence.ts'
import { wholeBundle } from './evidence-whole.ts'
import { frozenUntil } from './freeze.ts'
import type { ModelSession } from './open.ts'
import { tellVerdict } from './tell-verdict.ts'

/** What a verdict is asked for. */
export interface Question {
  action: ModelPlan['action']
  place: Place
  version: VersionInfo
  holders: Holders
  /** Newest first. */
  records: readonly PromotionRecord[]
  /** Reads only: tests recorded since are counted, and the bundle with them is not stored. */
  dry: boolean
}

/** Of a version that is at its place already: what is no longer to be read. */
export interface Past {
  /** Approvals that were counted before. */
  approvals: readonly Approval[]
  /** ms since 1970; when it came there, by the registry. */
  at: number
}

export interface Judged {
  verdict: Verdict
  bundle: Bundle | undefined
  /** Those that count. */
  approvals: readonly Approval[]
  /** How many more are asked for. */
  missing: number
}

const isInvalid = (error: unknown): error is Fail =>
  error instanceof Fail && error.code === 'EVIDENCE_INVALID'

/** Going back must not fail because of evidence that nobody asks for: what is asked finds none, and says so. */
const evidenceOf = async (
  model: ModelSession,
  { version, action }: Question,
): Promise<Bundle | undefined> => {
  try {
    return await storedBundle(model, version)
  } catch (error) {
    if (action !== 'rollback' || !isInvalid(error)) throw error
    model.session.run.emit({ type: 'notice', level: 'warning', text: error.message })
    return undefined
  }
}

const bundleOf = async (model: ModelSession, question: Question): Promise<Bundle | undefined> => {
  const { version, action, dry } = question
  const stored = await evidenceOf(model, question)
  if (!stored || action !== 'promote') return stored
  return dry ? await wholeBundle(model, stored) : await completeBundle(model, version, stored)
}

/** Evidence digests by place, of the done promotions of this version. */
export const passedOf = ({ records, version }: Question): Moment['passed'] => {
  const done = records.filter(({ status, promotion }) => status === 'done' && promotion.action === 'promote')
  const at = (place: Place): Moment['passed'] => {
    const found = done.find(
      ({ promotion }) => promotion.place === place && promotion.version === version.version,
    )
    return found ? { [place]: found.promotion.evidence ?? '' } : {}
  }
  return { ...at('staging'), ...at('production') }
}

/**
 * The version, with a «no» that the ledger tells: who may edit the version may take away the tag that says it, not the record.
 * Evidence that was made later has an answer of its own.
 */
export const withRejection = (
  version: VersionInfo,
  records: readonly PromotionRecord[],
  bundle: Bundle | undefined,
): VersionInfo => {
  const no = records.find((one) => one.status === 'rejected' && one.promotion.version === version.version)
  if (!no || (bundle && no.promotion.evidence !== bundle.digest && no.startedAt < bundle.evidence.at))
    return version
  return { ...version, tags: { ...version.tags, [evidenceTags.verdict]: 'rejected' } }
}

/** The present; of a version that is there already, when the last thing came that it needed. ms since 1970 */
const timeOf = (now: number, approvals: readonly Approval[], past: Past | undefined): number =>
  past ? Math.min(now, Math.max(past.at, ...approvals.map(({ at }) => Date.parse(at) || now))) : now

const momentOf = async (
  model: ModelSession,
  question: Question,
  bundle: Bundle | undefined,
  past: Past | undefined,
): Promise<Moment> => {
  const { session, policy } = model
  const { action, place, version, holders, records } = question
  const present = bundle ? await approvalsFor(model, version, place, bundle) : []
  const approvals = [...present, ...(past?.approvals ?? [])]
  const now = session.run.world.clock.now()
  return {
    place,
    action,
    now: new Date(timeOf(now, approvals, past)).toISOString(),
    evidence: bundle?.digest ?? '',
    holders,
    candidate: withRejection(version, records, bundle),
    approvals,
    passed: passedOf(question),
    protected: session.project.target.protected,
    frozenUntil: frozenUntil(policy.freeze, action, past?.at ?? now),
  }
}

/** Why it is not let through: the names of all checks, then the first one's own words, which may be the policy's message. */
export const failing = ({ verdict }: Pick<Judged, 'verdict'>): string => {
  const first = verdict.checks.find(({ status, why }) => status === verdict.obstacle && why !== undefined)
  return `${verdict.why ?? ''}${first ? ` (${first.why})` : ''}`
}

/**
 * Ask the gate, with all that it rests on read now.
 * @throws Fail EVIDENCE_INVALID, and what the reads throw
 */
export const askGate = async (model: ModelSession, question: Question, past?: Past): Promise<Judged> => {
  const { policy } = model
  const { place, version } = question
  const bundle = await bundleOf(model, question)
  const moment = await momentOf(model, question, bundle, past)
  const asked = { policy, evidence: bundle?.evidence, moment }
  const verdict = judge(policy, bundle?.evidence, moment)
  tellVerdict(model, { version, place, digest: bundle?.digest, verdict })
  // Those of the trainer, or of other evidence, are no part of the story.
  const rule = approvalRule(asked)
  const counted = moment.approvals.filter((one) => whyNot(one, rule, asked) === undefined)
  const missing = Math.max(0, rule.required - distinctUsers(counted).length)
  return { verdict, bundle, approvals: counted, missing }
}

const metricsOf = ({ evidence }: Bundle): Record<string, JsonNumber> =>
  evidence.evaluation?.candidate.metrics ?? evidence.logged

/** What every record says: which version, where to, and who was there. */
export const movementOf = (
  { policy, registry }: ModelSession,
  { place, version, holders }: Pick<Question, 'place' | 'version' | 'holders'>,
) => ({
  model: policy.name,
  registry: registry.kind,
  place,
  version: version.version,
  from: holders[place],
  policy: policy.digest,
})

/** What the record says of it. */
export const promotionOf = (
  model: ModelSession,
  question: Question,
  { bundle, approvals, verdict }: Judged,
  reason?: string,
): Promotion => ({
  action: question.action,
  ...movementOf(model, question),
  verdict: verdict.verdict,
  approvers: approvals.map(({ user, source }) => ({ user, source })),
  ...(bundle ? { evidence: bundle.digest, metrics: metricsOf(bundle) } : {}),
  ...(bundle?.evidence.commit === undefined ? {} : { commit: bundle.evidence.commit }),
  ...(reason === undefined ? {} : { reason }),
})
