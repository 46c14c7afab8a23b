import type { Stage, VersionStatus } from '../../wire/registry.ts'
import type { KeyValue } from '../../wire/tracking.ts'
import type { Call } from '../server/call.ts'
import { stored } from '../server/json.ts'
import { absent } from '../server/refused.ts'
import type { Store } from '../server/store.ts'
import { touchModel, type ModelRecord } from './models.ts'

/** A row of model_versions, with its tags and the name of its model. Times are ms since 1970. */
export interface VersionRecord {
  /** Id of its model. */
  readonly model: string
  readonly name: string
  readonly number: number
  readonly creator: string
  readonly created: number
  readonly updated: number
  readonly updater: string
  readonly description: string | undefined
  readonly stage: Stage
  readonly source: string
  /** Where the files are: what `source` led to when the version was made. */
  readonly location: string
  readonly run: string
  readonly run_link: string
  /** Id of the logged model. */
  readonly logged: string
  readonly status: VersionStatus
  readonly message: string | undefined
  readonly tags: KeyValue[]
}

export type VersionRow = Omit<VersionRecord, 'tags' | 'description' | 'message'> & {
  tags: string
  description: string | null
  message: string | null
}

const tagsOf = `SELECT json_group_array(json_object('key', key, 'value', value)) FROM
  (SELECT key, value FROM model_version_tags t WHERE t.model = v.model AND t.number = v.number ORDER BY key)`

/** What every query of versions begins with: `v` is model_versions, `m` is registered_models. */
export const selectVersions = `SELECT v.*, m.name AS name, (${tagsOf}) AS tags
  FROM model_versions v JOIN registered_models m ON m.id = v.model`

export const toVersion = (row: VersionRow): VersionRecord => ({
  ...row,
  description: row.description ?? undefined,
  message: row.message ?? undefined,
  tags: stored<KeyValue[]>(row.tags),
})

const missing = (name: string, number: number) =>
  absent(`Model Version (name=${name}, version=${number}) not found`)

export const findVersion = (db: Store, model: string, number: number): VersionRecord | undefined => {
  const row = db.get<VersionRow>(`${selectVersions} WHERE v.model = ? AND v.number = ?`, model, number)
  return row && toVersion(row)
}

/** @throws Refused 404 */
export const existingVersion = (call: Call, model: ModelRecord, number: number): VersionRecord => {
  const version = findVersion(call.db, model.id, number)
  if (version === undefined) throw missing(model.name, number)
  return version
}

/** Of each stage the highest number, which need not be the one that was moved last; ascending by number. */
export const latestVersions = (db: Store, model: string): VersionRecord[] =>
  db
    .all<VersionRow>(
      `${selectVersions} WHERE v.model = ? AND v.number IN
        (SELECT max(number) FROM model_versions WHERE model = ? GROUP BY stage) ORDER BY v.number`,
      model,
      model,
    )
    .map(toVersion)

/** What a new version is made of, beside its number. */
export type NewVersion = Pick<
  VersionRecord,
  'description' | 'source' | 'location' | 'run' | 'run_link' | 'logged' | 'status' | 'message' | 'tags'
> & { readonly becomes: VersionStatus | undefined }

const nextNumber = (db: Store, model: string): number =>
  db.get<{ last: number }>('UPDATE registered_models SET last = last + 1 WHERE id = ? RETURNING last', model)
    ?.last ?? 1

export const addVersion = (call: Call, model: ModelRecord, made: NewVersion): VersionRecord => {
  const { db, me, now } = call
  const number = nextNumber(db, model.id)
  const insert = 'INSERT INTO model_versions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)'
  const who = [me.user, now, now, me.user] as const
  const what = [made.source, made.location, made.run, made.run_link, made.logged] as const
  const state = [made.status, made.becomes ?? null, made.message ?? null] as const
  db.run(insert, model.id, number, ...who, made.description ?? null, 'None', ...what, ...state)
  for (const { key, value } of made.tags) putVersionTag(db, model.id, number, key, value)
  touchModel(call, model.id)
  return existingVersion(call, model, number)
}

export const putVersionTag = (db: Store, model: string, number: number, key: string, value: string): void => {
  db.run('INSERT OR REPLACE INTO model_version_tags VALUES (?, ?, ?, ?)', model, number, key, value)
}

export const dropVersionTag = (db: Store, model: string, number: number, key: string): void => {
  db.run('DELETE FROM model_version_tags WHERE model = ? AND number = ? AND key = ?', model, number, key)
}

export const setVersion = (
  call: Call,
  { model, number }: VersionRecord,
  column: 'description' | 'stage',
  value: string | undefined,
): void => {
  call.db.run(
    `UPDATE model_versions SET ${column} = ?, updated = ?, updater = ? WHERE model = ? AND number = ?`,
    value ?? null,
    call.now,
    call.me.user,
    model,
    number,
  )
}

const belonging = ['model_version_tags', 'transition_requests', 'registry_comments', 'model_versions']

/** Aliases that point to it stay: they dangle, until somebody deletes or moves them. */
export const dropVersion = (call: Call, { model, number }: VersionRecord): void => {
  for (const table of belonging)
    call.db.run(`DELETE FROM ${table} WHERE model = ? AND number = ?`, model, number)
  touchModel(call, model)
}
