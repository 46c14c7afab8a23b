import { endpoint } from './endpoint.ts'

/** https://docs.databricks.com/api/workspace/permissions */
export interface AccessControl {
  user_name?: string
  group_name?: string
  service_principal_name?: string
  permission_level: string
}

export interface AccessControlResponse {
  user_name?: string
  group_name?: string
  service_principal_name?: string
  display_name?: string
  all_permissions?: { permission_level: string; inherited?: boolean; inherited_from_object?: string[] }[]
}

export interface ObjectPermissions {
  object_id?: string
  object_type?: string
  access_control_list?: AccessControlResponse[]
}

interface Target {
  /** clusters, jobs, notebooks, directories, ... */
  request_object_type: string
  request_object_id: string
}
interface Grant extends Target {
  access_control_list: AccessControl[]
}

const path = '/api/2.0/permissions/{request_object_type}/{request_object_id}'

export const permissions = {
  get: endpoint<Target, ObjectPermissions>('GET', path),
  /** Replaces every direct grant. */
  set: endpoint<Grant, ObjectPermissions>('PUT', path, { repeat: 'safe' }),
  /** Merges into the direct grants. */
  update: endpoint<Grant, ObjectPermissions>('PATCH', path, { repeat: 'safe' }),
  getLevels: endpoint<Target, { permission_levels?: { permission_level: string; description?: string }[] }>(
    'GET',
    `${path}/permissionLevels`,
  ),
}
