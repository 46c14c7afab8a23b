import type { JobRun, JobSettings } from '../../wire/jobs.ts'
import { next, nextId } from '../server/clock.ts'
import { formatJson, stored } from '../server/json.ts'
import type { Store } from '../server/store.ts'

export interface JobRecord {
  /** int64 as text. */
  id: string
  creator: string
  /** ms since 1970. */
  created: number
  settings: JobSettings
}

interface Row {
  doc: string
}

const parse = (row: Row): JobRecord => stored<JobRecord>(row.doc)

export const findJob = (db: Store, id: string): JobRecord | undefined => {
  const row = db.get<Row>('SELECT doc FROM jobs WHERE id = ?', id)
  return row && parse(row)
}

/** Newest first. */
export const allJobs = (db: Store): JobRecord[] =>
  db.all<Row>('SELECT doc FROM jobs ORDER BY seq DESC').map(parse)

export const addJob = (db: Store, creator: string, created: number, settings: JobSettings): JobRecord => {
  const job = { id: nextId(db), creator, created, settings }
  db.run('INSERT INTO jobs VALUES (?, ?, ?)', job.id, next(db), formatJson(job))
  return job
}

export const saveJob = (db: Store, job: JobRecord): void => {
  db.run('UPDATE jobs SET doc = ? WHERE id = ?', formatJson(job), job.id)
}

export const dropJob = (db: Store, id: string): void => {
  db.run('DELETE FROM jobs WHERE id = ?', id)
  db.run('DELETE FROM grants WHERE object = ?', `/jobs/${id}`)
}

/** An active run, made through /_emulator/runs only. Newest first. */
export const allRuns = (db: Store): JobRun[] =>
  db.all<Row>('SELECT doc FROM runs ORDER BY seq DESC').map((row) => stored<JobRun>(row.doc))

export const addRun = (db: Store, run: Omit<JobRun, 'run_id'>): string => {
  const id = nextId(db)
  db.run('INSERT INTO runs VALUES (?, ?, ?)', id, next(db), formatJson({ ...run, run_id: BigInt(id) }))
  return id
}
