import type { ClusterDetails, ClusterSpec } from '../../wire/clusters.ts'
import type { Json } from '../../wire/endpoint.ts'
import { findPrincipal } from '../server/principals.ts'
import { formatJson, stored } from '../server/json.ts'
import { members } from '../server/read.ts'
import type { Store } from '../server/store.ts'
import { cloudOf, findNodeType, type Cloud } from './node-types.ts'
import type { ClusterRecord } from './record.ts'

type Members = Record<string, unknown>

/** What each cloud's control plane fills in when the spec does not say. */
const cloudDefaults: Record<Cloud, { field: string; values: Members }> = {
  azure: {
    field: 'azure_attributes',
    values: { first_on_demand: 1, availability: 'ON_DEMAND_AZURE', spot_bid_max_price: -1 },
  },
  aws: {
    field: 'aws_attributes',
    values: {
      first_on_demand: 0,
      availability: 'SPOT_WITH_FALLBACK',
      zone_id: 'us-west-2a',
      spot_bid_price_percent: 100,
      ebs_volume_count: 0,
    },
  },
  gcp: {
    field: 'gcp_attributes',
    values: {
      first_on_demand: 1,
      use_preemptible_executors: false,
      availability: 'ON_DEMAND_GCP',
      zone_id: 'HA',
    },
  },
}

const singleUser = new Set<unknown>(['SINGLE_USER', 'DATA_SECURITY_MODE_DEDICATED'])

const diskSpec = (attributes: Members): Members => {
  if (typeof attributes['ebs_volume_type'] !== 'string') return {}
  return {
    disk_type: { ebs_volume_type: attributes['ebs_volume_type'] },
    disk_count: attributes['ebs_volume_count'] ?? 0,
    disk_size: attributes['ebs_volume_size'] ?? 0,
  }
}

/** `is_single_node` makes the service set size, conf and tag itself. */
const singleNode = (spec: ClusterSpec): Partial<ClusterSpec> =>
  spec['is_single_node'] === true
    ? {
        num_workers: 0,
        spark_conf: {
          'spark.databricks.cluster.profile': 'singleNode',
          'spark.master': 'local[*]',
          ...spec.spark_conf,
        },
        custom_tags: { ResourceClass: 'SingleNode', ...spec.custom_tags },
      }
    : {}

const cloudAttributes = (spec: ClusterSpec): Members => {
  const { field, values } = cloudDefaults[cloudOf(spec.node_type_id)]
  const attributes = { ...values, ...members(spec[field], field) }
  return { [field]: attributes, disk_spec: diskSpec(attributes) }
}

/** What the service answers for fields that the spec leaves out. */
const defaults = ({ spec, creator }: ClusterRecord): Members => {
  const driver = spec.driver_node_type_id ?? spec.node_type_id ?? ''
  const user = singleUser.has(spec['data_security_mode']) ? { single_user_name: creator } : {}
  return {
    cluster_name: '',
    driver_node_type_id: driver,
    driver_instance_source: { node_type_id: driver },
    instance_source: { node_type_id: spec.node_type_id ?? '' },
    effective_spark_version: spec.spark_version ?? '',
    autotermination_minutes: 0,
    enable_elastic_disk: false,
    enable_local_disk_encryption: false,
    init_scripts_safe_mode: false,
    ...user,
  }
}

const node = (record: ClusterRecord, index: number): Members => {
  const unique = `${record.context_id}${index}`
  const address = `10.139.${64 + (index >> 8)}.${(index % 250) + 4}`
  return {
    node_id: unique.slice(-12),
    instance_id: `i-${unique.slice(-17)}`,
    private_ip: address,
    host_private_ip: address,
    public_dns: '',
    start_timestamp: record.running_since ?? record.start_time,
  }
}

/** Only while nodes are up. Autoscale clusters run at their minimum here: there is no load. */
const running = (record: ClusterRecord): Members => {
  if (record.running_since === undefined) return {}
  const { spec } = record
  const count = spec.num_workers ?? spec.autoscale?.min_workers ?? 0
  const worker = findNodeType(spec.node_type_id)
  const driver = findNodeType(spec.driver_node_type_id) ?? worker
  const sum = (field: 'num_cores' | 'memory_mb') => (driver?.[field] ?? 0) + count * (worker?.[field] ?? 0)
  const result: Members = {
    driver: node(record, 0),
    cluster_cores: sum('num_cores'),
    cluster_memory_mb: sum('memory_mb'),
    last_activity_time: record.active_at,
  }
  if (count > 0) result['executors'] = Array.from({ length: count }, (_, index) => node(record, index + 1))
  if (spec.autoscale !== undefined) result['num_workers'] = count
  return result
}

const past = (db: Store, record: ClusterRecord): Members => {
  const result: Members = {}
  if (record.last_restarted_time !== undefined) result['last_restarted_time'] = record.last_restarted_time
  if (record.terminated_time !== undefined) result['terminated_time'] = record.terminated_time
  if (record.termination_reason !== undefined) result['termination_reason'] = record.termination_reason
  if (record.pinned_by !== undefined)
    result['pinned_by_user_name'] = findPrincipal(db, record.pinned_by)?.id ?? record.pinned_by
  return result
}

/** What get and list answer: the spec, what the service fills in, and what is going on. */
export const detailsOf = (db: Store, record: ClusterRecord): ClusterDetails => {
  const { spec, creator, cluster_id: id } = record
  const details = {
    cluster_id: id,
    creator_user_name: creator,
    ...defaults(record),
    ...spec,
    ...cloudAttributes(spec),
    ...singleNode(spec),
    default_tags: {
      Vendor: 'Databricks',
      Creator: creator,
      ClusterName: spec.cluster_name ?? '',
      ClusterId: id,
    },
    cluster_source: record.source,
    state: record.state,
    state_message: record.state_message,
    start_time: record.start_time,
    last_state_loss_time: 0,
    spark_context_id: BigInt(record.context_id),
    jdbc_port: 10_000,
    ...running(record),
    ...past(db, record),
    spec: stored<Json>(formatJson(spec)),
  }
  return details
}
