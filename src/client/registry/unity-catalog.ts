import { pagesBy } from '../../http/pages.ts'
import type { VersionInfo } from '../../plan/state-registry.ts'
import type { unityCatalogMlflow } from '../../wire/unity-catalog-mlflow.ts'
import { orAbsent } from '../absent.ts'
import type { Bound } from '../bind.ts'
import { quoted } from '../mlflow.ts'
import { placeNames, type Registry } from './registry.ts'
import { placesOf, newestFirst, versionInfo, withAliases } from './shapes.ts'
import { aliasWrites, sharedRegistry } from './shared.ts'

type Client = Bound<typeof unityCatalogMlflow>

/** Pages of Unity Catalog are small, and may be empty before the last one. */
const pageSize = 1000

const searchAll = async (client: Client, name: string): Promise<VersionInfo[]> => {
  const search = { filter: `name=${quoted(name)}`, max_results: pageSize }
  const found = await pagesBy(
    (next) => client.searchVersions({ ...search, ...next }),
    ({ model_versions }) => model_versions,
  )
  return found.map((one) => versionInfo(one, false))
}

type Needed = (version: VersionInfo, index: number) => boolean

/** Tags take a call each: those of older versions are left out. */
const newest: Needed = (_, index) => index < 100

/** A search of Unity Catalog answers without tags (MLflow's `ModelVersionSearch` says so): they are asked for one by one. */
const withTags = async (
  client: Client,
  name: string,
  versions: readonly VersionInfo[],
  needed: Needed,
): Promise<VersionInfo[]> => {
  const full = async (one: VersionInfo): Promise<VersionInfo> => {
    const found = (await orAbsent(client.getVersion({ name, version: one.version })))?.model_version
    return found ? { ...one, tags: versionInfo(found, false).tags } : one
  }
  return await Promise.all(versions.map(async (one, index) => (needed(one, index) ? await full(one) : one)))
}

/** Models in Unity Catalog, by the API of MLflow's client (the public one has no tags): aliases, no stages, no requests. */
export const unityCatalogRegistry = (client: Client, host: string): Registry => {
  const shared = sharedRegistry(client, { stages: false, aliases: true })
  return {
    ...shared,
    ...aliasWrites(client),
    kind: 'unity-catalog',
    title: `Unity Catalog of ${host}`,
    label: (place) => `alias ${placeNames[place].alias}`,
    versions: async (name, tagged = newest) => {
      const found = newestFirst(await searchAll(client, name))
      return await withTags(client, name, withAliases(found, (await shared.model(name)) ?? {}), tagged)
    },
    places: async (name) => {
      const [versions, found] = await Promise.all([searchAll(client, name), shared.model(name)])
      return placesOf(versions, { stages: false, aliases: found?.aliases ?? {} })
    },
  }
}
