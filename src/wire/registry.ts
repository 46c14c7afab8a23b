import { endpoint, type Empty, type Int64 } from './endpoint.ts'
import type { KeyValue, NextPage, Page } from './tracking.ts'

/** MLflow model registry: https://mlflow.org/docs/latest/api_reference/rest-api.html#create-registeredmodel */
export type Stage = 'None' | 'Staging' | 'Production' | 'Archived'
export type VersionStatus = 'PENDING_REGISTRATION' | 'READY' | 'FAILED_REGISTRATION'

export interface ModelVersion {
  name: string
  /** A number as text. */
  version: string
  creation_timestamp?: Int64
  last_updated_timestamp?: Int64
  user_id?: string
  /** Absent where there are no stages (Unity Catalog). */
  current_stage?: Stage
  description?: string
  source?: string
  run_id?: string
  run_link?: string
  model_id?: string
  status?: VersionStatus
  status_message?: string
  tags?: KeyValue[]
  /** Only of get and of the alias: a search leaves them out. */
  aliases?: string[]
}

export interface RegisteredModel {
  name: string
  creation_timestamp?: Int64
  last_updated_timestamp?: Int64
  user_id?: string
  description?: string
  /** Per stage in use the highest version number, which need not be the one that serves. */
  latest_versions?: ModelVersion[]
  tags?: KeyValue[]
  aliases?: { alias: string; version: string }[]
}

export interface CreateVersion {
  name: string
  source: string
  run_id?: string
  run_link?: string
  description?: string
  tags?: KeyValue[]
  model_id?: string
}

interface Named {
  name: string
}
interface Versioned extends Named {
  version: string
}
interface Search extends Page {
  filter?: string
  order_by?: string[]
}

const models = (name: string) => `/api/2.0/mlflow/registered-models/${name}`
const versions = (name: string) => `/api/2.0/mlflow/model-versions/${name}`
const safe = { repeat: 'safe' } as const
/** An MLflow server reads the body of a DELETE and nothing else. */
const removal = { repeat: 'safe', input: 'json' } as const

/** The forms that MLflow servers and Databricks workspaces have in common. */
export const registry = {
  createModel: endpoint<
    Named & { description?: string; tags?: KeyValue[] },
    { registered_model: RegisteredModel }
  >('POST', models('create')),
  getModel: endpoint<Named, { registered_model: RegisteredModel }>('GET', models('get')),
  searchModels: endpoint<Search, NextPage & { registered_models?: RegisteredModel[] }>(
    'GET',
    models('search'),
  ),
  /** Without `description` it is cleared. */
  updateModel: endpoint<Named & { description?: string }, { registered_model: RegisteredModel }>(
    'PATCH',
    models('update'),
    safe,
  ),
  renameModel: endpoint<Named & { new_name: string }, { registered_model: RegisteredModel }>(
    'POST',
    models('rename'),
  ),
  deleteModel: endpoint<Named, Empty>('DELETE', models('delete'), { input: 'json' }),
  setModelTag: endpoint<Named & KeyValue, Empty>('POST', models('set-tag'), safe),
  deleteModelTag: endpoint<Named & { key: string }, Empty>('DELETE', models('delete-tag'), removal),
  latestVersions: endpoint<Named & { stages?: string[] }, { model_versions?: ModelVersion[] }>(
    'POST',
    models('get-latest-versions'),
    { repeat: 'read' },
  ),
  latestVersionsByQuery: endpoint<Named & { stages?: string[] }, { model_versions?: ModelVersion[] }>(
    'GET',
    models('get-latest-versions'),
  ),
  createVersion: endpoint<CreateVersion, { model_version: ModelVersion }>('POST', versions('create')),
  getVersion: endpoint<Versioned, { model_version: ModelVersion }>('GET', versions('get')),
  searchVersions: endpoint<Search, NextPage & { model_versions?: ModelVersion[] }>('GET', versions('search')),
  updateVersion: endpoint<Versioned & { description?: string }, { model_version: ModelVersion }>(
    'PATCH',
    versions('update'),
    safe,
  ),
  deleteVersion: endpoint<Versioned, Empty>('DELETE', versions('delete'), { input: 'json' }),
  setVersionTag: endpoint<Versioned & KeyValue, Empty>('POST', versions('set-tag'), safe),
  deleteVersionTag: endpoint<Versioned & { key: string }, Empty>('DELETE', versions('delete-tag'), removal),
  downloadUri: endpoint<Versioned, { artifact_uri: string }>('GET', versions('get-download-uri')),
  /** `archive_existing_versions` moves every other version of the stage to Archived, in the same transaction. */
  transitionStage: endpoint<
    Versioned & { stage: string; archive_existing_versions: boolean },
    { model_version: ModelVersion }
  >('POST', versions('transition-stage'), safe),
}

/** Aliases: MLflow servers (2.3+) have them, workspace registries of Databricks do not. */
export const registryAliases = {
  setAlias: endpoint<Versioned & { alias: string }, Empty>('POST', models('alias'), safe),
  /** None of that name: 400 INVALID_PARAMETER_VALUE, on some servers 404. */
  getAlias: endpoint<Named & { alias: string }, { model_version: ModelVersion }>('GET', models('alias')),
  deleteAlias: endpoint<Named & { alias: string }, Empty>('DELETE', models('alias'), removal),
}
