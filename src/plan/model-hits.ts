import type { ModelScene, ModelStep, PromotionAsked, RegistryCan } from './state-model.ts'
import type { Place, RegistryKind } from './state-policy.ts'

/** `versions 1 and 2`; `version 1`. */
export const versionsText = (versions: readonly string[]): string =>
  `version${versions.length === 1 ? '' : 's'} ${versions.join(' and ')}`

const readersOf = (model: string, { stages, aliases }: RegistryCan, place: Place): string =>
  [
    ...(stages ? [`models:/${model}/${stages[place]}`] : []),
    ...(aliases ? [`models:/${model}@${aliases[place]}`] : []),
  ].join(' and ')

/** A registry of Databricks has one of the two; what it lacks is said once, in the plan. */
const lacks: Readonly<Record<RegistryKind, string | undefined>> = {
  workspace: 'the workspace registry has no aliases: the stage alone says who serves',
  'unity-catalog': 'Unity Catalog has no stages: the alias alone says who serves, and nothing is archived',
  mlflow: undefined,
}

const other = (place: Place): Place => (place === 'production' ? 'staging' : 'production')

const leaving = (
  { model, version, place }: PromotionAsked,
  can: RegistryCan,
  scene: ModelScene,
): string[] => {
  const left = other(place)
  if (!scene.holders[left].includes(version)) return []
  const rest = scene.holders[left].filter((one) => one !== version)
  const find = rest.length === 0 ? 'none' : versionsText(rest)
  return [`version ${version} leaves ${left}: readers of ${readersOf(model, can, left)} find ${find}`]
}

const outgoing = (
  { version, place, archive }: PromotionAsked,
  can: RegistryCan,
  scene: ModelScene,
): string[] => {
  const others = scene.holders[place].filter((one) => one !== version)
  const goes = others.length === 1 ? 'goes' : 'go'
  if (others.length === 0) return []
  if (!can.stages) return [`${versionsText(others)} loses alias ${can.aliases?.[place]}`]
  return [`${versionsText(others)} ${goes} to ${archive ? 'Archived' : 'None'}`]
}

const requested = ({ place }: PromotionAsked, scene: ModelScene, steps: readonly ModelStep[]): string[] => {
  if (!steps.some((step) => step.do === 'model.approve-request')) return []
  const users = scene.requests.filter((request) => request.place === place).map(({ user }) => user)
  return [
    `the transition request of ${[...new Set(users)].join(' and ')} is approved: that moves the version`,
  ]
}

/** What the steps will be felt as, a sentence each. */
export const hitsOf = (
  asked: PromotionAsked,
  can: RegistryCan,
  scene: ModelScene,
  steps: readonly ModelStep[],
): string[] => {
  const { model, place, version } = asked
  const from = scene.holders[place]
  const gone = scene.dangling[place]
  const now = from.length === 0 ? `nothing is in ${place} of ${model} yet` : undefined
  if (steps.length === 0) return [`version ${version} is in ${place} of ${model} already`]
  return [
    now ?? `${versionsText(from)} ${from.length === 1 ? 'serves' : 'serve'} ${place} of ${model} now`,
    ...(gone === undefined
      ? []
      : [`alias ${can.aliases?.[place]} names version ${gone}, which is gone: it is set anew`]),
    ...requested(asked, scene, steps),
    `readers of ${readersOf(model, can, place)} get version ${version}`,
    ...outgoing(asked, can, scene),
    ...leaving(asked, can, scene),
    ...[lacks[can.kind]].filter((text) => text !== undefined),
  ]
}

/** What is odd about the place as it is. */
export const warningsOf = (
  { place, version, archive }: PromotionAsked,
  { stages }: RegistryCan,
  { holders }: ModelScene,
  known: readonly string[],
): string[] => {
  const from = holders[place]
  const strange = from.filter((one) => !known.includes(one))
  const others = from.filter((one) => one !== version)
  const put = strange.length === 1 ? 'it was' : 'they were'
  return [
    ...(from.length > 1
      ? [`${versionsText(from)} are both in ${place}, put there by hand: this leaves one`]
      : []),
    ...(strange.length > 0
      ? [`the ledger does not know how ${versionsText(strange)} came to ${place}: ${put} put there by hand`]
      : []),
    ...(stages && !archive && others.length > 0
      ? [`archive is off: ${versionsText(others)} ends in stage None, not in Archived`]
      : []),
  ]
}
