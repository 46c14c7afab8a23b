import { describe, expect, it } from 'vitest'
import { runningCluster, spec, workspaceAt } from './workspace-at.ts'

const many = (count: number) => Array.from({ length: count }, (_, index) => `x${index}`)
const without = (field: string) => Object.fromEntries(Object.entries(spec).filter(([name]) => name !== field))

describe('clusters/create refuses', () => {
  const refused: [string, unknown, string, RegExp][] = [
    ['no version', without('spark_version'), 'INVALID_PARAMETER_VALUE', /spark_version/],
    [
      'an odd version',
      { ...spec, spark_version: '7.0' },
      'INVALID_PARAMETER_VALUE',
      /Invalid spark version 7\.0/,
    ],
    ['no node type', without('node_type_id'), 'INVALID_PARAMETER_VALUE', /node_type_id/],
    [
      'an unknown node type',
      { ...spec, node_type_id: 'big' },
      'INVALID_PARAMETER_VALUE',
      /big is not supported.*Standard_DS3_v2.*m4\.large/,
    ],
    ['an unknown driver', { ...spec, driver_node_type_id: 'big' }, 'INVALID_PARAMETER_VALUE', /big/],
    ['no size', without('num_workers'), 'INVALID_PARAMETER_VALUE', /'size'/],
    [
      'two sizes',
      { ...spec, autoscale: { min_workers: 1, max_workers: 2 } },
      'INVALID_PARAMETER_VALUE',
      /Only one of/,
    ],
    ['a negative size', { ...spec, num_workers: -1 }, 'INVALID_PARAMETER_VALUE', /negative/],
    [
      'an upside-down range',
      { ...without('num_workers'), autoscale: { min_workers: 3, max_workers: 2 } },
      'INVALID_PARAMETER_VALUE',
      /autoscale range/,
    ],
    ['text as a number', { ...spec, num_workers: 'two' }, 'MALFORMED_REQUEST', /num_workers/],
    ['a fraction', { ...spec, num_workers: 1.5 }, 'MALFORMED_REQUEST', /num_workers/],
    ['a list as a map', { ...spec, spark_conf: ['a'] }, 'MALFORMED_REQUEST', /START_OBJECT.*spark_conf/],
    ['a map as a list', { ...spec, init_scripts: {} }, 'MALFORMED_REQUEST', /START_ARRAY.*init_scripts/],
    ['a map as text', { ...spec, cluster_name: {} }, 'MALFORMED_REQUEST', /cluster_name/],
    [
      'text as a boolean',
      { ...spec, enable_elastic_disk: 'perhaps' },
      'MALFORMED_REQUEST',
      /enable_elastic_disk/,
    ],
    ['5 minutes', { ...spec, autotermination_minutes: 5 }, 'INVALID_PARAMETER_VALUE', /between 10 and 10000/],
    [
      '10001 minutes',
      { ...spec, autotermination_minutes: 10_001 },
      'INVALID_PARAMETER_VALUE',
      /between 10 and 10000/,
    ],
    [
      '46 tags',
      { ...spec, custom_tags: Object.fromEntries(many(46).map((tag) => [tag, ''])) },
      'INVALID_PARAMETER_VALUE',
      /custom tags: 46; at most 45/,
    ],
    ['11 scripts', { ...spec, init_scripts: many(11) }, 'INVALID_PARAMETER_VALUE', /init scripts/],
    ['11 keys', { ...spec, ssh_public_keys: many(11) }, 'INVALID_PARAMETER_VALUE', /ssh public keys/],
    [
      'an unknown pool',
      { ...without('node_type_id'), instance_pool_id: 'p' },
      'INVALID_PARAMETER_VALUE',
      /instance pool with id: p/,
    ],
    [
      'pool and node type',
      { ...spec, instance_pool_id: 'p' },
      'INVALID_PARAMETER_VALUE',
      /node_type_id cannot be supplied/,
    ],
    [
      'an unknown policy',
      { ...spec, policy_id: 'p' },
      'INVALID_PARAMETER_VALUE',
      /cluster policy with id: p/,
    ],
    [
      'an unknown access mode',
      { ...spec, data_security_mode: 'ALL' },
      'INVALID_PARAMETER_VALUE',
      /data_security_mode ALL/,
    ],
    ['broken JSON', '{"cluster_name": ', 'MALFORMED_REQUEST', /Invalid JSON/],
    ['a list', '[]', 'MALFORMED_REQUEST', /expected a map/],
    ['nothing', '', 'INVALID_PARAMETER_VALUE', /spark_version/],
  ]
  const { ask } = workspaceAt()
  it.each(refused)('%s', async (_, body, code, message) => {
    const answer = await ask('POST', '/api/2.1/clusters/create', body)
    expect(answer.status).toBe(400)
    expect(answer.body).toEqual({ error_code: code, message: expect.stringMatching(message) })
    expect((await ask('GET', '/api/2.1/clusters/list')).body).toEqual({})
  })
})

describe('clusters/create accepts', () => {
  const accepted: [string, Record<string, unknown>][] = [
    ['no workers', { ...spec, num_workers: 0 }],
    ['a version that is not in the list', { ...spec, spark_version: '99.1.x-scala9.9' }],
    ['numbers as text', { ...spec, num_workers: '2', autotermination_minutes: '10' }],
    ['autotermination 0', { ...spec, autotermination_minutes: 0 }],
    ['unknown and read-only fields', { ...spec, nonsense: [1], state: 'ERROR', cluster_source: 'UI' }],
    ['45 tags', { ...spec, custom_tags: Object.fromEntries(many(45).map((tag) => [tag, ''])) }],
  ]
  it.each(accepted)('%s', async (_, body) => {
    const { ok } = workspaceAt()
    const { cluster_id: id } = (await ok('POST', '/api/2.0/clusters/create', body)).body
    expect(id).toMatch(/^[0-9]{4}-[0-9]{6}-[0-9a-z]{8}$/)
    const { body: details } = await ok('GET', `/api/2.0/clusters/get?cluster_id=${id}`)
    expect(details).toMatchObject({
      state: 'PENDING',
      cluster_source: 'API',
      num_workers: Number(body['num_workers']),
    })
    expect(details).not.toHaveProperty('nonsense')
    expect(details.spec).not.toHaveProperty('cluster_source')
  })

  it('the sample of the tutorials, and shows what the service fills in', async () => {
    const { ok } = workspaceAt({ user: 'ci@example.com' })
    const sample = {
      ...spec,
      spark_conf: { 'spark.sql.execution.arrow.enabled': 'true' },
      ssh_public_keys: [],
      custom_tags: { Project: 'DevOpsIntegration' },
      cluster_log_conf: { dbfs: { destination: 'dbfs:/cluster_logs' } },
      spark_env_vars: { PYSPARK_PYTHON: '/databricks/python3/bin/python3' },
      autotermination_minutes: 120,
      enable_elastic_disk: false,
      init_scripts: [],
    }
    const id = await runningCluster(ok, sample)
    const { body } = await ok('GET', `/api/2.1/clusters/get?cluster_id=${id}`)
    expect(body).toMatchObject({
      ...sample,
      spec: sample,
      creator_user_name: 'ci@example.com',
      driver_node_type_id: 'Standard_DS3_v2',
      azure_attributes: { first_on_demand: 1, availability: 'ON_DEMAND_AZURE', spot_bid_max_price: -1 },
      default_tags: {
        Vendor: 'Databricks',
        Creator: 'ci@example.com',
        ClusterName: 'HelloCluster',
        ClusterId: id,
      },
      cluster_cores: 8,
      cluster_memory_mb: 28_672,
      disk_spec: {},
      last_state_loss_time: 0,
    })
    expect(body.executors).toHaveLength(1)
    expect(typeof body.spark_context_id).toBe('bigint')
    expect(body.start_time).toBeLessThanOrEqual(Date.now())
  })

  it('the AWS variant, with attributes completed', async () => {
    const { ok } = workspaceAt()
    const aws = {
      first_on_demand: 1,
      zone_id: 'us-west-2b',
      ebs_volume_type: 'GENERAL_PURPOSE_SSD',
      ebs_volume_count: 3,
      ebs_volume_size: 100,
    }
    const id = await runningCluster(ok, {
      node_type_id: 'm4.large',
      driver_node_type_id: 'm4.large',
      num_workers: undefined,
      autoscale: { min_workers: 1, max_workers: 2 },
      aws_attributes: aws,
    })
    const { body } = await ok('GET', `/api/2.1/clusters/get?cluster_id=${id}`)
    expect(body.aws_attributes).toEqual({
      ...aws,
      availability: 'SPOT_WITH_FALLBACK',
      spot_bid_price_percent: 100,
    })
    expect(body).toMatchObject({
      autoscale: { min_workers: 1, max_workers: 2 },
      num_workers: 1,
      disk_spec: { disk_count: 3 },
    })
    expect(body.spec).not.toHaveProperty('num_workers')
  })

  it.each([
    ['SINGLE_USER', {}, 'admin@example.com'],
    ['DATA_SECURITY_MODE_DEDICATED', {}, 'admin@example.com'],
    ['SINGLE_USER', { single_user_name: 'me@example.com' }, 'me@example.com'],
    ['USER_ISOLATION', {}, undefined],
  ])('%s %o is for %s alone', async (mode, over, user) => {
    const { ok } = workspaceAt()
    const id = await runningCluster(ok, { data_security_mode: mode, ...over })
    expect((await ok('GET', `/api/2.1/clusters/get?cluster_id=${id}`)).body.single_user_name).toBe(user)
  })

  it('a single node, and sets its conf and tag', async () => {
    const { ok } = workspaceAt()
    const id = await runningCluster(ok, {
      num_workers: undefined,
      is_single_node: true,
      kind: 'CLASSIC_PREVIEW',
    })
    expect((await ok('GET', `/api/2.1/clusters/get?cluster_id=${id}`)).body).toMatchObject({
      num_workers: 0,
      spark_conf: { 'spark.databricks.cluster.profile': 'singleNode' },
      custom_tags: { ResourceClass: 'SingleNode' },
    })
  })
})

describe('an unknown cluster', () => {
  const calls = [
    'edit',
    'update',
    'resize',
    'start',
    'restart',
    'delete',
    'permanent-delete',
    'pin',
    'unpin',
    'change-owner',
    'events',
  ]
  const { ask } = workspaceAt()
  it.each(calls)('is a 400 of clusters/%s', async (name) => {
    const body = {
      ...spec,
      cluster_id: '0101-000000-nothere1',
      cluster: spec,
      update_mask: '*',
      owner_username: 'x',
    }
    const answer = await ask('POST', `/api/2.1/clusters/${name}`, body)
    expect(answer.status).toBe(400)
    expect(answer.body).toEqual({
      error_code: 'INVALID_PARAMETER_VALUE',
      message: 'Cluster 0101-000000-nothere1 does not exist',
    })
  })
  it('is a 400 of clusters/get', async () => {
    const answer = await ask('GET', '/api/2.0/clusters/get?cluster_id=1')
    expect([answer.status, answer.body.message]).toEqual([400, 'Cluster 1 does not exist'])
  })
  it('is told from a missing id', async () => {
    expect((await ask('GET', '/api/2.0/clusters/get')).body.message).toBe(
      "Missing required field 'cluster_id'",
    )
  })
})

describe('lists that the service ships', () => {
  const { ok } = workspaceAt()
  it.each(['Standard_DS3_v2', 'Standard_DS4_v2', 'm4.large', 'm5.large', 'i3.xlarge', 'n2-standard-4'])(
    'node type %s',
    async (id) => {
      const { body } = await ok('GET', '/api/2.0/clusters/list-node-types')
      expect(
        body.node_types.find((type: { node_type_id: string }) => type.node_type_id === id),
      ).toMatchObject({
        num_cores: expect.any(Number),
        memory_mb: expect.any(Number),
        num_gpus: 0,
        is_deprecated: expect.any(Boolean),
        instance_type_id: id,
      })
    },
  )
  it.each([
    ['6.0.x-scala2.11', '6.0 (includes Apache Spark 2.4.3, Scala 2.11)'],
    ['8.2.x-cpu-ml-scala2.12', '8.2 ML (includes Apache Spark 3.1.1, Scala 2.12)'],
    ['13.3.x-scala2.12', '13.3 LTS (includes Apache Spark 3.4.1, Scala 2.12)'],
    ['15.4.x-gpu-ml-scala2.12', '15.4 LTS ML (includes Apache Spark 3.5.0, GPU, Scala 2.12)'],
    ['17.3.x-scala2.13', '17.3 LTS (includes Apache Spark 4.0.0, Scala 2.13)'],
  ])('runtime %s is %s', async (key, name) => {
    expect((await ok('GET', '/api/2.1/clusters/spark-versions')).body.versions).toContainEqual({ key, name })
  })
  it('zones', async () => {
    expect((await ok('GET', '/api/2.1/clusters/list-zones')).body).toMatchObject({
      default_zone: 'us-west-2a',
    })
  })
})
