import { onTestFinished } from 'vitest'
import { createHarness, type Harness } from '../support/harness.ts'

export const spec = {
  spark_version: '17.3.x-scala2.13',
  node_type_id: 'Standard_DS3_v2',
  num_workers: 1,
  autotermination_minutes: 60,
}

/** A small sound project: one cluster, one library, two files. */
export const sound: Readonly<Record<string, string>> = {
  'pipelines/brickrail.yml': [
    'name: sample',
    'targets:',
    "  dev: { host: '${env.DATABRICKS_HOST}', default: true }",
    "  prod: { host: '${env.DATABRICKS_HOST}', protected: true }",
    'workspace: { source: ../workspace, path: /Shared/Sample }',
    'clusters:',
    '  Main: { spec: clusters/main.json, libraries: libraries/main.yml }',
    '',
  ].join('\n'),
  'pipelines/clusters/main.json': JSON.stringify(spec),
  'pipelines/libraries/main.yml': 'pypi: [simplejson==3.19.2]\n',
  'workspace/a.py': 'print(1)\n',
  'workspace/lib/b.py': 'print(2)\n',
}

/** The sound project with some files replaced, and its workspace. */
export const open = (files: Readonly<Record<string, string>> = {}): Harness => {
  const harness = createHarness({ ...sound, ...files })
  onTestFinished(() => harness.close())
  return harness
}
