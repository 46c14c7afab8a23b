import { applyPromotion, type PromotionContext } from '../../apply/model.ts'
import { Fail } from '../../errors.ts'
import type { Claim } from '../../ledger/claim.ts'
import type { PromotionRecord } from '../../ledger/promotion.ts'
import type { ModelPlan, Promotion, PromotionAsked } from '../../plan/state-model.ts'
import type { ModelSession } from './open.ts'
import { canOf, observeScene } from './observe.ts'
import { claimPromotion } from './record.ts'

/** A plan, and what its record will say. */
export interface Planned {
  asked: PromotionAsked
  plan: ModelPlan
  promotion: Promotion
  /** Number of the newest record that it was made on. */
  newest: number
  /** What people read in the registry beside the transition. */
  comment: string
}

/** How often a sign of life is looked at; it is given when a quarter of the lock's time is over. */
const beatMs = 15_000

const describe = (error: unknown): { code: string; message: string } =>
  error instanceof Fail
    ? { code: error.code, message: error.message }
    : { code: 'BUG', message: error instanceof Error ? error.message : String(error) }

/** The models of a target carry its name, so that no other project's pipeline takes them for its own. */
const ownerTags = ({ session }: ModelSession): Record<string, string> => ({
  brickrail_project: session.place.project,
  brickrail_target: session.place.target,
})

/** @throws Fail FOREIGN */
const own = async (model: ModelSession): Promise<void> => {
  const { registry, policy, session } = model
  if (!registry.setModelTag) return
  const tags = (await registry.model(policy.name))?.tags ?? {}
  checkOwner(model, tags)
  try {
    for (const [key, value] of Object.entries(ownerTags(model)))
      if (tags[key] === undefined) await registry.setModelTag(policy.name, key, value)
  } catch (error) {
    if (!(error instanceof Fail) || error.code !== 'PERMISSION_DENIED') throw error
    const text = `${policy.name} could not be marked as this project's: ${error.message}`
    session.run.emit({ type: 'notice', level: 'warning', text })
  }
}

/** @throws Fail FOREIGN when the model's tags name another project or target */
export const checkOwner = (model: ModelSession, tags: Readonly<Record<string, string>>): void => {
  const { policy, session } = model
  const { project, target } = session.place
  const [theirs, at] = [tags['brickrail_project'], tags['brickrail_target']]
  if ((theirs ?? project) === project && (at ?? target) === target) return
  throw new Fail('FOREIGN', {
    what: `the registered model ${policy.name}`,
    owner: `project ${theirs ?? project}, target ${at ?? target}`,
    hint: `register under another name; or adopt it: set its tags brickrail_project=${project} and brickrail_target=${target}`,
  })
}

const contextOf = (
  model: ModelSession,
  { asked, comment }: Planned,
  held: Claim<PromotionRecord>,
  onStep: PromotionContext['onStep'],
): PromotionContext => {
  const { registry, session } = model
  return {
    registry,
    asked,
    comment,
    can: canOf(registry),
    stop: session.run.world.stop,
    claim: held,
    look: () => observeScene(registry, asked.model, asked.place, asked.version),
    onStep,
  }
}

/** How far the steps have come. */
interface Progress {
  begun: number
  done: number
}

/** The registry has refused the first step: nothing was changed, and a person may be asked. */
const isDenied = (error: unknown, { begun, done }: Progress): error is Fail =>
  error instanceof Fail && error.code === 'PERMISSION_DENIED' && begun === 1 && done === 0

const statusOf = (model: ModelSession, error: unknown, progress: Progress) => {
  if (isDenied(error, progress)) return model.registry.requests ? 'waiting' : 'failed'
  return progress.begun === 0 ? 'failed' : 'interrupted'
}

/** The record must say how it ended, but the failure to say so must not hide why it ended. */
const closeFailed = async (
  model: ModelSession,
  held: Claim<PromotionRecord>,
  error: unknown,
  progress: Progress,
): Promise<void> => {
  const status = statusOf(model, error, progress)
  try {
    await held.close({ status, failure: describe(error) })
  } catch {
    const text = `promotion #${held.number} could not be recorded as ${status}`
    model.session.run.emit({ type: 'notice', level: 'warning', text, hint: 'its lock ends by itself' })
  }
}

/**
 * Claim the model, take the steps, read back, record the outcome.
 * @returns the number of the record; or why this identity may not take the first step, which leaves everything as it was
 * @throws Fail LOCKED, OVERTAKEN, and whatever applyPromotion throws
 */
export const carryOut = async (
  model: ModelSession,
  planned: Planned,
): Promise<{ number: number } | { denied: Fail }> => {
  const { world } = model.session.run
  const held = await claimPromotion(model, planned.newest, planned.promotion)
  const rest = world.every?.(beatMs, () => void held.pulse().catch(() => undefined))
  const progress: Progress = { begun: 0, done: 0 }
  const onStep: PromotionContext['onStep'] = (_, state) =>
    void (progress[state === 'begins' ? 'begun' : 'done'] += 1)
  try {
    await own(model)
    await applyPromotion(contextOf(model, planned, held, onStep), planned.plan)
    await held.close({ status: 'done' })
  } catch (error) {
    await closeFailed(model, held, error, progress)
    if (isDenied(error, progress)) return { denied: error }
    throw error
  } finally {
    rest?.()
  }
  return { number: held.number }
}
