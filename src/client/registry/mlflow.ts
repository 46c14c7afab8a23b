import type { Place, PlaceNames } from '../../plan/state-policy.ts'
import { orAbsent } from '../absent.ts'
import type { MlflowClient } from '../mlflow.ts'
import { placeNames, type Registry } from './registry.ts'
import { creation, holdersOf, modelInfo, newestFirst, versionInfo, withAliases } from './shapes.ts'

const labelOf = (names: PlaceNames) => (place: Place) => {
  const { stage, alias } = placeNames[place]
  if (names === 'both') return `stage ${stage} and alias ${alias}`
  return names === 'stages' ? `stage ${stage}` : `alias ${alias}`
}

type Reads = Pick<
  Registry,
  'model' | 'version' | 'versions' | 'createModel' | 'createVersion' | 'setVersionTag' | 'downloadUri'
>

/** What MLflow servers and the workspace registry of Databricks do alike. */
export const sharedRegistry = (client: MlflowClient, has: { aliases: boolean }): Reads => {
  const { registry } = client
  const model: Registry['model'] = async (name) => {
    const found = (await orAbsent(registry.getModel({ name })))?.registered_model
    return found && modelInfo(found, has.aliases)
  }
  return {
    model,
    version: async (name, version) => {
      const found = (await orAbsent(registry.getVersion({ name, version })))?.model_version
      return found && versionInfo(found, true)
    },
    versions: async (name) => {
      const found = newestFirst((await client.versionsOf(name)).map((one) => versionInfo(one, true)))
      return has.aliases ? withAliases(found, (await model(name)) ?? {}) : found
    },
    createModel: async (name, description) => {
      await registry.createModel({ name, ...(description === undefined ? {} : { description }) })
    },
    createVersion: async (name, registration) =>
      versionInfo((await registry.createVersion(creation(name, registration))).model_version, true),
    setVersionTag: async (name, version, key, value) => {
      await registry.setVersionTag({ name, version, key, value })
    },
    downloadUri: async (name, version) => (await registry.downloadUri({ name, version })).artifact_uri,
  }
}

/** A plain MLflow server: stages and aliases, whichever the policy wants. */
export const mlflowRegistry = (client: MlflowClient, names: PlaceNames, address: string): Registry => {
  const shared = sharedRegistry(client, { aliases: true })
  const [stages, aliases] = [names !== 'aliases', names !== 'stages']
  return {
    ...shared,
    kind: 'mlflow',
    title: `MLflow at ${address}`,
    label: labelOf(names),
    holders: async (name) => {
      const [found, model] = await Promise.all([client.versionsOf(name), shared.model(name)])
      const versions = found.map((one) => versionInfo(one, true))
      return holdersOf(name, versions, { stages, aliases: aliases ? (model?.aliases ?? {}) : undefined })
    },
    setModelTag: async (name, key, value) => {
      await client.registry.setModelTag({ name, key, value })
    },
    ...(stages && {
      transition: async (name, version, stage, archive) => {
        const input = { name, version, stage, archive_existing_versions: archive }
        return versionInfo((await client.registry.transitionStage(input)).model_version, true)
      },
    }),
    ...(aliases && {
      setAlias: async (name, alias, version) => {
        await client.aliases.setAlias({ name, alias, version })
      },
      deleteAlias: async (name, alias) => {
        await client.aliases.deleteAlias({ name, alias })
      },
    }),
  }
}
