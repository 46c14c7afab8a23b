import { endpoint, type Empty, type Int64, type Json } from './endpoint.ts'
import type { AccessControl } from './permissions.ts'
import type { Library } from './libraries.ts'

/** https://docs.databricks.com/api/workspace/jobs: the settings. What is not named here passes through as it is. */
export interface JobTask {
  task_key: string
  depends_on?: { task_key: string; outcome?: string }[]
  run_if?: RunIf
  existing_cluster_id?: string
  job_cluster_key?: string
  new_cluster?: { [field: string]: Json | undefined }
  spark_python_task?: SparkPythonTask
  notebook_task?: NotebookTask
  python_wheel_task?: PythonWheelTask
  condition_task?: ConditionTask
  libraries?: Library[]
  max_retries?: number
  min_retry_interval_millis?: number
  retry_on_timeout?: boolean
  timeout_seconds?: number
  /** Runs its task once per input: https://docs.databricks.com/jobs/for-each */
  for_each_task?: { task: JobTask; [field: string]: Json | undefined | JobTask }
  [field: string]: unknown
}

export type RunIf =
  | 'ALL_SUCCESS'
  | 'ALL_DONE'
  | 'NONE_FAILED'
  | 'AT_LEAST_ONE_SUCCESS'
  | 'ALL_FAILED'
  | 'AT_LEAST_ONE_FAILED'

export interface SparkPythonTask {
  /** dbfs:/…, /Workspace/…, or another absolute workspace path with `source: WORKSPACE`. */
  python_file: string
  parameters?: string[]
  source?: 'WORKSPACE' | 'GIT'
}

export interface NotebookTask {
  notebook_path: string
  base_parameters?: Record<string, string>
  source?: 'WORKSPACE' | 'GIT'
}

export interface PythonWheelTask {
  package_name: string
  entry_point: string
  parameters?: string[]
  named_parameters?: Record<string, string>
}

/** https://docs.databricks.com/jobs/if-else: `true` or `false` is the outcome that later tasks depend on. */
export interface ConditionTask {
  op: 'EQUAL_TO' | 'NOT_EQUAL' | 'GREATER_THAN' | 'GREATER_THAN_OR_EQUAL' | 'LESS_THAN' | 'LESS_THAN_OR_EQUAL'
  left: string
  right: string
}

export interface JobCluster {
  job_cluster_key: string
  new_cluster: { [field: string]: Json | undefined }
}

export interface JobSettings {
  name?: string
  tasks?: JobTask[]
  job_clusters?: JobCluster[]
  parameters?: { name: string; default: string }[]
  tags?: Record<string, string>
  schedule?: { quartz_cron_expression: string; timezone_id: string; pause_status?: 'PAUSED' | 'UNPAUSED' }
  max_concurrent_runs?: number
  queue?: { enabled: boolean }
  timeout_seconds?: number
  run_as?: { user_name?: string; service_principal_name?: string }
  /** Only in create: never answered. */
  access_control_list?: AccessControl[]
  /** Jobs API 2.0: one task as the job itself. */
  existing_cluster_id?: string
  [field: string]: unknown
}

export interface Job {
  job_id: Int64
  creator_user_name?: string
  run_as_user_name?: string
  created_time?: Int64
  settings: JobSettings
  /** More than 100 tasks are read in pages. */
  next_page_token?: string
  has_more?: boolean
}

interface JobId {
  job_id: Int64
}
export interface Paged {
  limit?: number
  /** Jobs API 2.0 and 2.1. */
  offset?: number
  page_token?: string
}

const at = (name: string) => `/api/2.2/jobs/${name}`
/** The legacy versions that the same handlers answer. */
export const olderJobs = (name: string) => ({ alsoAt: [`/api/2.1/jobs/${name}`, `/api/2.0/jobs/${name}`] })

export const jobs = {
  create: endpoint<JobSettings, JobId>('POST', at('create'), olderJobs('create')),
  /** Replaces all settings; run_as stays when it is not given. */
  reset: endpoint<JobId & { new_settings: JobSettings }, Empty>('POST', at('reset'), {
    ...olderJobs('reset'),
    repeat: 'safe',
  }),
  /** Merges top-level fields; `tasks` merge by task_key. */
  update: endpoint<JobId & { new_settings: JobSettings; fields_to_remove?: string[] }, Empty>(
    'POST',
    at('update'),
    { ...olderJobs('update'), repeat: 'safe' },
  ),
  get: endpoint<JobId & { page_token?: string }, Job>('GET', at('get'), olderJobs('get')),
  list: endpoint<
    Paged & { name?: string; expand_tasks?: boolean },
    { jobs?: Job[]; next_page_token?: string; prev_page_token?: string; has_more?: boolean }
  >('GET', at('list'), olderJobs('list')),
  /** Active runs are not cancelled by it. */
  delete: endpoint<JobId, Empty>('POST', at('delete'), olderJobs('delete')),
}
