import type { ModelVersion, RegisteredModel } from '../../wire/registry.ts'
import type { KeyValue } from '../../wire/tracking.ts'
import type { Call } from '../server/call.ts'
import { aliasesAt, aliasesOf } from './aliases.ts'
import type { ModelRecord } from './models.ts'
import { latestVersions, type VersionRecord } from './versions.ts'

/** MLflow leaves empty lists out of its answers. */
export const filled = <Key extends string, T>(key: Key, list: readonly T[]): { [K in Key]?: T[] } => {
  const answer: { [K in Key]?: T[] } = {}
  if (list.length > 0) answer[key] = [...list]
  return answer
}

const tagsOf = (tags: readonly KeyValue[]): { tags?: KeyValue[] } => filled('tags', tags)

/**
 * As searches, latest versions and stage moves show it: without aliases. A plain MLflow server does not know who made it, nor of which
 * logged model.
 */
export const showVersion = (call: Call, version: VersionRecord): ModelVersion => ({
  name: version.name,
  version: `${version.number}`,
  creation_timestamp: version.created,
  last_updated_timestamp: version.updated,
  ...(call.face === 'mlflow' ? {} : { user_id: version.creator }),
  current_stage: version.stage,
  ...(version.description === undefined ? {} : { description: version.description }),
  source: version.source,
  run_id: version.run,
  status: version.status,
  ...(version.message === undefined || version.status === 'READY' ? {} : { status_message: version.message }),
  ...tagsOf(version.tags),
  run_link: version.run_link,
  ...(version.logged === '' || call.face === 'mlflow' ? {} : { model_id: version.logged }),
})

/** As get and the alias show it. The workspace registry has no aliases. */
export const showVersionWhole = (call: Call, version: VersionRecord): ModelVersion => ({
  ...showVersion(call, version),
  ...filled('aliases', aliasesAt(call.db, version)),
})

export const showModel = (call: Call, model: ModelRecord): RegisteredModel => ({
  name: model.name,
  creation_timestamp: model.created,
  last_updated_timestamp: model.updated,
  ...(call.face === 'mlflow' ? {} : { user_id: model.creator }),
  // An empty description is as good as none.
  ...(model.description ? { description: model.description } : {}),
  ...filled(
    'latest_versions',
    latestVersions(call.db, model.id).map((version) => showVersion(call, version)),
  ),
  ...tagsOf(model.tags),
  ...filled(
    'aliases',
    aliasesOf(call.db, model.id).map(({ alias, number }) => ({ alias, version: `${number}` })),
  ),
})
