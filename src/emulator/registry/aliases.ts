import { randomUUID } from 'node:crypto'
import type { Call } from '../server/call.ts'
import { badValue } from '../server/refused.ts'
import type { Store } from '../server/store.ts'
import type { ModelRecord } from './models.ts'
import { existingVersion, type VersionRecord } from './versions.ts'

export interface AliasRecord {
  readonly alias: string
  readonly number: number
  readonly id: string
}

export const aliasesOf = (db: Store, model: string): AliasRecord[] =>
  db.all<AliasRecord>('SELECT alias, number, id FROM model_aliases WHERE model = ? ORDER BY alias', model)

/** Names of the aliases that point to that version. */
export const aliasesAt = (db: Store, { model, number }: VersionRecord): string[] =>
  aliasesOf(db, model)
    .filter((one) => one.number === number)
    .map(({ alias }) => alias)

/** Moves it, if it is somewhere else. */
export const putAlias = (db: Store, { model, number }: VersionRecord, alias: string): void => {
  db.run('INSERT OR REPLACE INTO model_aliases VALUES (?, ?, ?, ?)', model, alias, number, randomUUID())
}

export const dropAlias = (db: Store, model: string, alias: string): void => {
  db.run('DELETE FROM model_aliases WHERE model = ? AND alias = ?', model, alias)
}

export const dropAliasesAt = (db: Store, { model, number }: VersionRecord): void => {
  db.run('DELETE FROM model_aliases WHERE model = ? AND number = ?', model, number)
}

/**
 * The version that an alias points to; `latest` is the highest number, whatever the aliases.
 * @throws Refused 400 when there is none of that name, 404 when its version was deleted
 */
export const versionAt = (call: Call, model: ModelRecord, alias: string): VersionRecord => {
  const found =
    alias.toLowerCase() === 'latest'
      ? call.db.get<{ number: number | null }>(
          'SELECT max(number) AS number FROM model_versions WHERE model = ?',
          model.id,
        )?.number
      : aliasesOf(call.db, model.id).find((one) => one.alias === alias)?.number
  if (found === undefined || found === null) throw badValue(`Registered model alias ${alias} not found.`)
  return existingVersion(call, model, found)
}
