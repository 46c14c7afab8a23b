import { endpoint, type Empty } from './endpoint.ts'
import type { CreateVersion, ModelVersion, RegisteredModel } from './registry.ts'
import type { KeyValue, NextPage, Page } from './tracking.ts'

/**
 * Models in Unity Catalog as MLflow's client (registry URI `databricks-uc`) speaks to them: the registry's shapes without stages.
 * Source: `databricks_uc_registry_service.proto` and `_messages.proto` of MLflow.
 */
interface Named {
  name: string
}

/** Aliases come with their version here, and only of get and of the alias. */
export interface CatalogVersion extends Omit<ModelVersion, 'aliases' | 'current_stage'> {
  aliases?: { alias: string; version: string }[]
  storage_location?: string
}

export interface CatalogModel extends Omit<RegisteredModel, 'latest_versions'> {
  deployment_job_id?: string
}

interface Versioned extends Named {
  version: string
}
interface Aliased extends Named {
  alias: string
}

/** Where the client puts or reads the files of a version. */
export interface TemporaryCredentials {
  credentials: {
    aws_temp_credentials?: {
      access_key_id: string
      secret_access_key: string
      session_token: string
    }
    storage_mode?: 'STORAGE_MODE_UNSPECIFIED' | 'CUSTOMER_HOSTED' | 'DEFAULT_STORAGE'
    [field: string]: unknown
  }
}

const models = (name: string) => `/api/2.0/mlflow/unity-catalog/registered-models/${name}`
const versions = (name: string) => `/api/2.0/mlflow/unity-catalog/model-versions/${name}`
const safe = { repeat: 'safe' } as const
const removal = { repeat: 'safe', input: 'json' } as const

export const unityCatalogMlflow = {
  createModel: endpoint<
    Named & { description?: string; tags?: KeyValue[]; deployment_job_id?: string },
    { registered_model: CatalogModel }
  >('POST', models('create')),
  getModel: endpoint<Named, { registered_model: CatalogModel }>('GET', models('get')),
  searchModels: endpoint<Page, NextPage & { registered_models?: CatalogModel[] }>('GET', models('search')),
  updateModel: endpoint<
    Named & { new_name?: string; description?: string; deployment_job_id?: string },
    { registered_model: CatalogModel }
  >('PATCH', models('update'), safe),
  deleteModel: endpoint<Named, Empty>('DELETE', models('delete'), { input: 'json' }),
  setModelTag: endpoint<Named & KeyValue, Empty>('POST', models('set-tag'), safe),
  deleteModelTag: endpoint<Named & { key: string }, Empty>('DELETE', models('delete-tag'), removal),
  setAlias: endpoint<Aliased & { version: string }, Empty>('POST', models('alias'), safe),
  getAlias: endpoint<Aliased, { model_version: CatalogVersion }>('GET', models('alias')),
  deleteAlias: endpoint<Aliased, Empty>('DELETE', models('alias'), removal),
  createVersion: endpoint<CreateVersion, { model_version: CatalogVersion }>('POST', versions('create')),
  getVersion: endpoint<Versioned, { model_version: CatalogVersion }>('GET', versions('get')),
  /** `filter` takes name='cat.schema.model' or run_id='…'; no order_by. */
  searchVersions: endpoint<Page & { filter?: string }, NextPage & { model_versions?: CatalogVersion[] }>(
    'GET',
    versions('search'),
  ),
  updateVersion: endpoint<Versioned & { description?: string }, { model_version: CatalogVersion }>(
    'PATCH',
    versions('update'),
    safe,
  ),
  deleteVersion: endpoint<Versioned, Empty>('DELETE', versions('delete'), { input: 'json' }),
  setVersionTag: endpoint<Versioned & KeyValue, Empty>('POST', versions('set-tag'), safe),
  deleteVersionTag: endpoint<Versioned & { key: string }, Empty>('DELETE', versions('delete-tag'), removal),
  downloadUri: endpoint<Versioned, { artifact_uri: string }>('GET', versions('get-download-uri')),
  /** PENDING_REGISTRATION -> READY, once the files are there. */
  finalize: endpoint<Versioned, { model_version: CatalogVersion }>('POST', versions('finalize'), safe),
  temporaryCredentials: endpoint<Versioned & { operation: string }, TemporaryCredentials>(
    'POST',
    versions('generate-temporary-credentials'),
    { repeat: 'read' },
  ),
}
