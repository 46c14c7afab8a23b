import { placeNames, type Registry } from '../../client/registry/registry.ts'
import { Fail } from '../../errors.ts'
import type { ModelScene, RegistryCan } from '../../plan/state-model.ts'
import type { Place } from '../../plan/state-policy.ts'
import type { Holders, VersionInfo } from '../../plan/state-registry.ts'

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

type Places = Pick<ModelScene, 'holders' | 'dangling'>

const byNumber = (a: VersionInfo, b: VersionInfo): number => Number(a.version) - Number(b.version)

/** Holders where an alias names a version that was deleted: from the versions that are there. */
const aroundDangling = async (registry: Registry, name: string): Promise<Places> => {
  const { stages, aliases } = canOf(registry)
  const [versions, model] = await Promise.all([registry.versions(name), registry.model(name)])
  const named = model?.aliases ?? {}
  const at = (place: Place): string[] =>
    versions
      .filter(
        ({ stage, version }) =>
          (stages && stage === stages[place]) || (aliases && named[aliases[place]] === version),
      )
      .toSorted(byNumber)
      .map(({ version }) => version)
  const holders: Holders = { staging: at('staging'), production: at('production') }
  const dangling: ModelScene['dangling'] = {}
  for (const place of aliases ? places : []) {
    const version = named[placeNames[place].alias]
    if (version !== undefined && !versions.some((one) => one.version === version)) dangling[place] = version
  }
  return { holders, dangling }
}

/** @throws Fail ALIAS_DANGLES for an alias that this promotion does not set anew */
const placesOf = async (registry: Registry, name: string, place: Place): Promise<Places> => {
  try {
    return { holders: await registry.holders(name), dangling: {} }
  } catch (error) {
    if (!(error instanceof Fail) || error.code !== 'ALIAS_DANGLES') throw error
    const found = await aroundDangling(registry, name)
    if (Object.keys(found.dangling).some((one) => one !== place)) throw error
    return found
  }
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
