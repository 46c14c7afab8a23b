import type { JobSettings } from '../../wire/jobs.ts'
import { demand } from '../acl.ts'
import type { Call } from '../server/call.ts'
import { next, nextId } from '../server/clock.ts'
import { formatJson, stored } from '../server/json.ts'
import { neededText } from '../server/read.ts'
import { badValue } from '../server/refused.ts'
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

/** The SDKs turn this 400 into «not found» by its text. @throws Refused 400, 403 */
export const existingJob = (call: Call, id: unknown, level: string): JobRecord => {
  const key = neededText(id, 'job_id')
  const job = findJob(call.db, key)
  if (job === undefined) throw badValue(`Job ${key} does not exist.`)
  demand(call, 'jobs', [`/jobs/${key}`], level)
  return job
}

/** Whose rights its runs have. */
export const runAsOf = ({ settings, creator }: JobRecord): string =>
  settings.run_as?.user_name ?? settings.run_as?.service_principal_name ?? creator

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

/** Its runs stay, and with them the grants that say who may see them. */
export const dropJob = (db: Store, id: string): void => {
  db.run('DELETE FROM jobs WHERE id = ?', id)
}
