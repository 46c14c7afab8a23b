import { describe, expect, test } from 'vitest'
import { faultsOf, load, mainSpec as spec, specPath as path } from './project.ts'

const many = <T>(count: number, item: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => item(i))

const bad: [name: string, fields: Record<string, unknown>, faults: string[]][] = [
  [
    'unknown fields',
    { num_worker: 1, autoscal: {} },
    [
      '6:1 unknown-cluster-field: clusters/create has no field «num_worker»',
      '7:1 unknown-cluster-field: clusters/create has no field «autoscal»',
    ],
  ],
  [
    'an unknown nested field',
    { aws_attributes: { zone: 'x' } },
    ['6:20 unknown-cluster-field: clusters/create has no field «aws_attributes.zone»'],
  ],
  [
    'a field in the wrong place',
    { spot_bid_price_percent: 100 },
    ['6:1 unknown-cluster-field: clusters/create has no field «spot_bid_price_percent»'],
  ],
  [
    'a text for a number',
    { num_workers: '1' },
    ['4:16 wrong-type: num_workers must be a whole number, not text'],
  ],
  [
    'half a worker',
    { num_workers: 1.5 },
    ['4:16 wrong-type: num_workers must be a whole number, not a number'],
  ],
  [
    'a list for a map',
    { spark_conf: [] },
    ['6:15 wrong-type: spark_conf must be a map of texts, not a list'],
  ],
  [
    'a number in spark_conf',
    { spark_conf: { a: 1, b: 'x', c: true } },
    [
      '6:20 wrong-type: spark_conf.a must be text, not a number',
      '6:34 wrong-type: spark_conf.c must be text, not true or false',
    ],
  ],
  ['a map for a list', { init_scripts: {} }, ['6:17 wrong-type: init_scripts must be a list, not a map']],
  [
    'an unknown value',
    { aws_attributes: { availability: 'SPOT_WITH_FALBACK' } },
    ['6:35 unknown-value: aws_attributes.availability cannot be «SPOT_WITH_FALBACK»'],
  ],
  [
    'no destination',
    { cluster_log_conf: { dbfs: {} } },
    ['6:29 missing-key: cluster_log_conf.dbfs.destination is missing'],
  ],
  [
    'both sizes',
    { autoscale: { min_workers: 1, max_workers: 2 } },
    ['4:1 num-workers-or-autoscale-not-both: num_workers and autoscale are both given'],
  ],
  [
    'no size',
    { num_workers: undefined },
    ['1:1 cluster-has-a-size: neither num_workers nor autoscale is given'],
  ],
  [
    'min above max',
    { num_workers: undefined, autoscale: { min_workers: 3, max_workers: 2 } },
    ['5:29 autoscale-min-up-to-max: min_workers 3 is more than max_workers 2'],
  ],
  ['less than nobody', { num_workers: -1 }, ['4:16 worker-counts-are-not-negative: num_workers is negative']],
  [
    '0 workers',
    { num_workers: 0 },
    [
      '4:16 zero-workers-need-single-node-settings: a cluster with 0 workers runs no Spark task unless it is a single node',
    ],
  ],
  [
    '0 workers, half of the settings',
    { num_workers: 0, spark_conf: { 'spark.master': 'local[*]' } },
    [
      '4:16 zero-workers-need-single-node-settings: a cluster with 0 workers runs no Spark task unless it is a single node',
    ],
  ],
  [
    'no nodes',
    { node_type_id: undefined },
    ['1:1 node-type-or-pool: neither node_type_id nor instance_pool_id is given'],
  ],
  [
    'a pool and node types',
    { instance_pool_id: 'p', driver_node_type_id: 'x' },
    [
      '3:1 pool-decides-node-types: node_type_id conflicts with instance_pool_id: the pool decides it',
      '7:1 pool-decides-node-types: driver_node_type_id conflicts with instance_pool_id: the pool decides it',
    ],
  ],
  [
    'a driver pool alone',
    { driver_instance_pool_id: 'p' },
    ['6:1 driver-pool-needs-a-worker-pool: driver_instance_pool_id without instance_pool_id'],
  ],
  ['no runtime', { spark_version: undefined }, ['1:1 spark-version-is-given: spark_version is missing']],
  [
    'a bare runtime version',
    { spark_version: '15.4' },
    ['2:18 spark-version-is-a-runtime-key: «15.4» is not the key of a Databricks runtime'],
  ],
  [
    'a runtime in words',
    { spark_version: '15.4 LTS' },
    ['2:18 spark-version-is-a-runtime-key: «15.4 LTS» is not the key of a Databricks runtime'],
  ],
  [
    'too quick an end',
    { autotermination_minutes: 5 },
    [
      '5:28 autotermination-in-range: autotermination_minutes is 5; Databricks takes 10 to 10000, or 0 for never',
    ],
  ],
  [
    'two log destinations',
    { cluster_log_conf: { dbfs: { destination: 'dbfs:/a' }, volumes: { destination: '/Volumes/a' } } },
    ['6:1 one-log-destination: cluster_log_conf names 2 destinations'],
  ],
  [
    'an init script nowhere',
    { init_scripts: [{}] },
    [
      '6:18 one-place-per-init-script: an init script is one of workspace, volumes, s3, abfss, gcs, file, dbfs; this has 0',
    ],
  ],
  [
    'our tags',
    { custom_tags: { a: 'b', Brickrail_project: 'x' } },
    ['6:25 brickrail-tags-are-reserved: the tag «Brickrail_project» is set by Brickrail'],
  ],
  [
    '11 init scripts',
    { init_scripts: many(11, (i) => ({ workspace: { destination: `/s${i}` } })) },
    ['6:1 at-most-10-init-scripts: 11 init scripts, but Databricks takes at most 10'],
  ],
  [
    '11 keys',
    { ssh_public_keys: many(11, (i) => `ssh-rsa ${i}`) },
    ['6:1 at-most-10-ssh-keys: 11 ssh keys, but Databricks takes at most 10'],
  ],
  [
    '46 tags',
    { custom_tags: Object.fromEntries(many(46, (i) => [`t${i}`, 'x'])) },
    ['6:1 at-most-45-custom-tags: 46 custom tags, but Databricks takes at most 45'],
  ],
  [
    'a password',
    { docker_image: { url: 'x', basic_auth: { username: 'u', password: 'hunter2' } } },
    ['6:68 no-secret-in-files: «password» holds a secret in clear text'],
  ],
]

describe('bad specs', () => {
  test.each(bad)('%s', async (_, fields, faults) => {
    const loaded = await load({ [path]: spec(fields) })
    expect(faultsOf(loaded)).toEqual(faults.map((fault) => `${path}:${fault}`))
  })

  test('hints', async () => {
    const fields = { num_worker: 1, spot_bid_price_percent: 100, aws_attributes: { node_type_id: 'x' } }
    const loaded = await load({ [path]: spec(fields) })
    expect(loaded.ok ? [] : loaded.faults.map(({ hint }) => hint)).toEqual([
      'did you mean «num_workers»?',
      'it belongs into aws_attributes',
      'it belongs to the top level',
    ])
  })

  test('not a map', async () => {
    expect(faultsOf(await load({ [path]: '[]' }))).toEqual([
      `${path}:1:1 wrong-type: a cluster must be a map, not a list`,
    ])
  })
})
