import { fileURLToPath } from 'node:url'
import { assert, asyncProperty, subarray } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { loadProject } from '../../src/config/load.ts'
import { faultsOf, line, load, sane, sound } from './project.ts'

const root = fileURLToPath(new URL('../../', import.meta.url)).replace(/\/$/, '')
const sample = (target?: string, env = {}) =>
  loadProject({ cwd: root, env, today: '2026-11-21', ...(target ? { target } : {}) })

describe('the sample project', () => {
  test('local: the tutorials’ cluster, libraries and files', async () => {
    const project = sane(await sample())
    expect(project).toMatchObject({
      name: 'tesseract',
      root,
      defaultBranch: 'master',
      sourceDir: `${root}/workspace`,
    })
    expect(project.target).toEqual({ name: 'local', protected: false })
    const { clusters, files } = project.desired
    expect(clusters).toEqual([
      {
        key: 'HelloCluster',
        spec: {
          cluster_name: 'HelloCluster',
          spark_version: '6.0.x-scala2.11',
          spark_conf: { 'spark.sql.execution.arrow.enabled': 'true' },
          node_type_id: 'Standard_DS3_v2',
          num_workers: 1,
          ssh_public_keys: [],
          custom_tags: { Project: 'DevOpsIntegration' },
          cluster_log_conf: { dbfs: { destination: 'dbfs:/cluster_logs' } },
          spark_env_vars: { PYSPARK_PYTHON: '/databricks/python3/bin/python3' },
          autotermination_minutes: 120,
          enable_elastic_disk: false,
          init_scripts: [],
        },
        strategy: 'auto',
        adopt: false,
        libraries: [
          { pypi: { package: 'pandas==2.3.3' } },
          { pypi: { package: 'scikit-learn==1.7.2' } },
          { pypi: { package: 'mlflow-skinny==3.17.2' } },
          { pypi: { package: 'pytest==8.3.5' } },
          { cran: { package: 'tidyverse' } },
        ],
        librariesExclusive: false,
        librariesSkipped: 'allow',
      },
    ])
    expect(files?.root).toBe('/Shared/HelloWorkspace')
    const placed = files?.files.map(({ path, format, language }) => [path, format, language])
    expect(placed?.filter(([path]) => path?.startsWith('notebooks/'))).toEqual([
      ['notebooks/MovingAverage', 'SOURCE', 'SCALA'],
      ['notebooks/daily_summary', 'SOURCE', 'SQL'],
      ['notebooks/explore_prices', 'SOURCE', 'R'],
      ['notebooks/feature_check', 'JUPYTER', 'PYTHON'],
      ['notebooks/prepare_features', 'SOURCE', 'PYTHON'],
      ['notebooks/training_report', 'SOURCE', 'PYTHON'],
    ])
    for (const path of ['data/synthetic_prices.csv', 'scripts/check_prices.sh', 'src/tesseract/features.py'])
      expect(placed).toContainEqual([path, 'RAW', undefined])
  })

  test('local: the tutorials’ four apps and batch on DBFS, their package and data, two jobs, no wheel', async () => {
    const { desired, tests } = sane(await sample())
    expect(desired.apps?.map(({ key, root, layout }) => [key, root, layout])).toEqual([
      ...['tesseract', 'preprocessing', 'model', 'search', 'cluster_search', 'batch'].map((key) => [
        key,
        `/datalake/code/${key}`,
        'versioned',
      ]),
      ['prices', '/datalake/prices', 'versioned'],
    ])
    expect(desired.jobs?.map(({ key }) => key)).toEqual(['train', 'search'])
    expect(desired.packages).toEqual([])
    expect(tests.map(({ name, kind }) => [name, kind])).toEqual([
      ['unit', 'command'],
      ['data', 'cluster'],
    ])
  })

  test('dev: one job more, from the wheel', async () => {
    const { desired } = sane(await sample('dev', { DATABRICKS_HOST: 'https://adb-1.2.azuredatabricks.net' }))
    expect(desired.jobs?.map(({ key }) => key)).toEqual(['train', 'search', 'search-wheel'])
    const [wheel] = desired.packages ?? []
    expect(wheel?.path).toMatch(
      /^dbfs:\/FileStore\/wheels\/tesseract-0\.1\.0[+_]g[0-9a-f]+\.d\w{12}-py3-none-any\.whl$/,
    )
    const search = desired.jobs?.find(({ key }) => key === 'search-wheel')
    expect(search?.settings.tasks?.[0]?.libraries).toContainEqual({ whl: wheel?.path })
  })

  test('aws: the AWS cluster alone, its read-only field out with a notice', async () => {
    const loaded = await sample('aws', { DATABRICKS_HOST: 'https://dbc-1.cloud.databricks.com' })
    const { clusters } = sane(loaded).desired
    expect(clusters.map(({ key, spec }) => [key, spec.cluster_name])).toEqual([
      ['HelloCluster', 'mlops_tiny_ml'],
    ])
    expect(clusters[0]?.spec).toMatchObject({
      autoscale: { min_workers: 1, max_workers: 2 },
      aws_attributes: { spot_bid_price_percent: 100, availability: 'SPOT_WITH_FALLBACK' },
    })
    expect(clusters[0]?.spec).not.toHaveProperty('cluster_source')
    expect(loaded.warnings.map(({ rule }) => rule)).toEqual(
      expect.arrayContaining(['read-only-field', 'runtime-out-of-support', 'unpinned-library']),
    )
  })

  test('prod: protected, at another path', async () => {
    const project = sane(await sample('prod', { DATABRICKS_HOST: 'https://adb-1.2.azuredatabricks.net' }))
    expect(project.target).toEqual({
      name: 'prod',
      host: 'https://adb-1.2.azuredatabricks.net',
      protected: true,
    })
    expect(project.desired.files?.root).toBe('/Shared/Tesseract')
  })

  test('dev without its environment variable', async () => {
    expect(faultsOf(await sample('dev'))).toEqual([
      'pipelines/brickrail.yml:11:11 env-not-set: the environment variable DATABRICKS_HOST is not set',
    ])
  })

  test('every warning says where and what to do', async () => {
    const { warnings } = await sample()
    expect(warnings.length).toBeGreaterThan(0)
    expect(warnings.filter(({ hint, line }) => !hint || line === 0).map(line)).toEqual([])
  })
})

/** Independent mistakes, each in a place of its own, with the rule that must name it. */
const mistakes: { rule: string; file: string; plant: (text: string) => string }[] = [
  { rule: 'unknown-key', file: 'pipelines/brickrail.yml', plant: (text) => `${text}colour: red\n` },
  { rule: 'missing-key', file: 'pipelines/brickrail.yml', plant: (text) => text.replace('name: demo\n', '') },
  {
    rule: 'file-not-found',
    file: 'pipelines/brickrail.yml',
    plant: (text) => `${text}jobs: { a: a.json }\n`,
  },
  {
    rule: 'workspace-path-is-one-folder',
    file: 'pipelines/brickrail.yml',
    plant: (text) => text.replace('/Shared/Demo', '/'),
  },
  {
    rule: 'env-not-set',
    file: 'pipelines/brickrail.yml',
    plant: (text) => text.replace('local: {}', 'local: { host: "${env.NONE}" }'),
  },
  {
    rule: 'bad-name',
    file: 'pipelines/brickrail.yml',
    plant: (text) => text.replace(' }\nworkspace', ', Dev: {} }\nworkspace'),
  },
  {
    rule: 'unknown-reference',
    file: 'pipelines/brickrail.yml',
    plant: (text) => text.replace('/main.json', '/main.json, adopt: "${nope}"'),
  },
  {
    rule: 'num-workers-or-autoscale-not-both',
    file: 'pipelines/clusters/main.json',
    plant: (text) => text.replace('{', '{"autoscale":{"min_workers":1,"max_workers":2},'),
  },
  {
    rule: 'brickrail-tags-are-reserved',
    file: 'pipelines/clusters/main.json',
    plant: (text) => text.replace('{', '{"custom_tags":{"brickrail_x":"y"},'),
  },
  {
    rule: 'autotermination-in-range',
    file: 'pipelines/clusters/main.json',
    plant: (text) => text.replace(':60', ':1'),
  },
  {
    rule: 'no-secret-in-files',
    file: 'pipelines/clusters/main.json',
    plant: (text) => text.replace('{', '{"spark_env_vars":{"DB_PASSWORD":"hunter2"},'),
  },
  { rule: 'unknown-key', file: 'pipelines/libraries/main.yml', plant: (text) => `${text}conda: [x]\n` },
  { rule: 'no-eggs', file: 'pipelines/libraries/main.yml', plant: (text) => `${text}egg: [x]\n` },
  {
    rule: 'library-once',
    file: 'pipelines/libraries/main.yml',
    plant: (text) => text.replace(']', ', simplejson==3.19.2]'),
  },
  { rule: 'jupyter-notebook-is-whole', file: 'workspace/x.ipynb', plant: () => '{' },
  {
    rule: 'one-file-per-workspace-path',
    file: 'workspace/y.sql',
    plant: () => '-- Databricks notebook source\n',
  },
]
const twin = { 'workspace/y.py': '# Databricks notebook source\n' }

describe('all faults at once', () => {
  test('every planted mistake is reported, whichever they are together', async () => {
    await assert(
      asyncProperty(subarray(mistakes, { minLength: 1 }), async (planted) => {
        const files: Record<string, string> = { ...sound, ...twin }
        for (const { file, plant } of planted) files[file] = plant(files[file] ?? '')
        const loaded = await load(files)
        const found = loaded.ok ? [] : loaded.faults.map(({ file, rule }) => `${file} ${rule}`)
        expect(found.toSorted()).toEqual(planted.map(({ file, rule }) => `${file} ${rule}`).toSorted())
      }),
      { numRuns: 60 },
    )
  })

  test('in the order of files and lines, each with a place and something to do', async () => {
    const files: Record<string, string> = { ...sound, ...twin }
    for (const { file, plant } of mistakes) files[file] = plant(files[file] ?? '')
    const loaded = await load(files)
    const faults = loaded.ok ? [] : loaded.faults
    expect(faults).toHaveLength(mistakes.length)
    expect(faults.map(({ file }) => file)).toEqual(faults.map(({ file }) => file).toSorted())
    expect(faults.filter(({ hint }) => !hint).map(line)).toEqual([])
  })
})
