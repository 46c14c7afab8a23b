/** Models of Unity Catalog in the tables of the registry, and who may change them. */
import type { Call } from '../server/call.ts'
import { isAdmin } from '../server/principals.ts'
import { absent, denied } from '../server/refused.ts'
import { aliasesOf } from '../registry/aliases.ts'
import { findModel, selectModels, toModel, type ModelRecord, type ModelRow } from '../registry/models.ts'
import {
  findVersion,
  selectVersions,
  toVersion,
  type VersionRecord,
  type VersionRow,
} from '../registry/versions.ts'
import { fullName } from './names.ts'

/** @throws Refused 400 for a name of other than three parts, 404 */
export const catalogModel = (call: Call, value: unknown, field?: string): ModelRecord => {
  const name = fullName(value, field)
  const model = findModel(call.db, 'unity-catalog', name)
  if (model === undefined) throw absent(`Routine or Model '${name}' does not exist.`)
  return model
}

/** Every user may read and tag; whatever else changes a model is its owner's, or an admin's. @throws Refused 403 */
export const ownedModel = (call: Call, value: unknown, field?: string): ModelRecord => {
  const model = catalogModel(call, value, field)
  if (model.owner === call.me.user || isAdmin(call.me)) return model
  throw denied(
    `PERMISSION_DENIED: ${call.me.user} is not an owner of registered model '${model.name}', which ${model.owner} owns.`,
  )
}

/** @throws Refused 404 */
export const catalogVersion = (call: Call, model: ModelRecord, number: number): VersionRecord => {
  const version = findVersion(call.db, model.id, number)
  if (version === undefined) throw absent(`Model version '${model.name}' version ${number} does not exist.`)
  return version
}

/** @throws Refused 404 also when there is no such alias */
export const versionOfAlias = (call: Call, model: ModelRecord, alias: string): VersionRecord => {
  const found = aliasesOf(call.db, model.id).find((one) => one.alias === alias)
  if (found === undefined) throw absent(`Alias '${alias}' of model '${model.name}' does not exist.`)
  return catalogVersion(call, model, found.number)
}

const ofCatalog = "m.registry = 'unity-catalog'"

/** Of a schema (`catalog.schema`), of a catalog, or all; by name. */
export const modelsIn = (call: Call, prefix: string, limit: number, offset: number): ModelRecord[] =>
  call.db
    .all<ModelRow>(
      `${selectModels} WHERE ${ofCatalog} AND substr(m.name, 1, ?) = ? ORDER BY m.name LIMIT ? OFFSET ?`,
      prefix.length,
      prefix,
      limit,
      offset,
    )
    .map(toModel)

/** Newest first. `column` and `value` name a model, or a run. */
export const versionsBy = (
  call: Call,
  column: 'v.model' | 'v.run' | 'm.registry',
  value: string,
  limit: number,
  offset: number,
): VersionRecord[] =>
  call.db
    .all<VersionRow>(
      `${selectVersions} WHERE ${ofCatalog} AND ${column} = ? ORDER BY m.name, v.number DESC LIMIT ? OFFSET ?`,
      value,
      limit,
      offset,
    )
    .map(toVersion)
