import type { ClusterSpec } from '../../wire/clusters.ts'
import { flag, items, members, text, whole, type Loose } from '../server/read.ts'

type Reader = (value: unknown, field: string) => ClusterSpec[string]

/** Values of spark_conf and the like may be any scalar; they are kept as text. */
const textMap: Reader = (value, field) => {
  const map = members(value, field)
  return map && Object.fromEntries(Object.entries(map).map(([key, item]) => [key, text(item, field) ?? '']))
}

const size: Reader = (value, field) => {
  const range = members(value, field)
  if (range === undefined) return undefined
  return {
    min_workers: whole(range['min_workers'], 'min_workers') ?? 0,
    max_workers: whole(range['max_workers'], 'max_workers') ?? 0,
  }
}

/** Fields of clusters/create that the service knows; all others are ignored, read-only ones included. */
export const fields: Readonly<Record<string, Reader>> = {
  apply_policy_default_values: flag,
  autoscale: size,
  autotermination_minutes: whole,
  aws_attributes: members,
  azure_attributes: members,
  cluster_log_conf: members,
  cluster_name: text,
  custom_tags: textMap,
  data_security_mode: text,
  docker_image: members,
  driver_instance_pool_id: text,
  driver_node_type_id: text,
  enable_elastic_disk: flag,
  enable_local_disk_encryption: flag,
  gcp_attributes: members,
  init_scripts: items,
  instance_pool_id: text,
  is_single_node: flag,
  kind: text,
  node_type_id: text,
  num_workers: whole,
  policy_id: text,
  remote_disk_throughput: whole,
  runtime_engine: text,
  single_user_name: text,
  spark_conf: textMap,
  spark_env_vars: textMap,
  spark_version: text,
  ssh_public_keys: items,
  total_initial_remote_disk_size: whole,
  use_ml_runtime: flag,
  worker_node_type_flexibility: members,
  driver_node_type_flexibility: members,
  workload_type: members,
}

/**
 * The known fields of a body, typed.
 * @throws Refused 400 MALFORMED_REQUEST for a wrong JSON type
 */
export const readSpec = (body: Loose<ClusterSpec>): ClusterSpec => {
  const spec: ClusterSpec = {}
  for (const [name, read] of Object.entries(fields)) {
    const value = read(body[name], name)
    if (value !== undefined) spec[name] = value
  }
  return spec
}
