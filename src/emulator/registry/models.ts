import { randomUUID } from 'node:crypto'
import type { KeyValue } from '../../wire/tracking.ts'
import { dropGrants } from '../acl.ts'
import type { Call } from '../server/call.ts'
import { stored } from '../server/json.ts'
import { absent, Refused } from '../server/refused.ts'
import type { Store } from '../server/store.ts'
import { registryTables } from './schema.ts'

export type RegistryName = 'workspace' | 'mlflow' | 'unity-catalog'

/** A row of registered_models, with its tags. Times are ms since 1970. */
export interface ModelRecord {
  /** 32 hex digits: the object id of its permissions. */
  readonly id: string
  readonly registry: RegistryName
  readonly name: string
  readonly creator: string
  readonly owner: string
  readonly created: number
  readonly updated: number
  readonly updater: string
  readonly description: string | undefined
  /** Deployment job (Unity Catalog). */
  readonly job: string | undefined
  readonly tags: KeyValue[]
}

type Row = Omit<ModelRecord, 'tags' | 'description' | 'job'> & {
  tags: string
  description: string | null
  job: string | null
}

const tagsOf = `SELECT json_group_array(json_object('key', key, 'value', value)) FROM
  (SELECT key, value FROM registered_model_tags t WHERE t.model = m.id ORDER BY key)`

/** What every query of models begins with: `m` is registered_models. */
export const selectModels = `SELECT m.*, (${tagsOf}) AS tags FROM registered_models m`

export const toModel = (row: Row): ModelRecord => ({
  ...row,
  description: row.description ?? undefined,
  job: row.job ?? undefined,
  tags: stored<KeyValue[]>(row.tags),
})

export type { Row as ModelRow }

/** The registry that is spoken to below this path. */
export const registryOf = (call: Call): RegistryName => {
  if (call.path.includes('/unity-catalog/')) return 'unity-catalog'
  return call.face === 'mlflow' ? 'mlflow' : 'workspace'
}

export const findModel = (db: Store, registry: RegistryName, name: string): ModelRecord | undefined => {
  const row = db.get<Row>(`${selectModels} WHERE m.registry = ? AND m.name = ?`, registry, name)
  return row && toModel(row)
}

export const findModelById = (db: Store, id: string): ModelRecord | undefined => {
  const row = db.get<Row>(`${selectModels} WHERE m.id = ?`, id)
  return row && toModel(row)
}

/** @throws Refused 404 */
export const existingModel = (call: Call, name: string): ModelRecord => {
  const model = findModel(call.db, registryOf(call), name)
  if (model === undefined) throw absent(`Registered Model with name=${name} not found`)
  return model
}

const taken = (name: string) =>
  new Refused(400, 'RESOURCE_ALREADY_EXISTS', `Registered Model (name=${name}) already exists.`)

/** @throws Refused 400 RESOURCE_ALREADY_EXISTS */
export const addModel = (
  call: Call,
  name: string,
  description: string | undefined,
  tags: readonly KeyValue[],
): ModelRecord => {
  const registry = registryOf(call)
  if (findModel(call.db, registry, name) !== undefined) throw taken(name)
  const id = randomUUID().replaceAll('-', '')
  const { user } = call.me
  call.db.run(
    'INSERT INTO registered_models VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, 0)',
    id,
    registry,
    name,
    user,
    user,
    call.now,
    call.now,
    user,
    description ?? null,
  )
  for (const { key, value } of tags) putModelTag(call.db, id, key, value)
  return existingModel(call, name)
}

export const putModelTag = (db: Store, id: string, key: string, value: string): void => {
  db.run('INSERT OR REPLACE INTO registered_model_tags VALUES (?, ?, ?)', id, key, value)
}

export const dropModelTag = (db: Store, id: string, key: string): void => {
  db.run('DELETE FROM registered_model_tags WHERE model = ? AND key = ?', id, key)
}

/** Somebody changed it, or one of its versions. */
export const touchModel = (call: Call, id: string): void => {
  call.db.run(
    'UPDATE registered_models SET updated = ?, updater = ? WHERE id = ?',
    call.now,
    call.me.user,
    id,
  )
}

type Column = 'description' | 'owner' | 'job'

export const setModel = (call: Call, id: string, column: Column, value: string | undefined): void => {
  call.db.run(`UPDATE registered_models SET ${column} = ? WHERE id = ?`, value ?? null, id)
  touchModel(call, id)
}

/** Its versions change with it, as on MLflow servers. @throws Refused 400 RESOURCE_ALREADY_EXISTS */
export const renameModel = (call: Call, { id, registry, name }: ModelRecord, to: string): void => {
  if (to !== name && findModel(call.db, registry, to) !== undefined) throw taken(to)
  call.db.run('UPDATE registered_models SET name = ? WHERE id = ?', to, id)
  touchModel(call, id)
  call.db.run(
    'UPDATE model_versions SET updated = ?, updater = ? WHERE model = ?',
    call.now,
    call.me.user,
    id,
  )
}

/** All have a column `model`. */
const belonging = registryTables.filter((table) => table !== 'registered_models')

/** With all that belongs to it: a new model of that name begins at version 1 again. */
export const dropModel = (db: Store, id: string): void => {
  for (const table of belonging) db.run(`DELETE FROM ${table} WHERE model = ?`, id)
  db.run('DELETE FROM registered_models WHERE id = ?', id)
  dropGrants(db, `/registered-models/${id}`)
}
