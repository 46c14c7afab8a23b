import type { ClusterSpec } from '../../wire/clusters.ts'
import { badValue } from '../server/refused.ts'
import { findNodeType, nodeTypes } from './node-types.ts'
import { wellFormedVersion } from './spark-versions.ts'

/** Each says what is wrong with a spec, or nothing. In the order in which the service looks. */
type Rule = (spec: ClusterSpec) => string | undefined

const missing = (field: string) => `Missing required field '${field}'`

const version: Rule = ({ spark_version: version }) => {
  if (version === undefined || version === '') return missing('spark_version')
  return wellFormedVersion.test(version) ? undefined : `Invalid spark version ${version}.`
}

const nodeType: Rule = (spec) => {
  const pooled = spec.instance_pool_id !== undefined
  if (pooled && spec.node_type_id !== undefined)
    return 'The field node_type_id cannot be supplied when an instance pool ID is provided.'
  if (!pooled && (spec.node_type_id === undefined || spec.node_type_id === '')) return missing('node_type_id')
  const known = nodeTypes.map((type) => type.node_type_id).join(', ')
  for (const type of [spec.node_type_id, spec.driver_node_type_id])
    if (type !== undefined && findNodeType(type) === undefined)
      return `Node type ${type} is not supported. Supported node types: ${known}`
  return undefined
}

/** There is no pools or policies API here yet, so no id can be a known one. */
const pool: Rule = (spec) => {
  const id = spec.instance_pool_id ?? spec['driver_instance_pool_id']
  return typeof id === 'string' ? `Can't find an instance pool with id: ${id}` : undefined
}
const policy: Rule = ({ policy_id: id }) =>
  id === undefined ? undefined : `Can't find a cluster policy with id: ${id}.`

const size: Rule = (spec) => {
  const { num_workers: workers, autoscale } = spec
  if (workers !== undefined && autoscale !== undefined)
    return 'Only one of num_workers and autoscale may be specified'
  if (workers === undefined && autoscale === undefined && spec['is_single_node'] !== true)
    return missing('size')
  if (workers !== undefined && workers < 0) return `num_workers must not be negative, but is ${workers}`
  if (autoscale === undefined) return undefined
  const { min_workers: min, max_workers: max } = autoscale
  return min >= 0 && max >= 1 && min <= max
    ? undefined
    : `Invalid autoscale range: min_workers ${min} must not exceed max_workers ${max}`
}

const autotermination: Rule = ({ autotermination_minutes: minutes }) =>
  minutes === undefined || minutes === 0 || (minutes >= 10 && minutes <= 10_000)
    ? undefined
    : `Invalid autotermination_minutes ${minutes}: it must be between 10 and 10000, or 0 to disable it`

const atMost = (field: string, most: number): Rule => {
  const name = field.replaceAll('_', ' ')
  return (spec) => {
    const value = spec[field]
    const count = typeof value === 'object' && value !== null ? Object.keys(value).length : 0
    return count > most ? `Too many ${name}: ${count}; at most ${most} are allowed` : undefined
  }
}

const oneOf = (field: string, values: readonly string[]): Rule => {
  return (spec) => {
    const value = spec[field]
    if (typeof value !== 'string' || values.includes(value)) return undefined
    return `Invalid ${field} ${value}. Valid values: ${values.join(', ')}`
  }
}

const accessModes = [
  'NONE',
  'SINGLE_USER',
  'USER_ISOLATION',
  'LEGACY_TABLE_ACL',
  'LEGACY_PASSTHROUGH',
  'LEGACY_SINGLE_USER',
  'LEGACY_SINGLE_USER_STANDARD',
  'DATA_SECURITY_MODE_AUTO',
  'DATA_SECURITY_MODE_DEDICATED',
  'DATA_SECURITY_MODE_STANDARD',
]

export const sizeRules: readonly Rule[] = [size]

export const specRules: readonly Rule[] = [
  version,
  nodeType,
  pool,
  policy,
  size,
  autotermination,
  atMost('custom_tags', 45),
  atMost('init_scripts', 10),
  atMost('ssh_public_keys', 10),
  oneOf('data_security_mode', accessModes),
  oneOf('runtime_engine', ['NULL', 'STANDARD', 'PHOTON']),
]

/** @throws Refused 400 INVALID_PARAMETER_VALUE by the first rule that is broken */
export const check = (spec: ClusterSpec, rules: readonly Rule[]): void => {
  for (const rule of rules) {
    const fault = rule(spec)
    if (fault !== undefined) throw badValue(fault)
  }
}
