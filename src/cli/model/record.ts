import { Fail } from '../../errors.ts'
import { begun, claim, take, type Claim } from '../../ledger/claim.ts'
import { isHeld, lockedBy } from '../../ledger/lease.ts'
import { promotions, readPromotions, type PromotionRecord } from '../../ledger/promotion.ts'
import { same } from '../../plan/canonical.ts'
import type { Promotion } from '../../plan/state-model.ts'
import { currentOwner, isDead } from '../owner.ts'
import type { ModelSession } from './open.ts'

export const journalOf = ({ session, policy }: ModelSession) => promotions(session.place, policy.key)

/** Newest first. */
export const promotionsOf = async (
  { session, policy }: ModelSession,
  limit?: number,
): Promise<PromotionRecord[]> => await readPromotions(session.client, session.place, policy.key, limit)

/** The failure that says who promotes this model now; undefined when nobody does. */
export const busyWith = (model: ModelSession, records: readonly PromotionRecord[]): Fail | undefined => {
  const [newest] = records
  const now = model.session.run.world.clock.now()
  return newest && isHeld(newest, now, isDead) ? lockedBy(newest, journalOf(model), now) : undefined
}

const optionsOf = async (model: ModelSession, number: number, promotion: Promotion) => {
  const { run, lastWords, project } = model.session
  return {
    client: lastWords,
    clock: run.world.clock,
    journal: journalOf(model),
    number,
    command: run.name,
    owner: await currentOwner(run.world, project.root),
    contents: { promotion },
  }
}

/**
 * Claim the model: the record is the lock, and pending in one.
 * @throws Fail LOCKED, OVERTAKEN
 */
export const claimPromotion = async (
  model: ModelSession,
  newest: number,
  promotion: Promotion,
): Promise<Claim<PromotionRecord>> => await claim(await optionsOf(model, newest + 1, promotion))

interface ClosedOutcome {
  /** `done`: somebody else has brought it there. */
  status: 'refused' | 'waiting' | 'rejected' | 'done'
  promotion: Promotion
  /** ISO 8601; when it was, if that is not now. */
  at?: string
}

/** What is about changing something, not about leaving it as it is. */
export const changes: ReadonlySet<PromotionRecord['status']> = new Set<PromotionRecord['status']>([
  'open',
  'done',
  'failed',
  'interrupted',
])

/** The newest record that is about changing something, not about leaving it as it is. */
export const newestChange = (records: readonly PromotionRecord[]): PromotionRecord | undefined =>
  records.find(({ status }) => changes.has(status))

const told = ({ status, promotion }: ClosedOutcome) => {
  const { action, version, place, evidence, reason } = promotion
  return { status, action, version, place, evidence, reason }
}

/** A pipeline that is red all week leaves one entry, not hundreds. */
const isToldAlready = (newest: PromotionRecord | undefined, outcome: ClosedOutcome): boolean =>
  newest !== undefined && newest.status !== 'done' && same(told(newest as ClosedOutcome), told(outcome))

/**
 * Keep that a version was refused, waits, was rejected or is there by other hands: a record that was never a lock. While another run is at work nothing is
 * written, for its lock must stay the newest record; that run's outcome is what counts then.
 * @returns its number; undefined when the newest record says the same, or another run is at work
 */
export const recordOutcome = async (
  model: ModelSession,
  outcome: ClosedOutcome,
): Promise<number | undefined> => {
  const [newest] = await promotionsOf(model, 1)
  if (isToldAlready(newest, outcome) || busyWith(model, newest ? [newest] : [])) return undefined
  const options = await optionsOf(model, (newest?.number ?? 0) + 1, outcome.promotion)
  const open = begun<PromotionRecord>(options)
  try {
    const at = outcome.at ?? open.startedAt
    await take(options, { ...open, status: outcome.status, startedAt: at, endedAt: at })
    return open.number
  } catch (error) {
    if (error instanceof Fail && (error.code === 'LOCKED' || error.code === 'OVERTAKEN')) return undefined
    throw error
  }
}
