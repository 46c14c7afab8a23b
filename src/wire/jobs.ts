import { endpoint, type Empty, type Int64, type Json } from './endpoint.ts'

/** https://docs.databricks.com/api/workspace/jobs. Here: the settings, as far as a cluster's replacement must rewire them. */
export interface JobTask {
  task_key: string
  existing_cluster_id?: string
  /** Runs its task once per input: https://docs.databricks.com/jobs/for-each */
  for_each_task?: { task: JobTask; [field: string]: Json | undefined | JobTask }
  [field: string]: Json | undefined | JobTask | { [field: string]: Json | undefined | JobTask }
}

export interface JobSettings {
  name?: string
  tasks?: JobTask[]
  existing_cluster_id?: string
  [field: string]: Json | undefined | JobTask[]
}

export interface Job {
  job_id: Int64
  creator_user_name?: string
  created_time?: Int64
  settings: JobSettings
}

export interface JobRun {
  run_id: Int64
  job_id?: Int64
  run_name?: string
  cluster_instance?: { cluster_id: string }
  tasks?: { task_key: string; existing_cluster_id?: string; cluster_instance?: { cluster_id: string } }[]
}

interface Paged {
  limit?: number
  page_token?: string
}

const at = (name: string) => `/api/2.2/jobs/${name}`
const old = (name: string) => ({ alsoAt: [`/api/2.1/jobs/${name}`, `/api/2.0/jobs/${name}`] })

export const jobs = {
  create: endpoint<JobSettings, { job_id: Int64 }>('POST', at('create'), old('create')),
  /** Merges top-level fields; `tasks` merge by task_key. */
  update: endpoint<{ job_id: Int64; new_settings: JobSettings; fields_to_remove?: string[] }, Empty>(
    'POST',
    at('update'),
    { ...old('update'), repeat: 'safe' },
  ),
  get: endpoint<{ job_id: Int64 }, Job>('GET', at('get'), old('get')),
  list: endpoint<
    Paged & { name?: string; expand_tasks?: boolean },
    { jobs?: Job[]; next_page_token?: string; has_more?: boolean }
  >('GET', at('list'), old('list')),
  delete: endpoint<{ job_id: Int64 }, Empty>('POST', at('delete'), old('delete')),
  runsList: endpoint<
    Paged & { active_only?: boolean; job_id?: Int64; expand_tasks?: boolean },
    { runs?: JobRun[]; next_page_token?: string; has_more?: boolean }
  >('GET', at('runs/list'), old('runs/list')),
}
