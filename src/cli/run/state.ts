import type { Int64 } from '../../wire/endpoint.ts'
import type { JobRun, RunState, RunStatus } from '../../wire/runs.ts'

/** A run, or a task of one, in the words that people know. */
export interface Seen {
  /** Life-cycle state; once it has ended, the result. */
  word: string
  ended: boolean
  success: boolean
  message: string
}

const over = ['TERMINATED', 'SKIPPED', 'INTERNAL_ERROR']

/** One word is enough where the workspace gives no result beside its end. What has not really ended well is not called so. */
const resultOf = ({ life_cycle_state: life, result_state: result }: RunState): string => {
  if (life === 'TERMINATED') return result ?? 'TERMINATED without a result'
  return result === undefined || result === 'SUCCESS' ? life : result
}

const fromState = (state: RunState): Seen => {
  const ended = over.includes(state.life_cycle_state)
  return {
    word: ended ? resultOf(state) : state.life_cycle_state,
    ended,
    // A task that was skipped may carry a result of its own: only a run that has really ended well is a success.
    success: state.life_cycle_state === 'TERMINATED' && state.result_state === 'SUCCESS',
    message: state.state_message ?? '',
  }
}

/** `state` is the older form; a workspace may leave it out: https://docs.databricks.com/api/workspace/jobs/getrun */
const fromStatus = ({ state, termination_details: end }: RunStatus): Seen => ({
  word: state === 'TERMINATED' ? (end?.code ?? 'TERMINATED without a result') : state,
  ended: state === 'TERMINATED',
  success: state === 'TERMINATED' && end?.code === 'SUCCESS',
  message: end?.message ?? '',
})

/** Undefined when the workspace has answered without any state: nobody knows then. */
export const seenOf = ({ state, status }: { state?: RunState; status?: RunStatus }): Seen | undefined => {
  if (state?.life_cycle_state) return fromState(state)
  return status?.state ? fromStatus(status) : undefined
}

/** Not failed, and not run either: the branch of a condition that was not taken. */
export const wasLeftOut = ({ word }: Seen): boolean => word === 'EXCLUDED' || word === 'DISABLED'

/** The newest attempt of one task. */
export interface SeenTask extends Seen {
  key: string
  /** What get-output wants. */
  id: Int64
  /** Attempts so far. */
  attempts: number
  /** ms; undefined when it has not ended. */
  tookMs?: number
}

const times = (from: Int64 | undefined, to: Int64 | undefined): Pick<SeenTask, 'tookMs'> =>
  from && to ? { tookMs: Math.max(0, Number(to) - Number(from)) } : {}

/** A task without a state is taken for one that has not begun: the run as a whole tells. */
const waiting: Seen = { word: 'PENDING', ended: false, success: false, message: '' }

/**
 * The tasks of a run, each as its newest attempt, in the order of the workspace. A run of Jobs API 2.0 is its own only task.
 */
export const tasksSeen = (run: JobRun): SeenTask[] => {
  if (!run.tasks || run.tasks.length === 0) {
    const seen = seenOf(run) ?? waiting
    const key = run.run_name ?? 'main'
    return [{ ...seen, key, id: run.run_id, attempts: 1, ...times(run.start_time, run.end_time) }]
  }
  const newest = new Map<string, SeenTask>()
  for (const task of run.tasks) {
    const attempts = (task.attempt_number ?? 0) + 1
    const known = newest.get(task.task_key)
    if (known && known.attempts > attempts) continue
    const seen = seenOf(task) ?? waiting
    const key = task.task_key
    newest.set(key, { ...seen, key, id: task.run_id, attempts, ...times(task.start_time, task.end_time) })
  }
  return [...newest.values()]
}
