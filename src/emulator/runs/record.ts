import type { JobSettings, JobTask } from '../../wire/jobs.ts'
import type { JobRun, LifeCycleState, ResultState } from '../../wire/runs.ts'
import { next, nextId } from '../server/clock.ts'
import { formatJson, stored } from '../server/json.ts'
import type { Store } from '../server/store.ts'

/** How something ended: `code` is that of termination_details. */
export interface Ending {
  life: LifeCycleState
  result: ResultState
  code: string
  message: string
}

/** One try of one task; its id is the task's run_id. Times are ms since 1970. */
export interface Attempt {
  id: string
  number: number
  life: LifeCycleState
  /** Entered its present state; a wait for a retry ends at `due`. */
  start: number
  due?: number
  /** Given to the process that runs it. */
  launched?: boolean
  /** When its code began. */
  executing?: number
  end?: number
  ended?: Ending
  /** It is being ended, and will end like this whatever its process says. */
  ending?: Ending
  cluster?: string
  /** Made for it, revoked at its end. */
  token?: string
  /** What a condition_task found. */
  outcome?: string
}

export interface TaskRecord {
  key: string
  attempts: Attempt[]
}

export interface Overrides {
  job_parameters?: Record<string, string>
  notebook_params?: Record<string, string>
  python_params?: string[]
  python_named_params?: Record<string, string>
}

export interface RunRecord {
  id: string
  job: string
  name: string
  type: 'JOB_RUN' | 'SUBMIT_RUN'
  /** Who started it, and with whose rights it works. */
  creator: string
  runAs: string
  /** A copy: later changes of the job are for later runs. */
  settings: JobSettings
  /** In the form of Jobs API 2.0: one task, without tasks. */
  single: boolean
  overrides: Overrides
  only?: string[]
  created: number
  /** Scheme and host that its maker wrote. */
  origin: string
  /** When it left the queue. */
  started?: number
  end?: number
  life: LifeCycleState
  ended?: Ending
  /** Somebody or something wants it ended. */
  stopping?: Ending
  tasks: TaskRecord[]
  /** job_cluster_key or `task:<key>` -> cluster made for this run. */
  clusters: Record<string, string>
  /** The last state that was shown to anybody. */
  shown?: LifeCycleState | 'ENDED'
  /** Made through /_emulator/runs: shown as it is, never changed. */
  seeded?: Partial<JobRun>
}

/** What other processes look for without reading the document. */
interface Row {
  id: string
  job: string
  owner: string
  doc: string
}

const parse = ({ doc }: Row): RunRecord => stored<RunRecord>(doc)

const ending = new Set<string | undefined>(['TERMINATED', 'SKIPPED', 'INTERNAL_ERROR'])
export const hasEnded = (life: string | undefined): boolean => ending.has(life)

export const tasksOf = ({ tasks = [] }: JobSettings): JobTask[] => tasks

/** Every task has one from the start. */
export const lastAttempt = (task: TaskRecord): Attempt => {
  const last = task.attempts.at(-1)
  if (last === undefined) throw new Error(`task ${task.key} has no attempt`)
  return last
}

export const attemptOf = (run: RunRecord, id: string): Attempt | undefined =>
  run.tasks.flatMap(({ attempts }) => attempts).find((attempt) => attempt.id === id)

export const addRun = (db: Store, run: RunRecord, owner: string): void => {
  const { id, job, type, created } = run
  const life = run.seeded === undefined ? run.life : run.seeded.state?.life_cycle_state
  const active = hasEnded(life) ? 0 : 1
  const sql = 'INSERT INTO job_runs VALUES (?, ?, ?, ?, ?, ?, 0, ?, ?)'
  db.run(sql, id, next(db), job, type, active, owner, created, formatJson(run))
}

/** @param asked somebody but the owner wants it ended */
export const saveRun = (db: Store, run: RunRecord, asked = false): void => {
  const active = hasEnded(run.life) ? 0 : 1
  const sql = 'UPDATE job_runs SET doc = ?, active = ?, asked = ? WHERE id = ?'
  db.run(sql, formatJson(run), active, asked && active === 1 ? 1 : 0, run.id)
}

export const newAttempt = (
  db: Store,
  run: RunRecord,
  task: TaskRecord,
  life: LifeCycleState,
  at: number,
): Attempt => {
  const attempt: Attempt = { id: nextId(db), number: task.attempts.length, life, start: at }
  task.attempts.push(attempt)
  db.run('INSERT INTO task_runs VALUES (?, ?)', attempt.id, run.id)
  return attempt
}

export const findRun = (db: Store, id: string): RunRecord | undefined => {
  const row = db.get<Row>('SELECT * FROM job_runs WHERE id = ?', id)
  return row && parse(row)
}

/** By the id of one of its task runs. */
export const findRunOfTask = (db: Store, id: string): RunRecord | undefined => {
  const row = db.get<{ run: string }>('SELECT run FROM task_runs WHERE id = ?', id)
  return row && findRun(db, row.run)
}

/** Active runs of one process with the text in which they are kept, oldest first. */
export const activeOf = (db: Store, owner: string): { run: RunRecord; doc: string }[] =>
  db
    .all<Row>('SELECT * FROM job_runs WHERE active = 1 AND owner = ? ORDER BY seq', owner)
    .map((row) => ({ run: parse(row), doc: row.doc }))

export const activeOwners = (db: Store): string[] =>
  db
    .all<{ owner: string }>("SELECT DISTINCT owner FROM job_runs WHERE active = 1 AND owner <> ''")
    .map(({ owner }) => owner)

/** Runs of a job that have a place, or wait for one; oldest first. */
export const activeOfJob = (db: Store, job: string): RunRecord[] =>
  db.all<Row>('SELECT * FROM job_runs WHERE active = 1 AND job = ? ORDER BY seq', job).map(parse)

export const activeRuns = (db: Store): RunRecord[] =>
  db.all<Row>('SELECT * FROM job_runs WHERE active = 1 ORDER BY seq').map(parse)

export const isAsked = (db: Store, owner: string): boolean =>
  db.get('SELECT 1 FROM job_runs WHERE active = 1 AND asked = 1 AND owner = ? LIMIT 1', owner) !== undefined

export const dropRun = (db: Store, run: RunRecord): void => {
  db.run('DELETE FROM job_runs WHERE id = ?', run.id)
  db.run('DELETE FROM task_runs WHERE run = ?', run.id)
  for (const { attempts } of run.tasks)
    for (const { id } of attempts) db.run('DELETE FROM outputs WHERE id = ?', id)
}

/** What one task run gave, apart from its log. */
export interface Output {
  error?: string
  trace?: string
  notebook?: { result: string; truncated: boolean }
}

export const saveOutput = (db: Store, id: string, output: Output): void => {
  db.run('INSERT OR REPLACE INTO outputs VALUES (?, ?)', id, formatJson(output))
}

export const findOutput = (db: Store, id: string): Output => {
  const row = db.get<{ doc: string }>('SELECT doc FROM outputs WHERE id = ?', id)
  return row === undefined ? {} : stored<Output>(row.doc)
}
