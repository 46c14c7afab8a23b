import type { Place, PlaceNames } from '../../plan/state-policy.ts'
import type { VersionInfo } from '../../plan/state-registry.ts'
import type { MlflowClient } from '../mlflow.ts'
import { placeNames, type Registry } from './registry.ts'
import { placesOf, newestFirst, versionInfo, withAliases } from './shapes.ts'
import { aliasWrites, sharedRegistry } from './shared.ts'

const labelOf = (names: PlaceNames) => (place: Place) => {
  const { stage, alias } = placeNames[place]
  if (names === 'both') return `stage ${stage} and alias ${alias}`
  return names === 'stages' ? `stage ${stage}` : `alias ${alias}`
}

/** Every version as a search has it: without its aliases. */
export const searched = async (client: MlflowClient, name: string): Promise<VersionInfo[]> =>
  newestFirst((await client.versionsOf(name)).map((one) => versionInfo(one, true)))

/** A plain MLflow server: stages and aliases, whichever the policy wants. */
export const mlflowRegistry = (client: MlflowClient, names: PlaceNames, address: string): Registry => {
  const shared = sharedRegistry(client.registry, { stages: true, aliases: true })
  const [stages, aliases] = [names !== 'aliases', names !== 'stages']
  return {
    ...shared,
    kind: 'mlflow',
    title: `MLflow at ${address}`,
    label: labelOf(names),
    versions: async (name) => {
      const found = await searched(client, name)
      return withAliases(found, (await shared.model(name)) ?? {})
    },
    places: async (name) => {
      const [versions, model] = await Promise.all([searched(client, name), shared.model(name)])
      return placesOf(versions, { stages, aliases: aliases ? (model?.aliases ?? {}) : undefined })
    },
    ...(stages && {
      transition: async (name, version, stage, archive) => {
        const input = { name, version, stage, archive_existing_versions: archive }
        return versionInfo((await client.registry.transitionStage(input)).model_version, true)
      },
    }),
    ...(aliases && aliasWrites(client.aliases)),
  }
}
