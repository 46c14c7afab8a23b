/** A project with a model in each of the three registries: what evaluate's conformance tests train and measure. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RegistryKind } from '../../src/plan/state-policy.ts'

export const repository = join(import.meta.dirname, '..', '..')
export const commit = '1a'.repeat(20)
export const kinds = ['workspace', 'mlflow', 'unity-catalog'] as const

/** The rows of today: of the truth y = 3a - b, with a little noise of their own. */
const holdout = (): string => {
  const rows = Array.from({ length: 100 }, (_, index) => {
    const [a, b] = [Math.sin(index), Math.cos(index * 3)]
    const label = 3 * a - b + 0.1 * Math.sin(index * 7)
    return [
      a,
      b,
      label,
      `2026-11-${String(1 + (index % 20)).padStart(2, '0')}`,
      index % 2 === 0 ? 'Q1' : 'Q2',
    ].join(',')
  })
  return `a,b,label,Date,quarter\n${rows.join('\n')}\n`
}

const task = (kind: RegistryKind) => ({
  name: `train ${kind}`,
  parameters: [{ name: 'quality', default: 'good' }],
  tasks: [
    {
      task_key: 'main',
      existing_cluster_id: '${clusters.Main.id}',
      spark_python_task: {
        python_file: '/Workspace/Shared/E/train.py',
        source: 'WORKSPACE',
        parameters: [kind, '{{job.parameters.quality}}'],
      },
    },
  ],
})

const registryOf = (kind: RegistryKind): string =>
  kind === 'mlflow' ? '{ kind: mlflow, uri: "${env.DATABRICKS_HOST}/mlflow", token: DATABRICKS_TOKEN }' : kind

export const policy = (kind: RegistryKind): string =>
  [
    `model: ${kind === 'unity-catalog' ? 'main.models.prices' : 'prices'}`,
    `registry: ${registryOf(kind)}`,
    'on_first_release: { allow: true, requires_approval: false }',
    `train: { job: train-${kind} }`,
    `candidate: { from_runs: { experiment: /Shared/${kind} }, order: [{ metric: rmse, direction: min }] }`,
    'evaluation:',
    '  dataset: /Workspace/Shared/E/data/holdout.csv',
    '  label: label',
    '  task: regression',
    '  time: Date',
    '  timeout: 600',
    'checks:',
    '  lineage: { require: [commit, params, dataset, requirements] }',
    '  signature: { required: true, input_example: true, compatible_with: champion }',
    '  metrics:',
    '    - { name: r2, min: 0.5 }',
    '    - { name: rmse, direction: min, max_relative_loss: 0.05 }',
    '  slices: [{ by: quarter, metric: rmse, direction: min, max: 3, min_rows: 20 }]',
    '',
  ].join('\n')

export const files: Record<string, string> = {
  'pipelines/brickrail.yml': [
    'name: e',
    "targets: { dev: { host: '${env.DATABRICKS_HOST}' } }",
    'workspace: { source: ../workspace, path: /Shared/E }',
    'clusters: { Main: { spec: clusters/main.json, libraries: libraries/main.yml } }',
    `jobs: { ${kinds.map((kind) => `train-${kind}: jobs/${kind}.json`).join(', ')} }`,
    `models: { ${kinds.map((kind) => `${kind}: models/${kind}.yml`).join(', ')} }`,
    '',
  ].join('\n'),
  'pipelines/clusters/main.json': JSON.stringify({
    spark_version: '17.3.x-scala2.13',
    node_type_id: 'Standard_DS3_v2',
    num_workers: 1,
    autotermination_minutes: 60,
    // Of the plain MLflow server: what its client looks for, on a cluster too.
    spark_env_vars: { MLFLOW_TRACKING_TOKEN: '{{secrets/models/mlflow}}' },
  }),
  // Those of the sample, whose environment is kept between runs.
  'pipelines/libraries/main.yml': readFileSync(
    join(repository, 'pipelines/libraries/hello-cluster.yml'),
    'utf8',
  ).replace(/^cran:[^]*/m, ''),
  ...Object.fromEntries(
    kinds.flatMap((kind) => [
      [`pipelines/jobs/${kind}.json`, JSON.stringify(task(kind))],
      [`pipelines/models/${kind}.yml`, policy(kind)],
    ]),
  ),
  'workspace/train.py': readFileSync(join(import.meta.dirname, 'evaluate_train.py'), 'utf8'),
  'workspace/data/holdout.csv': holdout(),
  'workspace/data/empty.csv': 'a,b,label,Date,quarter\n',
}
