import type { ClusterSpec } from '../../wire/clusters.ts'
import type { Path } from '../located.ts'

/** What a rule has against a spec: where, why, and what to do. */
export interface Finding {
  path: Path
  on?: 'key'
  message: string
  hint?: string
}

export interface ClusterRule {
  /** The rule in one sentence. */
  rule: string
  check: (spec: ClusterSpec) => Finding[]
}

const when = (broken: boolean, ...findings: Finding[]): Finding[] => (broken ? findings : [])
/** Elements of a list field, or none. */
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])
const keys = (value: unknown): string[] =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value) : []

/** A policy may fill what the spec leaves out. */
const byPolicy = (spec: ClusterSpec): boolean => spec.policy_id !== undefined

/** Modern (`kind` and `is_single_node`) or legacy: both settings and the tag. */
const singleNode = (spec: ClusterSpec): boolean =>
  spec['is_single_node'] === true ||
  (spec.spark_conf?.['spark.databricks.cluster.profile'] === 'singleNode' &&
    (spec.spark_conf['spark.master'] ?? '').startsWith('local[') &&
    spec.custom_tags?.['ResourceClass'] === 'SingleNode')

const limit = (field: string, most: number, unit: string): ClusterRule => ({
  rule: `at-most-${most}-${unit.replace(/ /g, '-')}`,
  check: (spec) => {
    const count = Math.max(list(spec[field]).length, keys(spec[field]).length)
    return when(count > most, {
      path: [field],
      on: 'key',
      message: `${count} ${unit}, but Databricks takes at most ${most}`,
      hint: `keep ${most} or fewer`,
    })
  },
})

const decidedByPool = ['node_type_id', 'driver_node_type_id']

/** What Databricks would refuse, or accept and then not start. */
export const clusterRules: readonly ClusterRule[] = [
  {
    rule: 'spark-version-is-given',
    check: (spec) =>
      when(spec.spark_version === undefined && !byPolicy(spec), {
        path: [],
        message: 'spark_version is missing',
        hint: 'add "spark_version", e.g. "15.4.x-scala2.12"',
      }),
  },
  {
    rule: 'spark-version-is-a-runtime-key',
    check: (spec) =>
      when(spec.spark_version !== undefined && malformed(spec.spark_version), {
        path: ['spark_version'],
        message: `«${spec.spark_version}» is not the key of a Databricks runtime`,
        hint: 'keys look like 15.4.x-scala2.12 or 15.4.x-cpu-ml-scala2.12; clusters/spark-versions lists them',
      }),
  },
  // A num_workers sent beside autoscale fixes the size: databricks/terraform-provider-databricks#6017, production at 0 workers.
  {
    rule: 'num-workers-or-autoscale-not-both',
    check: (spec) =>
      when(spec.num_workers !== undefined && spec.autoscale !== undefined, {
        path: ['num_workers'],
        on: 'key',
        message: 'num_workers and autoscale are both given',
        hint: 'keep one: num_workers for a fixed size, autoscale for a range',
      }),
  },
  // is_single_node sets num_workers itself.
  {
    rule: 'cluster-has-a-size',
    check: (spec) =>
      when(
        spec.num_workers === undefined &&
          spec.autoscale === undefined &&
          !byPolicy(spec) &&
          spec['is_single_node'] !== true,
        { path: [], message: 'neither num_workers nor autoscale is given', hint: 'add one of the two' },
      ),
  },
  {
    rule: 'autoscale-min-up-to-max',
    check: ({ autoscale }) =>
      when(autoscale !== undefined && autoscale.min_workers > autoscale.max_workers, {
        path: ['autoscale', 'min_workers'],
        message: `min_workers ${autoscale?.min_workers} is more than max_workers ${autoscale?.max_workers}`,
        hint: 'exchange the two',
      }),
  },
  {
    rule: 'worker-counts-are-not-negative',
    check: (spec) => [
      ...when((spec.num_workers ?? 0) < 0, { path: ['num_workers'], message: 'num_workers is negative' }),
      ...when((spec.autoscale?.min_workers ?? 0) < 0, {
        path: ['autoscale', 'min_workers'],
        message: 'min_workers is negative',
      }),
    ],
  },
  // clusters/create accepts such a cluster, but it has no executor that a Spark task could run on.
  {
    rule: 'zero-workers-need-single-node-settings',
    check: (spec) =>
      when(spec.num_workers === 0 && !singleNode(spec) && !byPolicy(spec), {
        path: ['num_workers'],
        message: 'a cluster with 0 workers runs no Spark task unless it is a single node',
        hint: 'set num_workers to 1 or more; or add spark_conf {"spark.databricks.cluster.profile": "singleNode", "spark.master": "local[*]"} and custom_tags {"ResourceClass": "SingleNode"}',
      }),
  },
  {
    rule: 'node-type-or-pool',
    check: (spec) =>
      when(spec.node_type_id === undefined && spec.instance_pool_id === undefined && !byPolicy(spec), {
        path: [],
        message: 'neither node_type_id nor instance_pool_id is given',
        hint: 'add one of the two',
      }),
  },
  {
    rule: 'pool-decides-node-types',
    check: (spec) =>
      spec.instance_pool_id === undefined
        ? []
        : decidedByPool
            .filter((field) => spec[field] !== undefined)
            .map((field) => ({
              path: [field],
              on: 'key' as const,
              message: `${field} conflicts with instance_pool_id: the pool decides it`,
              hint: `remove ${field}`,
            })),
  },
  {
    rule: 'driver-pool-needs-a-worker-pool',
    check: (spec) =>
      when(spec['driver_instance_pool_id'] !== undefined && spec.instance_pool_id === undefined, {
        path: ['driver_instance_pool_id'],
        on: 'key',
        message: 'driver_instance_pool_id without instance_pool_id',
        hint: 'add instance_pool_id for the workers',
      }),
  },
  // The limits are the SDK's text on autotermination_minutes.
  {
    rule: 'autotermination-in-range',
    check: ({ autotermination_minutes: minutes }) =>
      when(minutes !== undefined && minutes !== 0 && (minutes < 10 || minutes > 10_000), {
        path: ['autotermination_minutes'],
        message: `autotermination_minutes is ${minutes}; Databricks takes 10 to 10000, or 0 for never`,
        hint: 'choose a number from 10 to 10000',
      }),
  },
  // «Only one destination can be specified for one cluster»: the SDK's text on cluster_log_conf.
  {
    rule: 'one-log-destination',
    check: (spec) =>
      when(keys(spec['cluster_log_conf']).length > 1, {
        path: ['cluster_log_conf'],
        on: 'key',
        message: `cluster_log_conf names ${keys(spec['cluster_log_conf']).length} destinations`,
        hint: 'keep one of dbfs, s3, volumes',
      }),
  },
  {
    rule: 'one-place-per-init-script',
    check: (spec) =>
      list(spec['init_scripts']).flatMap((script, i) =>
        when(keys(script).length !== 1, {
          path: ['init_scripts', i],
          message: `an init script is one of workspace, volumes, s3, abfss, gcs, file, dbfs; this has ${keys(script).length}`,
          hint: 'keep one place for each script',
        }),
      ),
  },
  // They say who owns a cluster: set by hand, a deployment would take over what is not its own.
  {
    rule: 'brickrail-tags-are-reserved',
    check: (spec) =>
      keys(spec.custom_tags)
        .filter((tag) => tag.toLowerCase().startsWith('brickrail_'))
        .map((tag) => ({
          path: ['custom_tags', tag],
          on: 'key' as const,
          message: `the tag «${tag}» is set by Brickrail`,
          hint: 'choose another name',
        })),
  },
  limit('init_scripts', 10, 'init scripts'),
  limit('ssh_public_keys', 10, 'ssh keys'),
  limit('custom_tags', 45, 'custom tags'),
]

/** A bare number («15.4 LTS», «15.4.x») or text that no key can be. Light, custom: and auto: keys are left alone. */
const malformed = (key: string): boolean =>
  /^\d+(\.\d+)?(\.x)?$/.test(key) || !/^[A-Za-z0-9][\w.:@/+-]*$/.test(key)
