import { endpoint, type Empty, type Int64 } from './endpoint.ts'
import type { KeyValue, Metric, NextPage, Page } from './tracking.ts'

/** Logged models of MLflow 3: https://mlflow.org/docs/latest/api_reference/rest-api.html#mlflowservicecreateloggedmodel */
export type LoggedModelStatus =
  | 'LOGGED_MODEL_PENDING'
  | 'LOGGED_MODEL_READY'
  | 'LOGGED_MODEL_UPLOAD_FAILED'
  | 'LOGGED_MODEL_STATUS_UNSPECIFIED'

export interface LoggedModelInfo {
  /** `m-` and 32 hex digits. */
  model_id: string
  experiment_id: string
  name: string
  creation_timestamp_ms?: Int64
  last_updated_timestamp_ms?: Int64
  artifact_uri?: string
  status?: LoggedModelStatus
  status_message?: string
  model_type?: string
  source_run_id?: string
  tags?: KeyValue[]
  registrations?: { name?: string; version?: string }[]
}

export interface LoggedModel {
  info: LoggedModelInfo
  data?: { params?: KeyValue[]; metrics?: Metric[] }
}

interface CreateLoggedModel {
  experiment_id: string
  name?: string
  model_type?: string
  source_run_id?: string
  params?: KeyValue[]
  tags?: KeyValue[]
}

interface SearchLoggedModels extends Page {
  experiment_ids?: string[]
  filter?: string
  datasets?: { dataset_name: string; dataset_digest?: string }[]
  order_by?: { field_name: string; ascending?: boolean; dataset_name?: string; dataset_digest?: string }[]
}

interface ById {
  model_id: string
}

const at = '/api/2.0/mlflow/logged-models'
const one = `${at}/{model_id}`

export const loggedModels = {
  create: endpoint<CreateLoggedModel, { model: LoggedModel }>('POST', at),
  get: endpoint<ById, { model: LoggedModel }>('GET', one),
  /** An MLflow server refuses it unless the body has the id too. */
  finalize: endpoint<ById & { status: LoggedModelStatus }, { model: LoggedModel }>('PATCH', one, {
    repeat: 'safe',
    inBody: ['model_id'],
  }),
  delete: endpoint<ById, Empty>('DELETE', one, { repeat: 'safe' }),
  search: endpoint<SearchLoggedModels, NextPage & { models?: LoggedModel[] }>('POST', `${at}/search`, {
    repeat: 'read',
  }),
  setTags: endpoint<ById & { tags: KeyValue[] }, { model?: LoggedModel }>('PATCH', `${one}/tags`, {
    repeat: 'safe',
  }),
  deleteTag: endpoint<ById & { tag_key: string }, Empty>('DELETE', `${one}/tags/{tag_key}`, {
    repeat: 'safe',
  }),
  /** Written once: a param that is there already is refused, the same value too. */
  logParams: endpoint<ById & { params?: KeyValue[] }, Empty>('POST', `${one}/params`, {
    inBody: ['model_id'],
  }),
}
