import { endpoint, type Empty, type Int64 } from './endpoint.ts'
import type { NextPage, OfRun } from './tracking.ts'

/** Artifacts of runs: https://mlflow.org/docs/latest/api_reference/rest-api.html#list-artifacts */
export interface ArtifactFile {
  path: string
  is_dir: boolean
  /** Bytes; left out when 0 and for folders. */
  file_size?: Int64
}

interface Path {
  path: string
}

const proxy = '/api/2.0/mlflow-artifacts/artifacts'

/** Listing by run, which every backend has. Paths are relative to the artifact folder of the run. */
export const artifacts = {
  list: endpoint<
    OfRun & { path?: string; page_token?: string },
    NextPage & { root_uri?: string; files?: ArtifactFile[] }
  >('GET', '/api/2.0/mlflow/artifacts/list'),
}

/** The artifact proxy of an MLflow server: `mlflow-artifacts:/<path>`. Not on Databricks. */
export const artifactProxy = {
  download: endpoint<Path, Uint8Array>('GET', `${proxy}/{path*}`, { output: 'bytes' }),
  upload: endpoint<Path & { content: Uint8Array }, Empty>('PUT', `${proxy}/{path*}`, {
    input: 'bytes',
    repeat: 'safe',
  }),
  /** Names are bare: relative to `path`. */
  list: endpoint<{ path?: string }, { files?: ArtifactFile[] }>('GET', proxy),
  delete: endpoint<Path, Empty>('DELETE', `${proxy}/{path*}`, { repeat: 'safe' }),
}

export interface ArtifactCredential {
  run_id?: string
  path: string
  signed_uri: string
  headers?: { name: string; value: string }[]
  type: 'AWS_PRESIGNED_URL' | 'AZURE_SAS_URI' | 'GCP_SIGNED_URL' | 'AZURE_ADLS_GEN2_SAS_URI'
}

interface WantCredentials {
  run_id: string
  path: string[]
  page_token?: string
}

type Credentials = NextPage & { credential_infos?: ArtifactCredential[] }

/**
 * How a Databricks workspace gives out the files of runs: URLs that are signed, one a file. Source: the `.proto` of MLflow's
 * client, `databricks_artifacts.proto`.
 */
export const artifactCredentials = {
  forRead: endpoint<WantCredentials, Credentials>('POST', '/api/2.0/mlflow/artifacts/credentials-for-read', {
    repeat: 'read',
  }),
  forWrite: endpoint<WantCredentials, Credentials>(
    'POST',
    '/api/2.0/mlflow/artifacts/credentials-for-write',
    { repeat: 'safe' },
  ),
}
