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
          { pypi: { package: 'azure' } },
          { pypi: { package: 'googlemaps' } },
          { pypi: { package: 'python-tds' } },
          { pypi: { package: 'yfinance' } },
          { cran: { package: 'tidyverse' } },
        ],
        librariesExclusive: false,
      },
    ])
    expect(files?.root).toBe('/Shared/HelloWorkspace')
    expect(files?.files.map(({ path, format, language }) => [path, format, language])).toEqual([
      ['README.md', 'RAW', undefined],
      ['data/synthetic_prices.csv', 'RAW', undefined],
      ['notebooks/MovingAverage', 'SOURCE', 'SCALA'],
      ['notebooks/daily_summary', 'SOURCE', 'SQL'],
      ['notebooks/explore_prices', 'SOURCE', 'R'],
      ['notebooks/feature_check', 'JUPYTER', 'PYTHON'],
      ['notebooks/prepare_features', 'SOURCE', 'PYTHON'],
      ['scripts/check_prices.sh', 'RAW', undefined],
      ['scripts/make_prices.py', 'RAW', undefined],
      ['tesseract/__init__.py', 'RAW', undefined],
      ['tesseract/features.py', 'RAW', undefined],
      ['tesseract/prices.py', 'RAW', undefined],
      ['tests/__init__.py', 'RAW', undefined],
      ['tests/test_features.py', 'RAW', undefined],
    ])
  })

  test('aws: the AWS cluster alone, its read-only field out with a notice', async () => {
    const loaded = await sample('aws', { DATABRICKS_HOST: 'https://dbc-1.cloud.databricks.com' })
    const { clusters } = sane(loaded).desired
    expect(clusters.map(({ key }) => key)).toEqual(['mlops-tiny-ml'])
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
      'pipelines/brickrail.yml:9:11 env-not-set: the environment variable DATABRICKS_HOST is not set',
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
