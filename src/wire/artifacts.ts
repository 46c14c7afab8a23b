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
  /** The answer is empty, not JSON (observed on 3.17.2). */
  upload: endpoint<Path & { content: Uint8Array }, Uint8Array>('PUT', `${proxy}/{path*}`, {
    input: 'bytes',
    output: 'bytes',
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

interface WantModelCredentials {
  model_id: string
  paths: string[]
  page_token?: string
}

type ModelCredentials = NextPage & {
  credentials?: { model_id: string; credential_info: ArtifactCredential }[]
}

const ofModel = '/api/2.0/mlflow/logged-models/{model_id}/artifacts'

/** The same for logged models of MLflow 3; paths are relative to the artifact folder of the model. */
export const loggedModelArtifacts = {
  list: endpoint<
    { model_id: string; artifact_directory_path?: string; page_token?: string },
    NextPage & { root_uri?: string; files?: ArtifactFile[] }
  >('GET', `${ofModel}/directories`),
  forUpload: endpoint<WantModelCredentials, ModelCredentials>('POST', `${ofModel}/credentials-for-upload`, {
    repeat: 'safe',
  }),
  forDownload: endpoint<WantModelCredentials, ModelCredentials>(
    'POST',
    `${ofModel}/credentials-for-download`,
    { repeat: 'read' },
  ),
}

export interface DirectoryEntry {
  /** From the root: `/Models/...` */
  path: string
  is_directory: boolean
  file_size?: Int64
  last_modified?: Int64
  name: string
}

interface SignedUrl {
  url: string
  headers?: { name: string; value: string }[]
}

/**
 * The Files API: https://docs.databricks.com/api/workspace/files, and the signed URLs of MLflow's `filesystem_service.proto`. Files of
 * models in Unity Catalog are `/Models/<catalog>/<schema>/<model>/<version>/...`.
 */
export const modelFiles = {
  uploadUrl: endpoint<Path, SignedUrl>('POST', '/api/2.0/fs/create-upload-url', { repeat: 'safe' }),
  downloadUrl: endpoint<Path, SignedUrl>('POST', '/api/2.0/fs/create-download-url', { repeat: 'read' }),
  list: endpoint<Path & { page_token?: string }, NextPage & { contents?: DirectoryEntry[] }>(
    'GET',
    '/api/2.0/fs/directories/{path*}',
  ),
  download: endpoint<Path, Uint8Array>('GET', '/api/2.0/fs/files/{path*}', { output: 'bytes' }),
  upload: endpoint<Path & { content: Uint8Array; overwrite?: boolean }, Empty>(
    'PUT',
    '/api/2.0/fs/files/{path*}',
    { input: 'bytes', repeat: 'safe' },
  ),
  delete: endpoint<Path, Empty>('DELETE', '/api/2.0/fs/files/{path*}', { repeat: 'safe' }),
  /** Asked before every upload and download of a model in Unity Catalog: true makes the client use the Databricks SDK for them. */
  useSdk: endpoint<Empty, { is_databricks_sdk_models_artifact_repository_enabled: boolean }>(
    'GET',
    '/api/2.0/mlflow/unity-catalog/registered-models:is-databricks-sdk-models-artifact-repository-enabled',
  ),
}
