import type { Library } from '../../wire/libraries.ts'
import { next } from '../server/clock.ts'
import { canonical, stored } from '../server/json.ts'
import type { Store } from '../server/store.ts'

/** A library of one cluster. Times are ms since 1970. */
export interface LibraryRecord {
  library: Library
  added_at: number
  /** Goes at the next restart. */
  marked?: boolean | undefined
  /** When its installation in the present run of the cluster began. */
  started_at?: number | undefined
  /** When that installation was first shown to anybody. */
  seen?: number | undefined
  /** Messages of the failure in which it will end. */
  fails?: string[] | undefined
  /** The real installation, where there is compute. */
  real?: RealInstallation | undefined
}

/** What has become of a library in one run of its cluster. */
export interface RealInstallation {
  /** `running_since` of that run of the cluster. */
  run: number
  status: 'PENDING' | 'RESOLVING' | 'INSTALLING' | 'INSTALLED' | 'FAILED' | 'SKIPPED'
  messages?: string[]
  /** How many intermediate states were shown to somebody. */
  shown: number
  /** Absolute path of the bytes that were installed: the file in the workspace may change, the cluster keeps what it has. */
  file?: string
}

interface Row {
  doc: string
}

const parse = (row: Row): LibraryRecord => stored<LibraryRecord>(row.doc)

/** In order of addition. */
export const librariesOf = (db: Store, cluster: string): LibraryRecord[] =>
  db.all<Row>('SELECT doc FROM libraries WHERE cluster = ? ORDER BY seq', cluster).map(parse)

/** The whole object is the identity: `x==1` and `x==2` are two libraries. */
export const findLibrary = (db: Store, cluster: string, library: Library): LibraryRecord | undefined => {
  const identity = canonical(library)
  const row = db.get<Row>('SELECT doc FROM libraries WHERE cluster = ? AND identity = ?', cluster, identity)
  return row && parse(row)
}

export const saveLibrary = (db: Store, cluster: string, record: LibraryRecord): void => {
  const identity = canonical(record.library)
  const doc = JSON.stringify(record)
  const update = 'UPDATE libraries SET doc = ? WHERE cluster = ? AND identity = ?'
  if (db.run(update, doc, cluster, identity) === 0)
    db.run('INSERT INTO libraries VALUES (?, ?, ?, ?)', cluster, identity, next(db), doc)
}

/** At a restart the marked ones are gone. */
export const dropMarked = (db: Store, cluster: string): void => {
  for (const { library, marked } of librariesOf(db, cluster))
    if (marked === true)
      db.run('DELETE FROM libraries WHERE cluster = ? AND identity = ?', cluster, canonical(library))
}
