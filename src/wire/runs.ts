import { endpoint, type Empty, type Int64, type Json } from './endpoint.ts'
import { olderJobs, type JobSettings, type JobTask, type Paged } from './jobs.ts'

/** Runs of jobs, of the family `jobs`: https://docs.databricks.com/api/workspace/jobs/getrun */
export type LifeCycleState =
  | 'QUEUED'
  | 'PENDING'
  | 'RUNNING'
  | 'TERMINATING'
  | 'TERMINATED'
  | 'SKIPPED'
  | 'INTERNAL_ERROR'
  | 'BLOCKED'
  | 'WAITING_FOR_RETRY'

export type ResultState =
  | 'SUCCESS'
  | 'FAILED'
  | 'TIMEDOUT'
  | 'CANCELED'
  | 'MAXIMUM_CONCURRENT_RUNS_REACHED'
  | 'EXCLUDED'
  | 'SUCCESS_WITH_FAILURES'
  | 'UPSTREAM_FAILED'
  | 'UPSTREAM_CANCELED'
  | 'DISABLED'

export interface RunState {
  life_cycle_state: LifeCycleState
  result_state?: ResultState
  state_message?: string
  user_cancelled_or_timedout?: boolean
  queue_reason?: string
}

/** The newer form of the state, beside `state`. */
export interface RunStatus {
  state: 'BLOCKED' | 'PENDING' | 'QUEUED' | 'RUNNING' | 'TERMINATED' | 'TERMINATING' | 'WAITING'
  termination_details?: { code: string; type: string; message: string }
  queue_details?: { code: string; message: string }
}

/** Times are ms since 1970, durations ms. */
export interface RunTask extends JobTask {
  run_id: Int64
  state: RunState
  status?: RunStatus
  run_page_url?: string
  attempt_number?: number
  start_time?: Int64
  end_time?: Int64
  setup_duration?: Int64
  execution_duration?: Int64
  cleanup_duration?: Int64
  cluster_instance?: { cluster_id: string; spark_context_id?: string }
}

export interface JobRun {
  run_id: Int64
  job_id?: Int64
  run_name?: string
  number_in_job?: Int64
  original_attempt_run_id?: Int64
  state?: RunState
  status?: RunStatus
  tasks?: RunTask[]
  run_page_url?: string
  run_type?: 'JOB_RUN' | 'WORKFLOW_RUN' | 'SUBMIT_RUN'
  trigger?: string
  creator_user_name?: string
  start_time?: Int64
  end_time?: Int64
  run_duration?: Int64
  setup_duration?: Int64
  execution_duration?: Int64
  cleanup_duration?: Int64
  cluster_instance?: { cluster_id: string; spark_context_id?: string }
  job_parameters?: { name: string; default?: string; value?: string }[]
  overriding_parameters?: Record<string, Json>
  next_page_token?: string
  has_more?: boolean
  [field: string]: unknown
}

export interface RunOutput {
  metadata: JobRun
  notebook_output?: { result?: string; truncated?: boolean }
  /** Standard output and error, the last 5 MB. */
  logs?: string
  logs_truncated?: boolean
  error?: string
  error_trace?: string
}

export interface RunNow {
  job_id: Int64
  /** At most 64 characters; the same token answers the same run. */
  idempotency_token?: string
  job_parameters?: Record<string, string>
  notebook_params?: Record<string, string>
  python_params?: string[]
  python_named_params?: Record<string, string>
  jar_params?: string[]
  only?: string[]
  queue?: { enabled: boolean }
}

/** Body of runs/submit; also the one-task form of Jobs API 2.0. */
export interface SubmitRun extends JobSettings {
  run_name?: string
  idempotency_token?: string
}

interface RunId {
  run_id: Int64
}

const at = (name: string) => `/api/2.2/jobs/${name}`

export const runs = {
  runNow: endpoint<RunNow, RunId & { number_in_job?: Int64 }>('POST', at('run-now'), olderJobs('run-now')),
  submit: endpoint<SubmitRun, RunId>('POST', at('runs/submit'), olderJobs('runs/submit')),
  get: endpoint<
    RunId & { include_history?: boolean; include_resolved_values?: boolean; page_token?: string },
    JobRun
  >('GET', at('runs/get'), olderJobs('runs/get')),
  list: endpoint<
    Paged & {
      active_only?: boolean
      completed_only?: boolean
      job_id?: Int64
      expand_tasks?: boolean
      run_type?: string
      start_time_from?: Int64
      start_time_to?: Int64
    },
    { runs?: JobRun[]; next_page_token?: string; prev_page_token?: string; has_more?: boolean }
  >('GET', at('runs/list'), olderJobs('runs/list')),
  /** Of a task's run id, or of a run with one task. */
  getOutput: endpoint<RunId, RunOutput>('GET', at('runs/get-output'), olderJobs('runs/get-output')),
  /** Asynchronous; nothing happens to a run that has ended. */
  cancel: endpoint<RunId, Empty>('POST', at('runs/cancel'), { ...olderJobs('runs/cancel'), repeat: 'safe' }),
  cancelAll: endpoint<{ job_id?: Int64; all_queued_runs?: boolean }, Empty>(
    'POST',
    at('runs/cancel-all'),
    olderJobs('runs/cancel-all'),
  ),
  delete: endpoint<RunId, Empty>('POST', at('runs/delete'), olderJobs('runs/delete')),
}
