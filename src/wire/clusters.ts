import { endpoint, type Empty, type Int64, type Json } from './endpoint.ts'

/** https://docs.databricks.com/api/workspace/clusters (Clusters API 2.1; 2.0 has the same shapes). */
export type ClusterState =
  | 'PENDING'
  | 'RUNNING'
  | 'RESTARTING'
  | 'RESIZING'
  | 'TERMINATING'
  | 'TERMINATED'
  | 'ERROR'
  | 'UNKNOWN'

export interface Autoscale {
  min_workers: number
  max_workers: number
}

/** Body of clusters/create. The fields that Brickrail reads are named; all others pass through as they are. */
export interface ClusterSpec {
  cluster_name?: string
  spark_version?: string
  node_type_id?: string
  driver_node_type_id?: string
  instance_pool_id?: string
  policy_id?: string
  num_workers?: number
  autoscale?: Autoscale
  autotermination_minutes?: number
  spark_conf?: Record<string, string>
  spark_env_vars?: Record<string, string>
  custom_tags?: Record<string, string>
  [field: string]: Json | undefined | Autoscale | Record<string, string>
}

/** A type, not an interface: only a type fits the open index of ClusterSpec. */
export type TerminationReason = {
  code: string
  type?: string
  parameters?: Record<string, string>
}

export interface ClusterDetails extends ClusterSpec {
  cluster_id: string
  state: ClusterState
  state_message?: string
  creator_user_name?: string
  cluster_source?: string
  termination_reason?: TerminationReason
}

export interface ClusterEvent {
  cluster_id: string
  timestamp: Int64
  type: string
  details?: Record<string, Json>
}

export interface EventsRequest {
  cluster_id: string
  start_time?: Int64
  end_time?: Int64
  order?: 'DESC' | 'ASC'
  event_types?: string[]
  offset?: Int64
  limit?: Int64
  page_size?: number
  page_token?: string
}

export interface NodeType {
  node_type_id: string
  memory_mb: number
  num_cores: number
  num_gpus?: number
  description: string
  instance_type_id: string
  category?: string
  is_deprecated?: boolean
  [field: string]: Json | undefined
}

interface ClusterId {
  cluster_id: string
}
interface ListInput {
  page_size?: number
  page_token?: string
  'filter_by.cluster_sources'?: string[]
  'filter_by.cluster_states'?: string[]
  'filter_by.is_pinned'?: boolean
  'filter_by.policy_id'?: string
  'sort_by.field'?: string
  'sort_by.direction'?: string
}
interface ListOutput {
  clusters?: ClusterDetails[]
  next_page_token?: string
  prev_page_token?: string
}
interface EventsOutput {
  events?: ClusterEvent[]
  next_page?: EventsRequest
  next_page_token?: string
  prev_page_token?: string
  total_count?: number
}

const at = (name: string) => `/api/2.1/clusters/${name}`
const old = (name: string) => ({ alsoAt: [`/api/2.0/clusters/${name}`] })
const once = old
const safe = (name: string) => ({ ...old(name), repeat: 'safe' as const })

export const clusters = {
  create: endpoint<ClusterSpec, { cluster_id: string }>('POST', at('create'), once('create')),
  /** Replaces the whole spec; restarts a RUNNING cluster, so a blind repeat would restart it twice. */
  edit: endpoint<ClusterSpec & ClusterId, Empty>('POST', at('edit'), once('edit')),
  update: endpoint<ClusterId & { update_mask: string; cluster: ClusterSpec }, Empty>(
    'POST',
    at('update'),
    once('update'),
  ),
  resize: endpoint<ClusterId & { num_workers?: number; autoscale?: Autoscale }, Empty>(
    'POST',
    at('resize'),
    once('resize'),
  ),
  start: endpoint<ClusterId, Empty>('POST', at('start'), safe('start')),
  /** On a cluster that is not RUNNING nothing happens. */
  restart: endpoint<ClusterId & { restart_user?: string }, Empty>('POST', at('restart'), safe('restart')),
  /** Terminates; the cluster stays listed and can be started again. */
  delete: endpoint<ClusterId, Empty>('POST', at('delete'), safe('delete')),
  permanentDelete: endpoint<ClusterId, Empty>('POST', at('permanent-delete'), safe('permanent-delete')),
  pin: endpoint<ClusterId, Empty>('POST', at('pin'), safe('pin')),
  unpin: endpoint<ClusterId, Empty>('POST', at('unpin'), safe('unpin')),
  changeOwner: endpoint<ClusterId & { owner_username: string }, Empty>(
    'POST',
    at('change-owner'),
    safe('change-owner'),
  ),
  get: endpoint<ClusterId, ClusterDetails>('GET', at('get'), old('get')),
  list: endpoint<ListInput, ListOutput>('GET', at('list'), old('list')),
  events: endpoint<EventsRequest, EventsOutput>('POST', at('events'), { ...old('events'), repeat: 'read' }),
  listNodeTypes: endpoint<Empty, { node_types?: NodeType[] }>(
    'GET',
    at('list-node-types'),
    old('list-node-types'),
  ),
  sparkVersions: endpoint<Empty, { versions?: { key: string; name: string }[] }>(
    'GET',
    at('spark-versions'),
    old('spark-versions'),
  ),
  listZones: endpoint<Empty, { zones?: string[]; default_zone?: string }>(
    'GET',
    at('list-zones'),
    old('list-zones'),
  ),
}
