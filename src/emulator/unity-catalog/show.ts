import type { CatalogModel, CatalogVersion } from '../../wire/unity-catalog-mlflow.ts'
import type { UcAlias, UcModel, UcVersion } from '../../wire/unity-catalog.ts'
import { ucLocation } from '../artifact/uc-storage.ts'
import { aliasesOf, type AliasRecord } from '../registry/aliases.ts'
import type { ModelRecord } from '../registry/models.ts'
import { filled } from '../registry/show.ts'
import type { VersionRecord } from '../registry/versions.ts'
import type { Call } from '../server/call.ts'
import { partsOf } from './names.ts'

/** A file path: `/Models/catalog/schema/model`. */
const folderOf = (name: string): string => ucLocation(name, '').replace(/\/$/, '')

const aliasOf = (model: { name: string }, { alias, number, id }: AliasRecord): UcAlias => {
  const { name: model_name, ...rest } = partsOf(model.name)
  return { alias_name: alias, version_num: number, id, model_name, ...rest }
}

export const publicAlias = (call: Call, model: ModelRecord, alias: string): UcAlias | undefined =>
  aliasesOf(call.db, model.id)
    .filter((one) => one.alias === alias)
    .map((one) => aliasOf(model, one))[0]

const said = (comment: string | undefined): { comment?: string } => (comment ? { comment } : {})

const audit = (record: ModelRecord | VersionRecord) => ({
  created_at: record.created,
  created_by: record.creator,
  updated_at: record.updated,
  updated_by: record.updater,
})

/** As `/api/2.1/unity-catalog/models` shows it. */
export const publicModel = (call: Call, model: ModelRecord, aliases: boolean): UcModel => ({
  ...partsOf(model.name),
  full_name: model.name,
  owner: model.owner,
  ...said(model.description),
  storage_location: folderOf(model.name),
  ...audit(model),
  ...(aliases
    ? filled(
        'aliases',
        aliasesOf(call.db, model.id).map((one) => aliasOf(model, one)),
      )
    : {}),
})

const aliasesAt = (call: Call, { model, number }: VersionRecord): AliasRecord[] =>
  aliasesOf(call.db, model).filter((one) => one.number === number)

export const publicVersion = (call: Call, version: VersionRecord, aliases: boolean): UcVersion => {
  const { name: model_name, ...rest } = partsOf(version.name)
  return {
    model_name,
    ...rest,
    version: version.number,
    status: version.status,
    source: version.source,
    ...(version.run === '' ? {} : { run_id: version.run }),
    ...said(version.description),
    storage_location: ucLocation(version.name, version.number),
    ...audit(version),
    ...(aliases
      ? filled(
          'aliases',
          aliasesAt(call, version).map((one) => aliasOf(version, one)),
        )
      : {}),
  }
}

const times = (record: ModelRecord | VersionRecord) => ({
  creation_timestamp: record.created,
  last_updated_timestamp: record.updated,
  user_id: record.creator,
  ...(record.description ? { description: record.description } : {}),
})

const named = ({ alias, number }: AliasRecord) => ({ alias, version: `${number}` })

/** As MLflow's client is shown it: in a search without tags and aliases. */
export const clientModel = (call: Call, model: ModelRecord, whole: boolean): CatalogModel => ({
  name: model.name,
  ...times(model),
  ...(model.job === undefined ? {} : { deployment_job_id: model.job }),
  ...(whole ? filled('tags', model.tags) : {}),
  ...(whole ? filled('aliases', aliasesOf(call.db, model.id).map(named)) : {}),
})

export const clientVersion = (call: Call, version: VersionRecord, whole: boolean): CatalogVersion => ({
  name: version.name,
  version: `${version.number}`,
  ...times(version),
  source: version.source,
  ...(version.run === '' ? {} : { run_id: version.run }),
  ...(version.logged === '' ? {} : { model_id: version.logged }),
  status: version.status,
  ...(version.message === undefined ? {} : { status_message: version.message }),
  storage_location: ucLocation(version.name, version.number),
  ...(whole ? filled('tags', version.tags) : {}),
  ...(whole ? filled('aliases', aliasesAt(call, version).map(named)) : {}),
})
