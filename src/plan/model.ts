import { hitsOf, warningsOf } from './model-hits.ts'
import type { ModelPlan, ModelScene, ModelStep, PromotionAsked, RegistryCan } from './state-model.ts'

const inStage = ({ versions }: ModelScene, stage: string): string[] =>
  versions.filter((one) => one.stage === stage).map(({ version }) => version)

/**
 * One transition moves the version in and the others out, so there is never none and never two. Without archive the others pass
 * through Archived all the same, because only archiving is part of that one call.
 */
const stageSteps = (asked: PromotionAsked, { stages }: RegistryCan, scene: ModelScene): ModelStep[] => {
  if (!stages) return []
  const { version, place } = asked
  const stage = stages[place]
  const there = inStage(scene, stage)
  const others = there.filter((one) => one !== version)
  const leave = (to: 'Archived' | 'None') =>
    others.map((one): ModelStep => ({ do: 'model.transition', version: one, stage: to, archive: false }))
  if (there.includes(version)) return leave(asked.archive ? 'Archived' : 'None')
  const archive = asked.archive || others.length > 0
  const move: ModelStep = scene.requests.some((request) => request.place === place)
    ? { do: 'model.approve-request', version, place, archive }
    : { do: 'model.transition', version, stage, archive }
  return [move, ...(asked.archive ? [] : leave('None'))]
}

/** Setting an alias is one call: readers get the old version or the new one. */
const aliasSteps = (
  { version, place }: PromotionAsked,
  { aliases }: RegistryCan,
  { versions }: ModelScene,
): ModelStep[] => {
  if (!aliases) return []
  const named = versions.find((one) => one.version === version)?.aliases ?? []
  const set: ModelStep = { do: 'model.alias', alias: aliases[place], version }
  const leaves = place === 'production' && named.includes(aliases.staging)
  return [
    ...(named.includes(aliases[place]) ? [] : [set]),
    ...(leaves ? [{ do: 'model.unalias' as const, alias: aliases.staging }] : []),
  ]
}

/**
 * The steps that bring a version to a place, in the order in which a death between two of them leaves no hole: stage, then alias,
 * then what the version leaves behind. No steps: it is all there.
 * @param known versions that the ledger has brought to the place
 */
export const planPromotion = (
  asked: PromotionAsked,
  can: RegistryCan,
  scene: ModelScene,
  known: readonly string[],
): ModelPlan => {
  const steps = [...stageSteps(asked, can, scene), ...aliasSteps(asked, can, scene)]
  const { model, action, place, version } = asked
  return {
    model,
    registry: can.kind,
    action,
    place,
    version,
    from: scene.holders[place],
    steps,
    hits: hitsOf(asked, can, scene, steps),
    warnings: warningsOf(asked, can, scene, known),
  }
}

/** Whether the version, and no other, is at its place under all of the place's names. */
export const isReached = (asked: PromotionAsked, can: RegistryCan, scene: ModelScene): boolean => {
  const { from, steps } = planPromotion(asked, can, scene, [])
  return steps.length === 0 && from.length === 1 && from[0] === asked.version
}

/** Whether the version is at its place under one of the place's names: a promotion was here. */
export const isBegun = (
  { place, version }: PromotionAsked,
  { stages, aliases }: RegistryCan,
  { versions }: ModelScene,
): boolean => {
  const found = versions.find((one) => one.version === version)
  if (!found) return false
  return (!!stages && found.stage === stages[place]) || (!!aliases && found.aliases.includes(aliases[place]))
}
