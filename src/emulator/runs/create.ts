import type { JobSettings } from '../../wire/jobs.ts'
import type { Call } from '../server/call.ts'
import { nextId } from '../server/clock.ts'
import { badValue } from '../server/refused.ts'
import { skippedAs } from './advance.ts'
import { endAttempt } from './attempts.ts'
import {
  activeOfJob,
  addRun,
  findRun,
  newAttempt,
  tasksOf,
  type Ending,
  type Overrides,
  type RunRecord,
} from './record.ts'

export interface NewRun {
  job: string
  name: string
  type: RunRecord['type']
  runAs: string
  /** With tasks. */
  settings: JobSettings
  single: boolean
  overrides: Overrides
  only?: string[]
}

const full = (most: number): Ending => ({
  life: 'SKIPPED',
  result: 'MAXIMUM_CONCURRENT_RUNS_REACHED',
  code: 'MAX_CONCURRENT_RUNS_EXCEEDED',
  message: `The run was skipped because the job has reached its limit of ${most} concurrent runs.`,
})

const skip = (call: Call, run: RunRecord, ending: Ending): void => {
  run.stopping = ending
  for (const task of run.tasks)
    for (const attempt of task.attempts) endAttempt(call, run, task, attempt, ending)
  Object.assign(run, { life: ending.life, ended: ending, end: call.now })
}

/** One-time runs have no limit; the others take a place, wait for one, or are skipped. */
const seat = (call: Call, run: RunRecord): void => {
  if (run.type === 'SUBMIT_RUN') return
  const most = run.settings.max_concurrent_runs ?? 1
  const others = activeOfJob(call.db, run.job).filter(({ seeded }) => seeded === undefined)
  if (others.length < most) return
  // 0 skips all: https://docs.databricks.com/api/workspace/jobs/create, max_concurrent_runs
  if (most === 0 || run.settings.queue?.enabled !== true) return skip(call, run, full(most))
  run.life = 'QUEUED'
  delete run.started
}

/** A run that is about to be driven by this emulator. */
export const createRun = (call: Call, given: NewRun): RunRecord => {
  const { db, now, me, site } = call
  const run: RunRecord = {
    id: nextId(db),
    ...given,
    creator: me.user,
    created: now,
    started: now,
    origin: call.origin,
    life: 'PENDING',
    tasks: tasksOf(given.settings).map(({ task_key: key }) => ({ key, attempts: [] })),
    clusters: {},
  }
  for (const task of run.tasks) {
    const attempt = newAttempt(db, run, task, 'BLOCKED', now)
    if (run.only !== undefined && !run.only.includes(task.key))
      endAttempt(call, run, task, attempt, skippedAs('EXCLUDED'))
  }
  seat(call, run)
  addRun(db, run, site.owner)
  site.later(site.wake)
  return run
}

const longestToken = 64

/**
 * The run that this token made before, or a new one.
 * @param scope tokens of different jobs do not meet
 * @throws Refused 400 for a longer token, and when its run was deleted
 */
export const onceOnly = (
  { db }: Call,
  scope: string,
  token: string | undefined,
  make: () => RunRecord,
): RunRecord => {
  if (token === undefined || token === '') return make()
  if (token.length > longestToken)
    throw badValue(`idempotency_token has ${token.length} characters; at most ${longestToken} are allowed`)
  const key = `${scope} ${token}`
  const known = db.get<{ run: string }>('SELECT run FROM idempotency WHERE token = ?', key)
  if (known !== undefined) {
    const run = findRun(db, known.run)
    if (run === undefined) throw badValue(`The run ${known.run} of this idempotency_token was deleted`)
    return run
  }
  const run = make()
  db.run('INSERT INTO idempotency VALUES (?, ?)', key, run.id)
  return run
}
