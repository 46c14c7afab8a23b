import type { JobTask } from '../../wire/jobs.ts'
import type { TaskResult } from '../../compute/compute.ts'
import type { Where } from './clusters.ts'
import { retryAfter } from './decide.ts'
import { revokeToken } from './env.ts'
import {
  hasEnded,
  newAttempt,
  tasksOf,
  type Attempt,
  type Ending,
  type RunRecord,
  type TaskRecord,
} from './record.ts'

export const failed = (code: string, message: string): Ending => ({
  life: 'INTERNAL_ERROR',
  result: 'FAILED',
  code,
  message,
})

export const succeeded: Ending = { life: 'TERMINATED', result: 'SUCCESS', code: 'SUCCESS', message: '' }

export const canceled = (message: string): Ending => ({
  life: 'TERMINATED',
  result: 'CANCELED',
  code: 'USER_CANCELED',
  message,
})

export const timedOut = (seconds: number): Ending => ({
  life: 'TERMINATED',
  result: 'TIMEDOUT',
  code: 'RUN_EXECUTION_ERROR',
  message: `Run timed out after ${seconds} seconds`,
})

/** Seen in answers of the service for a task whose code failed. */
const workloadFailed: Ending = {
  life: 'TERMINATED',
  result: 'FAILED',
  code: 'RUN_EXECUTION_ERROR',
  message: 'Workload failed, see run output for details',
}

export const endingOf = (result: TaskResult): Ending => {
  if (result.outcome === 'SUCCESS') return succeeded
  if (result.outcome === 'FAILED') return workloadFailed
  if (result.outcome === 'CANCELED') return canceled('Run cancelled.')
  return { ...timedOut(0), message: 'Run timed out' }
}

/** Refusals that another attempt would meet as well. */
const hopeless = new Set([
  'INVALID_RUN_CONFIGURATION',
  'RESOURCE_NOT_FOUND',
  'FEATURE_DISABLED',
  'UNAUTHORIZED_ERROR',
])

const taskNamed = (run: RunRecord, key: string): JobTask | undefined =>
  tasksOf(run.settings).find(({ task_key: name }) => name === key)

/** The attempt is over; unless the run is being ended, its task's policy may call for another one. */
export const endAttempt = (
  at: Where,
  run: RunRecord,
  task: TaskRecord,
  attempt: Attempt,
  ending: Ending,
): void => {
  if (hasEnded(attempt.life)) return
  attempt.life = ending.life
  attempt.ended = ending
  attempt.end = at.now
  revokeToken(at.db, attempt.token)
  delete attempt.token
  if (run.stopping !== undefined || hopeless.has(ending.code)) return
  const wait = retryAfter(taskNamed(run, task.key) ?? {}, task.attempts.length, ending.result)
  if (wait === undefined) return
  const next = newAttempt(at.db, run, task, wait === 0 ? 'PENDING' : 'WAITING_FOR_RETRY', at.now)
  if (wait > 0) next.due = at.now + wait
}
