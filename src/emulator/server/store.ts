import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'libsql'
import { schema, tables } from './schema.ts'

type Bound = string | number | null | Uint8Array

/** SQLite, read through on every request: two processes may use one state folder. */
export interface Store {
  /** Returns the number of rows changed. */
  run(sql: string, ...values: Bound[]): number
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the SQL text says what a row is
  get<Row>(sql: string, ...values: Bound[]): Row | undefined
  all<Row>(sql: string, ...values: Bound[]): Row[]
  /** All or nothing, and nobody else writes meanwhile. */
  atomically<T>(work: () => T): T
  /** Forget everything. */
  clear(): void
  close(): void
}

/** A response that was sent must survive a kill: WAL with synchronous NORMAL does; only a power cut may lose it. */
const pragmas = ['busy_timeout = 15000', 'journal_mode = WAL', 'synchronous = NORMAL']

const open = (folder: string | undefined) => {
  // Secrets and tokens are in there: nobody else on this machine is to read them.
  if (folder !== undefined) mkdirSync(folder, { recursive: true, mode: 0o700 })
  const database = new Database(folder === undefined ? ':memory:' : join(folder, 'workspace.db'))
  for (const pragma of pragmas) database.exec(`PRAGMA ${pragma}`)
  database.exec(schema)
  return database
}

/** @param folder state folder, made when absent; `undefined` keeps everything in memory. */
export const openStore = (folder: string | undefined): Store => {
  const database = open(folder)
  const prepared = new Map<string, ReturnType<typeof database.prepare>>()
  const statement = (sql: string) => {
    const known = prepared.get(sql) ?? database.prepare(sql)
    prepared.set(sql, known)
    return known
  }
  return {
    run: (sql, ...values) => statement(sql).run(values).changes,
    // oxlint-disable-next-line typescript/no-unnecessary-type-parameters, typescript/no-unsafe-type-assertion
    get: <Row>(sql: string, ...values: Bound[]) => statement(sql).get(values) as Row | undefined,
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    all: <Row>(sql: string, ...values: Bound[]) => statement(sql).all(values) as Row[],
    atomically: (work) => {
      database.exec('BEGIN IMMEDIATE')
      try {
        const result = work()
        database.exec('COMMIT')
        return result
      } catch (error) {
        if (database.inTransaction) database.exec('ROLLBACK')
        throw error
      }
    },
    clear: () => tables.forEach((table) => database.exec(`DELETE FROM ${table}`)),
    close: () => {
      if (database.open) database.close()
    },
  }
}
