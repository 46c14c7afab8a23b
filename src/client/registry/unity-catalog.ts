import type { VersionInfo } from '../../plan/state-registry.ts'
import type { unityCatalogMlflow } from '../../wire/unity-catalog-mlflow.ts'
import { orAbsent } from '../absent.ts'
import type { Bound } from '../bind.ts'
import { quoted } from '../mlflow.ts'
import { placeNames, type Registry } from './registry.ts'
import { creation, holdersOf, modelInfo, newestFirst, versionInfo, withAliases } from './shapes.ts'

type Client = Bound<typeof unityCatalogMlflow>

/** Pages of Unity Catalog are small, and may be empty before the last one. */
const pageSize = 1000

const searchAll = async (client: Client, name: string): Promise<VersionInfo[]> => {
  const found: VersionInfo[] = []
  const search = { filter: `name=${quoted(name)}`, max_results: pageSize }
  for (let token: string | undefined; ;) {
    const page = await client.searchVersions(token === undefined ? search : { ...search, page_token: token })
    found.push(...(page.model_versions ?? []).map((one) => versionInfo(one, false)))
    if (!page.next_page_token || page.next_page_token === token) return found
    token = page.next_page_token
  }
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
  const model: Registry['model'] = async (name) => {
    const found = (await orAbsent(client.getModel({ name })))?.registered_model
    return found && modelInfo(found, true)
  }
  return {
    kind: 'unity-catalog',
    title: `Unity Catalog of ${host}`,
    label: (place) => `alias ${placeNames[place].alias}`,
    model,
    version: async (name, version) => {
      const found = (await orAbsent(client.getVersion({ name, version })))?.model_version
      return found && versionInfo(found, false)
    },
    versions: async (name, tagged = newest) => {
      const found = newestFirst(await searchAll(client, name))
      return await withTags(client, name, withAliases(found, (await model(name)) ?? {}), tagged)
    },
    holders: async (name) => {
      const [versions, found] = await Promise.all([searchAll(client, name), model(name)])
      return holdersOf(name, versions, { stages: false, aliases: found?.aliases ?? {} })
    },
    createModel: async (name, description) => {
      await client.createModel({ name, ...(description === undefined ? {} : { description }) })
    },
    createVersion: async (name, registration) =>
      versionInfo((await client.createVersion(creation(name, registration))).model_version, false),
    setVersionTag: async (name, version, key, value) => {
      await client.setVersionTag({ name, version, key, value })
    },
    setModelTag: async (name, key, value) => {
      await client.setModelTag({ name, key, value })
    },
    downloadUri: async (name, version) => (await client.downloadUri({ name, version })).artifact_uri,
    setAlias: async (name, alias, version) => {
      await client.setAlias({ name, alias, version })
    },
    deleteAlias: async (name, alias) => {
      await client.deleteAlias({ name, alias })
    },
  }
}
