import type { Place } from '../../plan/state-policy.ts'
import type { ModelInfo, Places, VersionInfo } from '../../plan/state-registry.ts'
import type { CreateVersion, ModelVersion, RegisteredModel } from '../../wire/registry.ts'
import type { KeyValue } from '../../wire/tracking.ts'
import type { CatalogVersion } from '../../wire/unity-catalog-mlflow.ts'
import { placeNames, type Registration } from './registry.ts'

const tagsOf = (tags: readonly KeyValue[] = []): Record<string, string> =>
  Object.fromEntries(tags.map(({ key, value }) => [key, value]))

/** Text that is '' says nothing. */
const said = <Key extends string>(key: Key, value: string | undefined): Partial<Record<Key, string>> =>
  value ? ({ [key]: value } as Record<Key, string>) : {}

/** @param stages whether this registry has any: Unity Catalog may answer the field and mean nothing by it */
export const versionInfo = (found: ModelVersion | CatalogVersion, stages: boolean): VersionInfo => ({
  version: found.version,
  status: found.status ?? 'READY',
  ...said('statusMessage', found.status_message),
  ...(stages ? { stage: ('current_stage' in found ? found.current_stage : undefined) ?? 'None' } : {}),
  // Unity Catalog says with each alias which version it names.
  aliases: (found.aliases ?? []).map((one) => (typeof one === 'string' ? one : one.alias)),
  tags: tagsOf(found.tags),
  ...said('description', found.description),
  ...said('source', found.source),
  ...said('runId', found.run_id),
  ...said('modelId', found.model_id),
  ...said('user', found.user_id),
  ...(found.creation_timestamp === undefined ? {} : { createdAt: found.creation_timestamp }),
  ...(found.last_updated_timestamp === undefined ? {} : { updatedAt: found.last_updated_timestamp }),
})

export const modelInfo = (found: RegisteredModel, aliases: boolean): ModelInfo => ({
  name: found.name,
  ...said('description', found.description),
  tags: tagsOf(found.tags),
  ...(aliases
    ? {
        aliases: Object.fromEntries((found.aliases ?? []).map(({ alias, version }) => [alias, version])),
      }
    : {}),
})

const byNumber = (a: string, b: string): number => Number(a) - Number(b)

export const newestFirst = (versions: readonly VersionInfo[]): VersionInfo[] =>
  versions.toSorted((a, b) => byNumber(b.version, a.version))

/** A search leaves aliases out (https://github.com/mlflow/mlflow/issues/9783): they come from the model. */
export const withAliases = (
  versions: readonly VersionInfo[],
  { aliases = {} }: Pick<ModelInfo, 'aliases'>,
): VersionInfo[] =>
  versions.map((one) => ({
    ...one,
    aliases: Object.keys(aliases).filter((alias) => aliases[alias] === one.version),
  }))

const inStage = (versions: readonly VersionInfo[], place: Place): string[] =>
  versions.filter(({ stage }) => stage === placeNames[place].stage).map(({ version }) => version)

const isThere = (versions: readonly VersionInfo[], version: string): boolean =>
  versions.some((one) => one.version === version)

/**
 * Who is at each place, by whichever of stages and aliases the registry has: of both, whoever is named by one of them. An alias
 * whose version was deleted has no holder: it dangles.
 */
export const placesOf = (
  versions: readonly VersionInfo[],
  { stages, aliases = {} }: { stages: boolean; aliases?: Record<string, string> | undefined },
): Places => {
  const named = (place: Place): string[] => {
    const version = aliases[placeNames[place].alias]
    return version === undefined ? [] : [version]
  }
  const at = (place: Place): string[] => {
    const found = [
      ...(stages ? inStage(versions, place) : []),
      ...named(place).filter((version) => isThere(versions, version)),
    ]
    return [...new Set(found)].toSorted(byNumber)
  }
  const dangling: Places['dangling'] = {}
  for (const place of ['staging', 'production'] as const)
    for (const version of named(place)) if (!isThere(versions, version)) dangling[place] = version
  return { holders: { staging: at('staging'), production: at('production') }, dangling }
}

export const creation = (
  name: string,
  { source, runId, modelId, description, tags = {} }: Registration,
): CreateVersion => ({
  name,
  source,
  ...(runId === undefined ? {} : { run_id: runId }),
  ...(modelId === undefined ? {} : { model_id: modelId }),
  ...(description === undefined ? {} : { description }),
  tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
})
