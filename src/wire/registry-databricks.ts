import { endpoint, type Empty, type Int64 } from './endpoint.ts'
import type { ModelVersion, RegisteredModel, Stage } from './registry.ts'
import type { ArtifactFile } from './artifacts.ts'
import type { NextPage, Page } from './tracking.ts'

/** What only the workspace model registry of Databricks has: https://docs.databricks.com/api/workspace/modelregistry */
export type ModelPermission =
  | 'CAN_READ'
  | 'CAN_EDIT'
  | 'CAN_MANAGE_STAGING_VERSIONS'
  | 'CAN_MANAGE_PRODUCTION_VERSIONS'
  | 'CAN_MANAGE'

export interface RegisteredModelDatabricks extends RegisteredModel {
  /** 32 hex digits: the object id of its permissions. */
  id: string
  permission_level?: ModelPermission
}

export type ActivityType =
  | 'APPLIED_TRANSITION'
  | 'REQUESTED_TRANSITION'
  | 'APPROVED_REQUEST'
  | 'REJECTED_REQUEST'
  | 'CANCELLED_REQUEST'
  | 'NEW_COMMENT'
  | 'SYSTEM_TRANSITION'

export interface Activity {
  id?: string
  activity_type: ActivityType
  comment?: string
  creation_timestamp?: Int64
  last_updated_timestamp?: Int64
  from_stage?: Stage
  to_stage?: Stage
  system_comment?: string
  user_id?: string
}

/** An open request; closed ones are not listed. Create answers the first fields only, a list those of an activity too. */
export interface TransitionRequest {
  creation_timestamp?: Int64
  comment?: string
  to_stage: Stage
  id?: string
  activity_type?: 'REQUESTED_TRANSITION'
  last_updated_timestamp?: Int64
  /** Where the version was when it was asked for. */
  from_stage?: Stage
  user_id?: string
  available_actions?: string[]
}

export interface ModelVersionDatabricks extends ModelVersion {
  permission_level?: ModelPermission
  open_requests?: TransitionRequest[]
}

export interface RegistryComment {
  id: string
  comment: string
  creation_timestamp?: Int64
  last_updated_timestamp?: Int64
  user_id?: string
  available_actions?: string[]
}

interface Versioned {
  name: string
  version: string
}
interface Requested extends Versioned {
  stage: string
  comment?: string
}

const request = (name: string) => `/api/2.0/mlflow/transition-requests/${name}`
const comment = (name: string) => `/api/2.0/mlflow/comments/${name}`

export const registryDatabricks = {
  getModel: endpoint<{ name: string }, { registered_model_databricks: RegisteredModelDatabricks }>(
    'GET',
    '/api/2.0/mlflow/databricks/registered-models/get',
  ),
  listModels: endpoint<Page, NextPage & { registered_models?: RegisteredModel[] }>(
    'GET',
    '/api/2.0/mlflow/registered-models/list',
  ),
  transitionStage: endpoint<
    Versioned & { stage: string; archive_existing_versions: boolean; comment?: string },
    { model_version_databricks: ModelVersionDatabricks }
  >('POST', '/api/2.0/mlflow/databricks/model-versions/transition-stage', { repeat: 'safe' }),
  createRequest: endpoint<Requested, { request: TransitionRequest }>('POST', request('create')),
  approveRequest: endpoint<Requested & { archive_existing_versions: boolean }, { activity: Activity }>(
    'POST',
    request('approve'),
  ),
  rejectRequest: endpoint<Requested, { activity: Activity }>('POST', request('reject')),
  /** Cancel: `creator` is who filed it. */
  deleteRequest: endpoint<Requested & { creator: string }, { activity?: Activity }>(
    'DELETE',
    request('delete'),
  ),
  listRequests: endpoint<Versioned, { requests?: TransitionRequest[] }>('GET', request('list')),
  createComment: endpoint<Versioned & { comment: string }, { comment: RegistryComment }>(
    'POST',
    comment('create'),
  ),
  updateComment: endpoint<{ id: string; comment: string }, { comment: RegistryComment }>(
    'PATCH',
    comment('update'),
    { repeat: 'safe' },
  ),
  deleteComment: endpoint<{ id: string }, Empty>('DELETE', comment('delete'), { repeat: 'safe' }),
  /** Files of a version, as MLflow's client asks for them (databricks_models_artifact_repo.py). */
  listArtifacts: endpoint<Versioned & Page & { path?: string }, NextPage & { files?: ArtifactFile[] }>(
    'GET',
    '/api/2.0/mlflow/model-versions/list-artifacts',
  ),
  signedDownloadUri: endpoint<
    Versioned & { path?: string },
    { signed_uri: string; headers?: { name: string; value: string }[] }
  >('GET', '/api/2.0/mlflow/model-versions/get-signed-download-uri'),
}
