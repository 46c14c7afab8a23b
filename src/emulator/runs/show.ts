import type { JobRun, RunState, RunStatus, RunTask } from '../../wire/runs.ts'
import { isOldPath, oldForm } from '../jobs/shape.ts'
import { findRecord } from '../cluster/record.ts'
import type { Store } from '../server/store.ts'
import { jobParameters } from './parameters.ts'
import { hasEnded, tasksOf, type Attempt, type Ending, type RunRecord } from './record.ts'

const types: Record<string, string> = {
  SUCCESS: 'SUCCESS',
  USER_CANCELED: 'SUCCESS',
  SKIPPED: 'SUCCESS',
  INTERNAL_ERROR: 'INTERNAL_ERROR',
  CLUSTER_ERROR: 'CLOUD_FAILURE',
}

interface Stateful {
  life: RunState['life_cycle_state']
  ended?: Ending
}

const queueReason = 'Queued due to reaching maximum concurrent runs.'

const stateOf = ({ life, ended }: Stateful): RunState => ({
  life_cycle_state: life,
  ...(ended === undefined ? {} : { result_state: ended.result }),
  state_message: ended?.message ?? '',
  user_cancelled_or_timedout: ended?.result === 'CANCELED' || ended?.result === 'TIMEDOUT',
  ...(life === 'QUEUED' ? { queue_reason: queueReason } : {}),
})

const statusOf = ({ life, ended }: Stateful): RunStatus => {
  if (ended !== undefined) {
    const { code, message } = ended
    return {
      state: 'TERMINATED',
      termination_details: { code, type: types[code] ?? 'CLIENT_ERROR', message },
    }
  }
  if (life === 'QUEUED')
    return { state: 'QUEUED', queue_details: { code: 'MAX_CONCURRENT_RUNS_REACHED', message: queueReason } }
  if (life === 'WAITING_FOR_RETRY') return { state: 'WAITING' }
  return { state: life === 'SKIPPED' || life === 'INTERNAL_ERROR' ? 'TERMINATED' : life }
}

const durations = ({ start, executing, end }: Pick<Attempt, 'start' | 'executing' | 'end'>) => ({
  start_time: start,
  setup_duration: executing === undefined ? 0 : executing - start,
  execution_duration: executing === undefined || end === undefined ? 0 : end - executing,
  cleanup_duration: 0,
  end_time: end ?? 0,
})

const instanceOf = (db: Store, attempt: Attempt) => {
  const { cluster, executing } = attempt
  const context = cluster === undefined ? undefined : findRecord(db, cluster)?.context_id
  if (cluster === undefined) return {}
  return {
    cluster_instance: {
      cluster_id: cluster,
      ...(executing === undefined || context === undefined ? {} : { spark_context_id: context }),
    },
  }
}

const pageUrl = ({ origin, job }: RunRecord, id: string): string => `${origin}/#job/${job}/run/${id}`

const taskRun = (db: Store, run: RunRecord, key: string, attempt: Attempt): RunTask => ({
  ...tasksOf(run.settings).find(({ task_key: name }) => name === key),
  task_key: key,
  run_id: BigInt(attempt.id),
  state: stateOf(attempt),
  status: statusOf(attempt),
  run_page_url: pageUrl(run, attempt.id),
  attempt_number: attempt.number,
  ...durations(attempt),
  ...instanceOf(db, attempt),
})

/** In the order of the settings, each with its attempts. */
const taskRuns = (db: Store, run: RunRecord): RunTask[] =>
  run.tasks.flatMap(({ key, attempts }) => attempts.map((attempt) => taskRun(db, run, key, attempt)))

const parametersOf = (run: RunRecord): Partial<JobRun> => {
  const parameters = jobParameters(run)
  const { job_parameters: _, ...overriding } = run.overrides
  return {
    ...(parameters.length === 0 ? {} : { job_parameters: parameters }),
    ...(Object.keys(overriding).length === 0 ? {} : { overriding_parameters: overriding }),
  }
}

/** 2.0 shows the task of a one-task run beside the run. */
const singleForm = (db: Store, run: RunRecord): Partial<JobRun> => {
  const [task] = tasksOf(run.settings)
  const attempt = run.tasks[0]?.attempts.at(-1)
  if (task === undefined || attempt === undefined) return {}
  return { ...oldForm(task), ...instanceOf(db, attempt) }
}

const runDurations = (run: RunRecord) => {
  const only = run.single ? run.tasks[0]?.attempts.at(-1) : undefined
  const times =
    only === undefined ? { setup_duration: 0, execution_duration: 0, cleanup_duration: 0 } : durations(only)
  const start = run.started ?? run.created
  return {
    ...times,
    start_time: run.created,
    end_time: run.end ?? 0,
    run_duration: run.end === undefined ? 0 : run.end - start,
    queue_duration: start - run.created,
  }
}

/** @param path tells the API version: 2.0 shows a one-task run in its own form. @param tasks with its task runs */
export const showRun = (db: Store, run: RunRecord, path: string, tasks: boolean): JobRun => {
  const id = BigInt(run.id)
  if (run.seeded !== undefined) return { ...run.seeded, run_id: id }
  const single = run.single && isOldPath(path)
  return {
    job_id: BigInt(run.job),
    run_id: id,
    number_in_job: id,
    original_attempt_run_id: id,
    creator_user_name: run.creator,
    run_name: run.name,
    run_type: run.type,
    trigger: 'ONE_TIME',
    format: single ? 'SINGLE_TASK' : 'MULTI_TASK',
    state: stateOf(run),
    status: statusOf(run),
    run_page_url: pageUrl(run, run.id),
    ...runDurations(run),
    ...parametersOf(run),
    ...(run.single ? singleForm(db, run) : {}),
    ...(tasks && !single ? { tasks: taskRuns(db, run) } : {}),
    ...(tasks && run.settings.job_clusters ? { job_clusters: run.settings.job_clusters } : {}),
  }
}

/** One task run as a run of its own: metadata of its output, and what runs/get answers to its id. */
export const showTaskRun = (db: Store, run: RunRecord, id: string): JobRun | undefined => {
  const task = run.tasks.find(({ attempts }) => attempts.some((attempt) => attempt.id === id))
  const attempt = task?.attempts.find((one) => one.id === id)
  if (task === undefined || attempt === undefined) return undefined
  const first = task.attempts[0] ?? attempt
  const { depends_on: _, ...shown } = taskRun(db, run, task.key, attempt)
  return {
    ...shown,
    job_id: BigInt(run.job),
    number_in_job: BigInt(run.id),
    original_attempt_run_id: BigInt(first.id),
    parent_run_id: BigInt(run.id),
    creator_user_name: run.creator,
    run_name: task.key,
    run_type: run.type,
    trigger: 'ONE_TIME',
    run_duration: hasEnded(attempt.life) ? (attempt.end ?? attempt.start) - attempt.start : 0,
  }
}
