import type { ClusterSpec } from '../../src/wire/clusters.ts'
import { spec, without } from './build.ts'

export interface Case {
  name: string
  declared?: ClusterSpec
  /** Laid over what was declared: what the workspace answers besides. */
  observed?: ClusterSpec
  /** Fields of the declaration that the answer lacks. */
  absent?: string[]
  recorded?: ClusterSpec
  /** `path: old -> new`. */
  differs: string[]
}

const noSize = without(spec(), 'num_workers')
const scaled = { ...noSize, autoscale: { min_workers: 1, max_workers: 4 } }

const sizes: Case[] = [
  { name: 'the same number of workers', differs: [] },
  { name: 'more workers', observed: { num_workers: 3 }, differs: ['num_workers: 3 -> 1'] },
  {
    name: 'zero workers against some, which must be sent (databricks/terraform-provider-databricks#6017)',
    declared: spec({ num_workers: 0 }),
    observed: { num_workers: 2 },
    differs: ['num_workers: 2 -> 0'],
  },
  {
    name: 'zero workers that the answer leaves out',
    declared: spec({ num_workers: 0 }),
    absent: ['num_workers'],
    differs: [],
  },
  {
    name: 'zero workers against autoscale: never green with the autoscale kept',
    declared: spec({ num_workers: 0 }),
    absent: ['num_workers'],
    observed: { autoscale: { min_workers: 1, max_workers: 4 } },
    differs: ['autoscale: {"min_workers":1,"max_workers":4} -> unset', 'num_workers: unset -> 0'],
  },
  {
    name: 'num_workers beside a declared autoscale is a reading of the moment',
    declared: scaled,
    observed: { num_workers: 3 },
    differs: [],
  },
  {
    name: 'autoscale where a number was',
    declared: scaled,
    absent: ['autoscale'],
    observed: { num_workers: 3 },
    differs: ['autoscale.max_workers: unset -> 4', 'autoscale.min_workers: unset -> 1'],
  },
  {
    name: 'another upper bound',
    declared: scaled,
    observed: { autoscale: { min_workers: 1, max_workers: 9 } },
    differs: ['autoscale.max_workers: 9 -> 4'],
  },
  {
    name: 'a single node: size, conf and tag come from the service',
    declared: { ...noSize, is_single_node: true, kind: 'CLASSIC_PREVIEW' },
    observed: {
      num_workers: 0,
      spark_conf: { 'spark.master': 'local[*]', 'spark.databricks.cluster.profile': 'singleNode' },
      custom_tags: { ResourceClass: 'SingleNode' },
    },
    differs: [],
  },
  {
    name: 'a single node with conf set by hand',
    declared: { ...noSize, is_single_node: true, kind: 'CLASSIC_PREVIEW' },
    observed: { num_workers: 0, spark_conf: { 'spark.master': 'local[*]', 'spark.x': '1' } },
    differs: ['spark_conf: {"spark.x":"1"} -> unset'],
  },
]

const filled: Case[] = [
  {
    name: 'what the service fills in is no difference (databricks/cli#3286)',
    observed: {
      driver_node_type_id: 'Standard_DS3_v2',
      azure_attributes: { first_on_demand: 1, availability: 'ON_DEMAND_AZURE', spot_bid_max_price: -1 },
      aws_attributes: { zone_id: 'us-west-2a' },
      gcp_attributes: { zone_id: 'HA' },
      enable_elastic_disk: true,
      enable_local_disk_encryption: false,
      single_user_name: 'ci@example.com',
      data_security_mode: 'SINGLE_USER',
      autotermination_minutes: 0,
      default_tags: { Vendor: 'Databricks' },
      spark_context_id: 7n,
      cluster_source: 'API',
      jdbc_port: 10_000,
    },
    differs: [],
  },
  {
    name: 'a member that the cloud adds to a declared object',
    declared: spec({ aws_attributes: { zone_id: 'us-west-2b' } }),
    observed: { aws_attributes: { zone_id: 'us-west-2b', availability: 'SPOT' } },
    differs: [],
  },
  {
    name: 'a declared member of such an object that differs',
    declared: spec({ aws_attributes: { zone_id: 'us-west-2b' } }),
    observed: { aws_attributes: { zone_id: 'auto', availability: 'SPOT' } },
    differs: ['aws_attributes.zone_id: "auto" -> "us-west-2b"'],
  },
  {
    name: 'a declared driver type that differs',
    declared: spec({ driver_node_type_id: 'Standard_DS4_v2' }),
    observed: { driver_node_type_id: 'Standard_DS3_v2' },
    differs: ['driver_node_type_id: "Standard_DS3_v2" -> "Standard_DS4_v2"'],
  },
  {
    name: 'tags that a policy added, and our own (databricks/terraform-provider-databricks#3653)',
    declared: spec({ custom_tags: { Team: 'prices' } }),
    observed: { custom_tags: { Team: 'prices', CostCenter: '7', brickrail_project: 'p' } },
    differs: [],
  },
  {
    name: 'conf that a policy added',
    declared: spec({ policy_id: 'P1', spark_conf: { a: '1' } }),
    observed: { spark_conf: { a: '1', fixed: 'yes' }, autotermination_minutes: 30, init_scripts: ['x'] },
    differs: [],
  },
  {
    name: 'declared conf under a policy',
    declared: spec({ policy_id: 'P1', spark_conf: { a: '1' } }),
    observed: { spark_conf: { a: '2', fixed: 'yes' } },
    differs: ['spark_conf.a: "2" -> "1"'],
  },
]

const byHand: Case[] = [
  {
    name: 'spark_conf set by hand, where some is declared',
    declared: spec({ spark_conf: { a: '1' } }),
    observed: { spark_conf: { a: '1', b: '2' } },
    differs: ['spark_conf.b: "2" -> unset'],
  },
  {
    name: 'spark_conf set by hand, where none is declared',
    observed: { spark_conf: { b: '2' } },
    differs: ['spark_conf: {"b":"2"} -> unset'],
  },
  {
    name: 'spark_conf removed by hand',
    declared: spec({ spark_conf: { a: '1' } }),
    absent: ['spark_conf'],
    differs: ['spark_conf.a: unset -> "1"'],
  },
  {
    name: 'autotermination set by hand',
    observed: { autotermination_minutes: 20 },
    differs: ['autotermination_minutes: 20 -> 0'],
  },
  {
    name: 'an order of init scripts, which matters',
    declared: spec({
      init_scripts: [{ workspace: { destination: '/a' } }, { workspace: { destination: '/b' } }],
    }),
    observed: { init_scripts: [{ workspace: { destination: '/b' } }, { workspace: { destination: '/a' } }] },
    differs: [
      'init_scripts: [{"workspace":{"destination":"/b"}},{"workspace":{"destination":"/a"}}] -> [{"workspace":{"destination":"/a"}},{"workspace":{"destination":"/b"}}]',
    ],
  },
]

const removed: Case[] = [
  {
    name: 'a tag that we declared last time and no more',
    recorded: spec({ custom_tags: { Team: 'prices' } }),
    observed: { custom_tags: { Team: 'prices', CostCenter: '7' } },
    differs: ['custom_tags.Team: "prices" -> unset'],
  },
  {
    name: 'one of two tags',
    declared: spec({ custom_tags: { Team: 'prices' } }),
    recorded: spec({ custom_tags: { Team: 'prices', Stage: 'x' } }),
    observed: { custom_tags: { Team: 'prices', Stage: 'x', CostCenter: '7' } },
    differs: ['custom_tags.Stage: "x" -> unset'],
  },
  {
    name: 'tags that were declared empty are nobody’s',
    recorded: spec({ custom_tags: {} }),
    observed: { custom_tags: { CostCenter: '7' } },
    differs: [],
  },
  {
    name: 'an attribute object: only what we had set in it',
    recorded: spec({ aws_attributes: { availability: 'SPOT' } }),
    observed: { aws_attributes: { availability: 'SPOT', zone_id: 'auto' } },
    differs: ['aws_attributes.availability: "SPOT" -> unset'],
  },
  {
    name: 'a server-filled field that we had set',
    recorded: spec({ enable_elastic_disk: true }),
    observed: { enable_elastic_disk: true },
    differs: ['enable_elastic_disk: true -> false'],
  },
  {
    name: 'the same, when it is what the service fills in anyway',
    recorded: spec({ enable_elastic_disk: false }),
    observed: { enable_elastic_disk: false },
    differs: [],
  },
]

const spellings: Case[] = [
  {
    name: 'DEDICATED is SINGLE_USER (databricks/cli#4418)',
    declared: spec({ data_security_mode: 'DATA_SECURITY_MODE_DEDICATED' }),
    observed: { data_security_mode: 'SINGLE_USER' },
    differs: [],
  },
  {
    name: 'USER_ISOLATION is STANDARD, the other way round',
    declared: spec({ data_security_mode: 'USER_ISOLATION' }),
    observed: { data_security_mode: 'DATA_SECURITY_MODE_STANDARD' },
    differs: [],
  },
  {
    name: 'DEDICATED is not STANDARD',
    declared: spec({ data_security_mode: 'DATA_SECURITY_MODE_DEDICATED' }),
    observed: { data_security_mode: 'USER_ISOLATION' },
    differs: ['data_security_mode: "USER_ISOLATION" -> "SINGLE_USER"'],
  },
  ...['SINGLE_USER', 'USER_ISOLATION', 'DATA_SECURITY_MODE_STANDARD'].map((observed) => ({
    name: `AUTO matches ${observed}`,
    declared: spec({ data_security_mode: 'DATA_SECURITY_MODE_AUTO' }),
    observed: { data_security_mode: observed },
    differs: [],
  })),
]

const empties: Case[] = (
  [
    ['an empty list', { ssh_public_keys: [], init_scripts: [] }],
    ['an empty map', { spark_conf: {}, spark_env_vars: {} }],
    ['an empty text', { policy_id: '' }],
    ['null', { docker_image: null }],
    ['a default', { enable_elastic_disk: false, autotermination_minutes: 0 }],
  ] as [string, ClusterSpec][]
).flatMap(([name, fields]) => [
  {
    name: `${name} that the answer leaves out`,
    declared: spec(fields),
    absent: Object.keys(fields),
    differs: [],
  },
  { name: `${name} that only the answer has`, observed: fields, differs: [] },
])

const creation: Case[] = [
  {
    name: 'a create-only field, never given back, as recorded',
    declared: spec({ idempotency_token: 'a' }),
    absent: ['idempotency_token'],
    recorded: spec({ idempotency_token: 'a' }),
    differs: [],
  },
  {
    name: 'another create-only value than recorded',
    declared: spec({ idempotency_token: 'b' }),
    absent: ['idempotency_token'],
    recorded: spec({ idempotency_token: 'a' }),
    differs: ['idempotency_token: "a" -> "b"'],
  },
  {
    name: 'a create-only field taken out of the file has done its work',
    recorded: spec({ idempotency_token: 'a', clone_from: { source_cluster_id: 'x' } }),
    differs: [],
  },
  {
    name: 'a create-only field of a cluster without a record (adopted)',
    declared: spec({ clone_from: { source_cluster_id: 'x' } }),
    absent: ['clone_from'],
    differs: [],
  },
]

/** The traps of comparing what was declared with what the workspace answers, group by group. */
export const groups: readonly (readonly [string, readonly Case[]])[] = [
  ['sizes', sizes],
  ['what the service fills in', filled],
  ['what somebody changed by hand', byHand],
  ['what is no longer declared', removed],
  ['other spellings', spellings],
  ['empty and absent', empties],
  ['fields of creation', creation],
]
