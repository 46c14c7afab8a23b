import { endpoint, type Empty, type Int64 } from './endpoint.ts'

/** MLflow tracking: https://mlflow.org/docs/latest/api_reference/rest-api.html. Times are ms since 1970. */
export type ViewType = 'ACTIVE_ONLY' | 'DELETED_ONLY' | 'ALL'
export type LifecycleStage = 'active' | 'deleted'
export type MlflowRunStatus = 'RUNNING' | 'SCHEDULED' | 'FINISHED' | 'FAILED' | 'KILLED'

export interface KeyValue {
  key: string
  value: string
}

export interface Experiment {
  /** A number as text. */
  experiment_id: string
  name: string
  artifact_location?: string
  lifecycle_stage: LifecycleStage
  creation_time?: Int64
  last_update_time?: Int64
  tags?: KeyValue[]
}

/** A value that is no number travels as text: "NaN", "Infinity", "-Infinity". */
export type MetricValue = number | string

export interface Metric {
  key: string
  value: MetricValue
  timestamp: Int64
  step?: Int64
  model_id?: string
  dataset_name?: string
  dataset_digest?: string
  run_id?: string
}

export interface RunInfo {
  run_id: string
  run_uuid: string
  run_name?: string
  experiment_id: string
  user_id?: string
  status: MlflowRunStatus
  start_time?: Int64
  end_time?: Int64
  artifact_uri?: string
  lifecycle_stage: LifecycleStage
}

export interface Dataset {
  name: string
  digest: string
  source_type: string
  source: string
  schema?: string
  profile?: string
}

export interface DatasetInput {
  tags?: KeyValue[]
  dataset: Dataset
}

export interface ModelIo {
  model_id: string
  step?: Int64
}

export interface MlflowRun {
  info: RunInfo
  /** Metrics hold the latest value of each key. */
  data: { metrics?: Metric[]; params?: KeyValue[]; tags?: KeyValue[] }
  inputs?: { dataset_inputs?: DatasetInput[]; model_inputs?: ModelIo[] }
  outputs?: { model_outputs?: ModelIo[] }
}

export interface Page {
  max_results?: number
  page_token?: string
}

export interface NextPage {
  next_page_token?: string
}

/** Older clients write `run_uuid`. */
export interface OfRun {
  run_id?: string
  run_uuid?: string
}

interface SearchExperiments extends Page {
  filter?: string
  order_by?: string[]
  view_type?: ViewType
}

export interface SearchRuns extends Page {
  experiment_ids?: string[]
  filter?: string
  run_view_type?: ViewType
  order_by?: string[]
}

interface Batch {
  run_id: string
  metrics?: Metric[]
  params?: KeyValue[]
  tags?: KeyValue[]
}

interface CreateRun {
  experiment_id: string
  user_id?: string
  run_name?: string
  start_time?: Int64
  tags?: KeyValue[]
}

interface UpdateRun extends OfRun {
  status?: MlflowRunStatus
  end_time?: Int64
  run_name?: string
}

const experiments = (name: string) => `/api/2.0/mlflow/experiments/${name}`
const runs = (name: string) => `/api/2.0/mlflow/runs/${name}`
const safe = { repeat: 'safe' } as const

export const tracking = {
  createExperiment: endpoint<
    { name: string; artifact_location?: string; tags?: KeyValue[] },
    { experiment_id: string }
  >('POST', experiments('create')),
  getExperiment: endpoint<{ experiment_id: string }, { experiment: Experiment }>('GET', experiments('get')),
  getExperimentByName: endpoint<{ experiment_name: string }, { experiment: Experiment }>(
    'GET',
    experiments('get-by-name'),
  ),
  /** `max_results` must be given, and be positive. */
  searchExperiments: endpoint<SearchExperiments, NextPage & { experiments?: Experiment[] }>(
    'POST',
    experiments('search'),
    { repeat: 'read' },
  ),
  searchExperimentsByQuery: endpoint<SearchExperiments, NextPage & { experiments?: Experiment[] }>(
    'GET',
    experiments('search'),
  ),
  updateExperiment: endpoint<{ experiment_id: string; new_name: string }, Empty>(
    'POST',
    experiments('update'),
    safe,
  ),
  deleteExperiment: endpoint<{ experiment_id: string }, Empty>('POST', experiments('delete')),
  restoreExperiment: endpoint<{ experiment_id: string }, Empty>('POST', experiments('restore')),
  setExperimentTag: endpoint<{ experiment_id: string; key: string; value: string }, Empty>(
    'POST',
    experiments('set-experiment-tag'),
    safe,
  ),
  deleteExperimentTag: endpoint<{ experiment_id: string; key: string }, Empty>(
    'POST',
    experiments('delete-experiment-tag'),
  ),
  createRun: endpoint<CreateRun, { run: MlflowRun }>('POST', runs('create')),
  getRun: endpoint<OfRun, { run: MlflowRun }>('GET', runs('get')),
  updateRun: endpoint<UpdateRun, { run_info: RunInfo }>('POST', runs('update'), safe),
  deleteRun: endpoint<{ run_id: string }, Empty>('POST', runs('delete'), safe),
  restoreRun: endpoint<{ run_id: string }, Empty>('POST', runs('restore'), safe),
  searchRuns: endpoint<SearchRuns, NextPage & { runs?: MlflowRun[] }>('POST', runs('search'), {
    repeat: 'read',
  }),
  logMetric: endpoint<OfRun & Metric, Empty>('POST', runs('log-metric')),
  /** Write-once: the same value again is fine, another one is refused. */
  logParameter: endpoint<OfRun & KeyValue, Empty>('POST', runs('log-parameter'), safe),
  setTag: endpoint<OfRun & KeyValue, Empty>('POST', runs('set-tag'), safe),
  deleteTag: endpoint<{ run_id: string; key: string }, Empty>('POST', runs('delete-tag')),
  logBatch: endpoint<Batch, Empty>('POST', runs('log-batch')),
  /** MLflow < 3 clients send the MLmodel file as text with it. */
  logModel: endpoint<{ run_id: string; model_json?: string }, Empty>('POST', runs('log-model')),
  logInputs: endpoint<{ run_id: string; datasets?: DatasetInput[]; models?: ModelIo[] }, Empty>(
    'POST',
    runs('log-inputs'),
    safe,
  ),
  logOutputs: endpoint<{ run_id: string; models?: ModelIo[] }, Empty>('POST', runs('outputs'), safe),
  metricHistory: endpoint<OfRun & Page & { metric_key: string }, NextPage & { metrics?: Metric[] }>(
    'GET',
    '/api/2.0/mlflow/metrics/get-history',
  ),
}

/** Only on Databricks: https://docs.databricks.com/api/workspace/experiments */
export const trackingDatabricks = {
  deleteRuns: endpoint<
    { experiment_id: string; max_timestamp_millis: Int64; max_runs?: number },
    { runs_deleted: number }
  >('POST', '/api/2.0/mlflow/databricks/runs/delete-runs'),
  restoreRuns: endpoint<
    { experiment_id: string; min_timestamp_millis: Int64; max_runs?: number },
    { runs_restored: number }
  >('POST', '/api/2.0/mlflow/databricks/runs/restore-runs'),
  listExperiments: endpoint<Page & { view_type?: ViewType }, NextPage & { experiments?: Experiment[] }>(
    'GET',
    experiments('list'),
  ),
}
