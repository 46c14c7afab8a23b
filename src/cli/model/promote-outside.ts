import { Fail } from '../../errors.ts'
import type { PromotionRecord } from '../../ledger/promotion.ts'
import type { Approval } from '../../plan/state-evidence.ts'
import type { Place } from '../../plan/state-policy.ts'
import type { Holders, VersionInfo } from '../../plan/state-registry.ts'
import { withGroups } from './approvals-groups.ts'
import { ruleFor } from './approvals-rule.ts'
import type { ModelSession } from './open.ts'
import { askGate, failing, promotionOf, type Question } from './promote-judge.ts'
import { recordOutcome } from './record.ts'

/** The version is at its place, and the ledger's newest word on it there is another: by hand, as in the registry's own pages. */
interface Outside {
  record: PromotionRecord
  /** Who was there before, as far as the ledger knows. */
  holders: Holders
}

/**
 * What was there before somebody moved a version past Brickrail; undefined when the ledger knows how it came there, or never
 * heard of it.
 * @param records newest first
 */
export const outsideOf = (
  version: string,
  place: Place,
  holders: Holders,
  records: readonly PromotionRecord[],
): Outside | undefined => {
  const of = records.filter(({ promotion }) => promotion.place === place)
  const record = of.find(({ promotion }) => promotion.version === version)
  const isThere = holders[place].length === 1 && holders[place][0] === version
  if (!record || !isThere || record.status === 'done' || record.status === 'open') return undefined
  const since = of.find(({ status, number }) => status === 'done' && number > record.number)
  const before = since ? [since.promotion.version] : record.promotion.from
  return { record, holders: { ...holders, [place]: before } }
}

/** Approving a request in the registry's pages closes all of them: those that were counted before are in the record. */
const countedBefore = async (
  model: ModelSession,
  { promotion, startedAt: at }: PromotionRecord,
): Promise<Approval[]> => {
  const { session, policy } = model
  const { evidence, version, place, approvers } = promotion
  const rule = ruleFor(policy, place)
  if (rule === undefined || evidence === undefined || approvers.length === 0) return []
  const me = await session.client.identity.me({})
  const found = approvers.map(({ user, source }) => ({ user, source, evidence, version, place, at }))
  return await withGroups(session, me, rule, found)
}

/** By the registry's clock, which may be a little ahead of ours. ms since 1970 */
const movedAt = ({ session }: ModelSession, { updatedAt }: VersionInfo): number => {
  const now = session.run.world.clock.now()
  return Math.min(now, Number(updatedAt ?? now))
}

const mend = ({ policy }: ModelSession, { place, version }: Question, waiting: boolean): string => {
  const approve = `brickrail approve --model ${policy.key} --to ${place} --version ${version.version}`
  const back = place === 'production' ? `take it out: \`brickrail rollback-model --model ${policy.key}\`` : ''
  const other = waiting
    ? `have it approved (\`${approve}\`), and promote again: then it is recorded as done`
    : 'mend what failed in the table above, and promote again; or promote another version'
  return [back, other].filter(Boolean).join('; or ')
}

/**
 * Somebody has moved the version to where it waited to go, for example by approving its request in the registry's pages. If the
 * policy lets it through, that is recorded as done, so that history and rollback know it; else that it is there against the policy.
 * @returns what was done, for a message; undefined when there is nothing to settle
 * @throws Fail GATE_REFUSED
 */
export const settleOutside = async (model: ModelSession, question: Question): Promise<string | undefined> => {
  const { place, version, records, action } = question
  const outside = outsideOf(version.version, place, question.holders, records)
  if (outside === undefined || action !== 'promote') return undefined
  const { record, holders } = outside
  const past = { approvals: await countedBefore(model, record), at: movedAt(model, version) }
  const asked = { ...question, holders }
  const judged = await askGate(model, asked, past)
  const { verdict } = judged
  if (verdict.obstacle === 'mode') return `not by Brickrail: ${verdict.why}`
  if (question.dry) return `outside of Brickrail (#${record.number} had left it as ${record.status})`
  if (verdict.allows) {
    const reason = `brought there outside of Brickrail, after #${record.number}; the policy lets it through`
    const at = new Date(past.at).toISOString()
    const promotion = promotionOf(model, asked, judged, reason)
    const number = await recordOutcome(model, { status: 'done', promotion, at })
    return `${reason}${number === undefined ? '' : `; recorded as #${number}`}`
  }
  const why = `it is there, outside of Brickrail and against the policy: ${failing(judged)}`
  await recordOutcome(model, { status: 'refused', promotion: promotionOf(model, asked, judged, why) })
  const hint = mend(model, question, verdict.obstacle === 'waiting')
  throw new Fail('GATE_REFUSED', { version: version.version, model: model.policy.name, place, why, hint })
}
