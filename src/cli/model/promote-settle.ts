import { overwrite } from '../../ledger/claim.ts'
import type { PromotionRecord } from '../../ledger/promotion.ts'
import { isBegun, isReached, planPromotion } from '../../plan/model.ts'
import type { PromotionAsked } from '../../plan/state-model.ts'
import type { ModelSession } from './open.ts'
import { canOf, observeScene } from './observe.ts'
import { carryOut } from './promote-apply.ts'
import { journalOf, newestChange, promotionsOf } from './record.ts'

const askedOf = ({ policy }: ModelSession, { promotion }: PromotionRecord): PromotionAsked | undefined =>
  promotion.action === 'reject'
    ? undefined
    : {
        model: promotion.model,
        action: promotion.action,
        place: promotion.place,
        version: promotion.version,
        archive: policy.archive,
      }

const close = async (
  model: ModelSession,
  record: PromotionRecord,
  status: 'done' | 'interrupted',
  reason: string,
): Promise<void> => {
  const { client, run } = model.session
  const { failure, ...rest } = record
  const promotion = { ...record.promotion, reason }
  const endedAt = record.endedAt ?? new Date(run.world.clock.now()).toISOString()
  const kept = status === 'interrupted' && failure ? { failure } : {}
  await overwrite(client, journalOf(model), { ...rest, ...kept, status, promotion, endedAt })
}

/** It was let through before its first step, or no record would be open. A rollback asks for no metrics. */
const wasLetThrough = ({ promotion }: PromotionRecord): boolean =>
  promotion.action === 'rollback' || promotion.verdict === 'passed' || promotion.place === 'staging'

/** Takes the steps that the dead run did not come to, under a record of its own. */
const complete = async (
  model: ModelSession,
  dead: PromotionRecord,
  asked: PromotionAsked,
  newest: number,
): Promise<void> => {
  const { registry, policy } = model
  const scene = await observeScene(registry, policy.name, asked.place, asked.version)
  const plan = planPromotion(asked, canOf(registry), scene, [])
  const reason = `completes #${dead.number}, whose run ended in between`
  const promotion = { ...dead.promotion, from: plan.from, reason }
  const comment = `Brickrail ${reason}`
  const came = await carryOut(model, { asked, plan, promotion, newest, comment })
  if ('denied' in came) throw came.denied
  const { number } = came
  if (dead.status === 'open') await close(model, dead, 'interrupted', `completed by #${number}`)
}

/**
 * A run that died, or failed between its steps, left a record: look what has come of it. The version is at its place: done. It is
 * there by one name of two (stage moved, alias not): the rest is done now, because readers of the stage have it already and the
 * verdict had let it through; to take it back would be a second change of what serves. Nothing has begun: interrupted.
 * @returns the records as they are then
 * @throws Fail LOCKED, OVERTAKEN when another run is settling the same
 */
export const settle = async (
  model: ModelSession,
  records: readonly PromotionRecord[],
): Promise<readonly PromotionRecord[]> => {
  const dead = newestChange(records)
  const asked = dead && askedOf(model, dead)
  if (!dead || !asked || (dead.status !== 'open' && dead.status !== 'interrupted')) return records
  const { registry, session } = model
  const [can, newest] = [canOf(registry), records[0]?.number ?? 0]
  const scene = await observeScene(registry, asked.model, asked.place, asked.version)
  const there = isBegun(asked, can, scene) && wasLetThrough(dead)
  if (!there && dead.status === 'interrupted') return records
  const say = (text: string) =>
    session.run.emit({
      type: 'notice',
      level: 'info',
      text: `promotion #${dead.number} by ${dead.owner.actor} ${text}`,
    })
  if (!there) {
    await close(model, dead, 'interrupted', 'its run ended before it changed anything')
    say('was not finished and had changed nothing')
  } else if (isReached(asked, can, scene)) {
    await close(model, dead, 'done', 'its run ended before it could say so')
    say(`had brought version ${asked.version} to ${asked.place}; it is recorded as done now`)
  } else {
    say(`was half done: the rest of it is done now`)
    await complete(model, dead, asked, newest)
  }
  return await promotionsOf(model, records.length + 1)
}
