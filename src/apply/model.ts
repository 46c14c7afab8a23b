import type { Registry } from '../client/registry/registry.ts'
import { Fail } from '../errors.ts'
import { AnswerLost } from '../http/api-error.ts'
import { same } from '../plan/canonical.ts'
import { versionsText } from '../plan/model-hits.ts'
import { isReached, planPromotion } from '../plan/model.ts'
import type { ModelPlan, ModelScene, ModelStep, PromotionAsked, RegistryCan } from '../plan/state-model.ts'

export interface PromotionContext {
  registry: Registry
  asked: PromotionAsked
  can: RegistryCan
  /** Goes with transitions, where the registry keeps such. */
  comment: string
  stop: AbortSignal
  /** The lock: says so when it is no longer ours. */
  claim: { pulse(): Promise<void>; check(): Promise<void> }
  /** What is there now. */
  look(): Promise<ModelScene>
  /** A step is about to be sent, or was. */
  onStep(step: ModelStep, state: 'begins' | 'done'): void
}

const held = (versions: readonly string[]): string =>
  versions.length === 0 ? 'nothing' : versionsText(versions)

/**
 * What the verdict and the plan rest on is still so.
 * @throws Fail CHAMPION_CHANGED, VERSION_NOT_READY
 */
const checkScene = ({ asked, ...context }: PromotionContext, plan: ModelPlan, scene: ModelScene): void => {
  const { model, place, version } = asked
  const now = scene.holders[place]
  if (!same(now, plan.from))
    throw new Fail('CHAMPION_CHANGED', {
      place: `${place} (${context.registry.label(place)})`,
      model,
      was: held(plan.from),
      is: held(now),
    })
  const found = scene.versions.find((one) => one.version === version)
  if (found?.status !== 'READY')
    throw new Fail('VERSION_NOT_READY', { version, model, status: found?.status ?? 'gone', why: '' })
}

const send = async ({ registry, asked, comment }: PromotionContext, step: ModelStep): Promise<void> => {
  const { model } = asked
  const unable = () => new Error(`${registry.title} cannot do ${step.do}`)
  switch (step.do) {
    case 'model.transition':
      if (!registry.transition) throw unable()
      await registry.transition(model, step.version, step.stage, step.archive, comment)
      return
    case 'model.approve-request':
      if (!registry.requests) throw unable()
      await registry.requests.approve(model, step.version, step.place, step.archive, comment)
      return
    case 'model.alias':
      if (!registry.setAlias) throw unable()
      await registry.setAlias(model, step.alias, step.version)
      return
    case 'model.unalias':
      if (!registry.deleteAlias) throw unable()
      await registry.deleteAlias(model, step.alias)
  }
}

const maxAttempts = 3

/** A lost answer is settled by looking whether the step is still to be done. */
const run = async (context: PromotionContext, step: ModelStep, attempt = 1): Promise<void> => {
  const { asked, can } = context
  try {
    await send(context, step)
  } catch (error) {
    if (!(error instanceof AnswerLost) || attempt === maxAttempts) throw error
    const { steps } = planPromotion(asked, can, await context.look(), [])
    if (steps.some((left) => same(left, step))) await run(context, step, attempt + 1)
  }
}

const notApplied = ({ asked, registry }: PromotionContext, scene: ModelScene): Fail => {
  const { place, model, version } = asked
  const what = `${place} of ${model} (${registry.label(place)}) holds ${held(scene.holders[place])}, not version ${version} alone`
  return new Fail('NOT_APPLIED', { what })
}

/**
 * Under the lock: look again, take the steps, one call each, and read back that the version and no other is at the place.
 * @throws Fail CHAMPION_CHANGED, VERSION_NOT_READY, NOT_APPLIED, LOCK_LOST, INTERRUPTED, and what the registry refuses
 */
export const applyPromotion = async (context: PromotionContext, plan: ModelPlan): Promise<void> => {
  checkScene(context, plan, await context.look())
  // A run whose clock is behind looks dead to others from its first moment: they may have taken over already.
  await context.claim.check()
  for (const step of plan.steps) {
    context.stop.throwIfAborted()
    await context.claim.pulse()
    context.onStep(step, 'begins')
    await run(context, step)
    context.onStep(step, 'done')
  }
  const scene = await context.look()
  if (!isReached(context.asked, context.can, scene)) throw notApplied(context, scene)
}
