import { describe, expect, test } from 'vitest'
import { clusterFields } from '../../src/config/cluster/fields.ts'
import { outOfSupport, type Runtime } from '../../src/config/cluster/runtimes.ts'
import {
  faultsOf,
  load,
  mainFields,
  mainSpec as spec,
  sane,
  specPath as path,
  warningsOf,
} from './project.ts'

const good: [name: string, fields: Record<string, unknown>][] = [
  ['a range', { num_workers: undefined, autoscale: { min_workers: 1, max_workers: 2 } }],
  [
    'a legacy single node',
    {
      num_workers: 0,
      spark_conf: { 'spark.databricks.cluster.profile': 'singleNode', 'spark.master': 'local[*]' },
      custom_tags: { ResourceClass: 'SingleNode' },
    },
  ],
  ['a single node', { num_workers: undefined, is_single_node: true, kind: 'CLASSIC_PREVIEW' }],
  ['a pool', { node_type_id: undefined, instance_pool_id: 'p' }],
  [
    'a policy that decides',
    { node_type_id: undefined, num_workers: undefined, spark_version: undefined, policy_id: 'p' },
  ],
  ['fields of creation only', { idempotency_token: 'x', clone_from: { source_cluster_id: 'c' } }],
  ['Databricks Light', { spark_version: 'apache-spark-2.4.x-scala2.11' }],
  ['an image of ones own', { spark_version: 'custom:local__15.4.x-scala2.12__x' }],
]
test.each(good)('%s is fine', async (_, fields) => {
  expect(faultsOf(await load({ [path]: spec(fields) }))).toEqual([])
})

const warned: [name: string, fields: Record<string, unknown>, warnings: string[]][] = [
  ['nothing', {}, []],
  [
    'no autotermination',
    { autotermination_minutes: undefined },
    ['1:1 no-autotermination: the cluster never terminates by itself and costs money while idle'],
  ],
  [
    'autotermination 0',
    { autotermination_minutes: 0 },
    ['5:28 no-autotermination: the cluster never terminates by itself and costs money while idle'],
  ],
  [
    'an old runtime',
    { spark_version: '8.2.x-cpu-ml-scala2.12' },
    [
      '2:18 runtime-out-of-support: runtime 8.2 is out of support since 2021-10-22; Databricks may remove it without notice',
    ],
  ],
  [
    'a dedicated cluster of nobody',
    { data_security_mode: 'SINGLE_USER' },
    [
      '6:23 single-user-is-not-named: without single_user_name only the identity that deploys may use the cluster',
    ],
  ],
  [
    'a script on DBFS',
    { init_scripts: [{ dbfs: { destination: 'dbfs:/x' } }] },
    ['6:19 init-script-on-dbfs: init scripts on DBFS are deprecated and end-of-life on current runtimes'],
  ],
  [
    'Photon the old way',
    { spark_version: '17.3.x-photon-scala2.13' },
    ['2:18 photon-in-spark-version: runtime keys with -photon- are the old way to choose Photon'],
  ],
  [
    'read-only fields',
    { cluster_source: 'UI', cluster_id: '1', state: 'RUNNING' },
    [
      '6:1 read-only-field: cluster_source is set by Databricks; it is left out',
      '7:1 read-only-field: cluster_id is set by Databricks; it is left out',
      '8:1 read-only-field: state is set by Databricks; it is left out',
    ],
  ],
]

describe('warnings', () => {
  test.each(warned)('%s', async (_, fields, warnings) => {
    const loaded = await load({ [path]: spec(fields) })
    expect(faultsOf(loaded)).toEqual([])
    expect(warningsOf(loaded)).toEqual(warnings.map((warning) => `${path}:${warning}`))
  })

  test('R on standard access mode', async () => {
    const loaded = await load({
      [path]: spec({ data_security_mode: 'USER_ISOLATION' }),
      'pipelines/libraries/main.yml':
        'cran: [{ package: tidyverse, repo: https://cran.example/2024-01-01 }]\n',
    })
    expect(warningsOf(loaded)).toEqual([
      `${path}:6:23 r-on-standard-access-mode: CRAN libraries are declared, but standard access mode does not run R`,
    ])
  })
})

describe('the spec that is sent', () => {
  test('is named by its key, without read-only fields, nulls and $schema', async () => {
    const loaded = sane(await load({ [path]: spec({ $schema: 'x', cluster_source: 'UI', policy_id: null }) }))
    expect(loaded.desired.clusters[0]?.spec).toEqual({ ...mainFields, cluster_name: 'Main' })
  })

  test('keeps numbers beyond 2^53', async () => {
    const text = spec({}).replace('"num_workers": 1', '"num_workers": 9007199254740993')
    expect(sane(await load({ [path]: text })).desired.clusters[0]?.spec.num_workers).toBe(9007199254740993n)
  })
})

describe('overlays', () => {
  const overlay = 'pipelines/clusters/main.local.json'

  test('merge into the spec: maps merge, null removes, lists replace', async () => {
    const fields = { custom_tags: { a: '1', b: '2' }, ssh_public_keys: ['k'] }
    const patch = {
      num_workers: null,
      autoscale: { min_workers: 1, max_workers: 4 },
      custom_tags: { a: null, c: '3' },
      ssh_public_keys: [],
    }
    const loaded = sane(await load({ [path]: spec(fields), [overlay]: JSON.stringify(patch) }))
    const { num_workers: _, ...rest } = mainFields
    expect(loaded.desired.clusters[0]?.spec).toEqual({
      ...rest,
      autoscale: { min_workers: 1, max_workers: 4 },
      custom_tags: { b: '2', c: '3' },
      ssh_public_keys: [],
      cluster_name: 'Main',
    })
  })

  test('faults carry the place in the overlay', async () => {
    const loaded = await load({ [overlay]: '{\n  "num_workers": "2",\n  "nmae": 1\n}' })
    expect(faultsOf(loaded)).toEqual([
      `${overlay}:2:18 wrong-type: num_workers must be a whole number, not text`,
      `${overlay}:3:3 unknown-cluster-field: clusters/create has no field «nmae»`,
    ])
  })

  test('of no target: a warning', async () => {
    const loaded = await load({ 'pipelines/clusters/main.locl.json': '{}' })
    expect(loaded.warnings).toEqual([
      {
        file: 'pipelines/clusters/main.locl.json',
        line: 0,
        column: 0,
        rule: 'overlay-without-target',
        message: 'there is no target «locl», so this overlay is never used',
        hint: 'rename it to main.local.json',
      },
    ])
  })
})

describe('runtimes', () => {
  const rows: Runtime[] = [
    { version: '9.1', lts: true, endOfSupport: '2024-09-23' },
    { version: '16.4', lts: true, endOfSupport: '2028-05-09' },
    { version: '17.3', lts: true, endOfSupport: '2028-10-22' },
    { version: '18', lts: true, endOfSupport: '2029-06-10' },
  ]
  const cases: [key: string, today: string, hint: string | undefined][] = [
    ['9.1.x-scala2.12', '2024-09-23', undefined],
    ['9.1.x-scala2.12', '2024-09-24', 'move to 17.3 LTS (17.3.x-scala2.13)'],
    ['9.1.x-cpu-ml-scala2.12', '2026-01-01', 'move to 17.3 LTS (17.3.x-cpu-ml-scala2.13)'],
    ['9.1.x-gpu-ml-scala2.12', '2028-12-01', 'move to a supported one'],
    ['6.0.x-scala2.11', '2026-01-01', 'move to 17.3 LTS (17.3.x-scala2.13)'],
    ['18.x-scala2.13', '2029-06-11', 'move to a supported one'],
    ['17.9.x-scala2.13', '2026-01-01', undefined],
    ['custom:x', '2026-01-01', undefined],
  ]
  test.each(cases)('%s on %s', (key, today, hint) => {
    expect(outOfSupport(key, rows, today)?.hint).toBe(hint)
  })

  test('pipelines/runtimes.json overrides the bundled table', async () => {
    const own = (end: string) => `{"runtimes": [{"version": "17.3", "lts": true, "endOfSupport": "${end}"}]}`
    const file = 'pipelines/runtimes.json'
    expect(warningsOf(await load({ [file]: own('2026-11-20') }))).toEqual([
      `${path}:1:18 runtime-out-of-support: runtime 17.3 is out of support since 2026-11-20; Databricks may remove it without notice`,
    ])
    expect(faultsOf(await load({ [file]: own('soon') }))).toEqual([
      `${file}:1:15 wrong-type: this is not a runtime`,
    ])
    expect(faultsOf(await load({ [file]: '[]' }))).toEqual([
      `${file}:1:1 wrong-type: runtimes.json must be {"runtimes": [...]}`,
    ])
  })
})

test('the field table hangs together', () => {
  const { fields, objects, enums, readOnly, required, same, any } = clusterFields
  const known = new Set([
    'string',
    'int',
    'number',
    'bool',
    'map',
    ...Object.keys(objects),
    ...Object.keys(enums),
  ])
  const types = [
    ...Object.values(fields).map(({ type }) => type),
    ...Object.values(objects).flatMap((o) => Object.values(o)),
  ]
  expect(types.map((type) => type.replace(/[[\]]/g, '')).filter((type) => !known.has(type))).toEqual([])
  expect(readOnly.filter((name) => fields[name])).toEqual([])
  for (const [name, keys] of Object.entries(required))
    expect(Object.keys(objects[name] ?? {})).toEqual(expect.arrayContaining([...keys]))
  expect([...Object.keys(same), ...Object.keys(any)].filter((name) => !fields[name])).toEqual([])
  expect(
    Object.entries(fields)
      .filter(([, field]) => field.change === 'resize')
      .map(([name]) => name),
  ).toEqual(['autoscale', 'num_workers'])
  expect(
    Object.entries(fields)
      .filter(([, field]) => field.change === 'new')
      .map(([name]) => name),
  ).toEqual(['clone_from', 'idempotency_token'])
})
