import type { KeyValue } from '../../wire/tracking.ts'
import type { Store } from '../server/store.ts'

/** Tables of keys and values that belong to something. */
export type SetTable =
  | 'mlflow_experiment_tags'
  | 'mlflow_params'
  | 'mlflow_tags'
  | 'mlflow_model_params'
  | 'mlflow_model_tags'

export const putValue = (db: Store, table: SetTable, owner: string, { key, value }: KeyValue): void => {
  db.run(`INSERT OR REPLACE INTO ${table} VALUES (?, ?, ?)`, owner, key, value)
}

export const valueOf = (db: Store, table: SetTable, owner: string, key: string): string | undefined =>
  db.get<{ value: string }>(`SELECT value FROM ${table} WHERE owner = ? AND key = ?`, owner, key)?.value

/** Whether there was one. */
export const dropValue = (db: Store, table: SetTable, owner: string, key: string): boolean =>
  db.run(`DELETE FROM ${table} WHERE owner = ? AND key = ?`, owner, key) > 0

/** Rows of one owner each, by owner. */
export const grouped = <Row extends { owner: string }>(rows: readonly Row[]): ReadonlyMap<string, Row[]> => {
  const found = new Map<string, Row[]>()
  for (const row of rows) {
    const known = found.get(row.owner)
    if (known === undefined) found.set(row.owner, [row])
    else known.push(row)
  }
  return found
}

/** What these owners have, in one query. */
export const valuesOf = (
  db: Store,
  table: SetTable,
  owners: readonly string[],
): ReadonlyMap<string, (KeyValue & { owner: string })[]> => {
  const ofThese = `SELECT owner, key, value FROM ${table} WHERE owner IN (SELECT value FROM json_each(?)) ORDER BY owner, key`
  return grouped(db.all<KeyValue & { owner: string }>(ofThese, JSON.stringify(owners)))
}

/** A list for an answer; an empty one is left out. */
export const shown = (rows: readonly KeyValue[] | undefined): KeyValue[] | undefined =>
  rows?.map(({ key, value }) => ({ key, value }))
