import { randomInt } from 'node:crypto'
import type { ClusterSpec, ClusterState, TerminationReason } from '../../wire/clusters.ts'
import { next, nextId } from '../server/clock.ts'
import { formatJson, stored } from '../server/json.ts'
import type { Outcome } from '../server/outcomes.ts'
import { badValue } from '../server/refused.ts'
import type { Store } from '../server/store.ts'

/** A cluster as it is kept. Times are ms since 1970. */
export interface ClusterRecord {
  cluster_id: string
  source: string
  creator: string
  /** As requested, known fields only. */
  spec: ClusterSpec
  state: ClusterState
  state_message: string
  /** Set in passing states: the state ends at `due`, but not before it was seen. */
  due?: number | undefined
  /** When the present state was first shown to anybody. */
  seen?: number | undefined
  start_time: number
  /** Start of the present run; libraries install anew in each. */
  running_since?: number | undefined
  last_restarted_time?: number
  terminated_time?: number | undefined
  /** Autotermination counts from here. */
  active_at: number
  termination_reason?: TerminationReason | undefined
  /** How the start under way will fail. */
  fails?: Outcome | undefined
  pinned_by?: string | undefined
  context_id: string
}

const letters = 'abcdefghijklmnopqrstuvwxyz0123456789'

/** `MMDD-HHMMSS-xxxxxxxx`, UTC. */
const newClusterId = (at: number): string => {
  const digits = new Date(at).toISOString().replace(/[-:T]/g, '')
  const random = Array.from({ length: 8 }, () => letters[randomInt(letters.length)]).join('')
  return `${digits.slice(4, 8)}-${digits.slice(8, 14)}-${random}`
}

export const newRecord = (
  db: Store,
  spec: ClusterSpec,
  creator: string,
  source: string,
  at: number,
): ClusterRecord => ({
  cluster_id: newClusterId(at),
  source,
  creator,
  spec,
  state: 'PENDING',
  state_message: '',
  start_time: at,
  active_at: at,
  context_id: nextId(db),
})

interface Row {
  seq: number
  doc: string
}

export const save = (db: Store, record: ClusterRecord): void => {
  const doc = formatJson(record)
  if (db.run('UPDATE clusters SET doc = ? WHERE id = ?', doc, record.cluster_id) === 0)
    db.run('INSERT INTO clusters VALUES (?, ?, ?)', record.cluster_id, next(db), doc)
}

/** Newest first. */
export const allRecords = (db: Store): ClusterRecord[] =>
  db.all<Row>('SELECT doc FROM clusters ORDER BY seq DESC').map(({ doc }) => stored<ClusterRecord>(doc))

export const findRecord = (db: Store, id: string): ClusterRecord | undefined => {
  const row = db.get<Row>('SELECT doc FROM clusters WHERE id = ?', id)
  return row && stored<ClusterRecord>(row.doc)
}

/** The SDKs turn this 400 into «not found» by its text. */
export const unknownCluster = (id: string) => badValue(`Cluster ${id} does not exist`)

export const forget = (db: Store, id: string): void => {
  db.run('DELETE FROM clusters WHERE id = ?', id)
  db.run('DELETE FROM events WHERE cluster = ?', id)
  db.run('DELETE FROM libraries WHERE cluster = ?', id)
  db.run('DELETE FROM grants WHERE object = ?', `/clusters/${id}`)
}
