import { placeNames, type Registry } from '../../client/registry/registry.ts'
import { Fail } from '../../errors.ts'
import type { ModelScene, RegistryCan } from '../../plan/state-model.ts'
import type { Place } from '../../plan/state-policy.ts'
import type { Holders, Places } from '../../plan/state-registry.ts'

const places = ['staging', 'production'] as const satisfies readonly Place[]

/** What the registry, as the policy uses it, calls the places. */
export const canOf = (registry: Registry): RegistryCan => {
  const { staging, production } = placeNames
  return {
    kind: registry.kind,
    ...(registry.transition ? { stages: { staging: staging.stage, production: production.stage } } : {}),
    ...(registry.setAlias ? { aliases: { staging: staging.alias, production: production.alias } } : {}),
  }
}

const dangles = (name: string, place: Place, version: string): Fail =>
  new Fail('ALIAS_DANGLES', {
    alias: placeNames[place].alias,
    model: name,
    version,
    place,
    hint: `set it to a version that exists, or delete it; \`brickrail models --model ${name}\` lists them`,
  })

/** @throws Fail ALIAS_DANGLES for an alias that this promotion does not set anew */
const placesOf = async (registry: Registry, name: string, place: Place): Promise<Places> => {
  const found = await registry.places(name)
  const hasOther = Object.keys(found.dangling).some((one) => one !== place)
  for (const one of hasOther ? places : []) {
    const version = found.dangling[one]
    if (version !== undefined) throw dangles(name, one, version)
  }
  return found
}

/** Who is at which place. @throws Fail ALIAS_DANGLES for an alias that a promotion to `place` does not set anew */
export const observeHolders = async (registry: Registry, name: string, place: Place): Promise<Holders> =>
  (await placesOf(registry, name, place)).holders

/**
 * observe: who is at which place, and the version that is to come to `place`.
 * @throws Fail ALIAS_DANGLES
 */
export const observeScene = async (
  registry: Registry,
  name: string,
  place: Place,
  version: string,
): Promise<ModelScene> => {
  const { holders, dangling } = await placesOf(registry, name, place)
  const wanted = [...new Set([...holders.staging, ...holders.production, version])]
  const [found, requests] = await Promise.all([
    Promise.all(wanted.map((one) => registry.version(name, one))),
    registry.requests?.list(name, version) ?? [],
  ])
  return { holders, dangling, requests, versions: found.filter((one) => one !== undefined) }
}
