import { createHarness, type Harness } from '../support/harness.ts'
import type { Workspace } from './workspace.ts'

/** A story: what was there, what changed, and the command that is to bring it about. */
export interface Scenario {
  name: string
  command: string
  args?: string[]
  /** Bring project and workspace to where the story begins; `run` deploys what the project holds. */
  prepare?: (harness: Harness, workspace: Workspace, run: () => Promise<void>) => Promise<void>
  /** Change the project. */
  change?: (harness: Harness) => void
  /** The user has asked for a time without a cluster. */
  gap?: boolean
  /** The user has asked for an empty folder. */
  emptied?: boolean
}

export const root = '/Shared/Tiny'

export const configOf = (strategy = 'auto'): string =>
  [
    'name: tiny',
    'targets: { dev: { host: "${env.DATABRICKS_HOST}" } }',
    `workspace: { path: ${root} }`,
    'clusters:',
    `  Main: { spec: clusters/main.json, libraries: libraries/main.yml, strategy: ${strategy} }`,
    '',
  ].join('\n')

export const specOf = (fields: object = {}): string =>
  JSON.stringify({
    spark_version: '15.4.x-scala2.12',
    node_type_id: 'Standard_DS3_v2',
    num_workers: 1,
    autotermination_minutes: 60,
    spark_conf: { 'spark.task.maxFailures': '4' },
    ...fields,
  })

export const at = {
  config: 'pipelines/brickrail.yml',
  spec: 'pipelines/clusters/main.json',
  libraries: 'pipelines/libraries/main.yml',
} as const

const notebook = (code: string): string => `# Databricks notebook source\n${code}\n`

const files: Readonly<Record<string, string>> = {
  [at.config]: configOf(),
  [at.spec]: specOf(),
  [at.libraries]: 'pypi: [simplejson==3.19.2, yfinance==0.2.1]\n',
  'workspace/main.py': 'print(1)\n',
  'workspace/lib/helper.py': 'x = 1\n',
  'workspace/notebooks/train.py': notebook('1'),
  'workspace/data/prices.csv': 'a,b\n1,2\n',
}

export const createProject = (): Harness => createHarness(files)

const edited = (harness: Harness): void => {
  harness.write(at.spec, specOf({ node_type_id: 'Standard_DS4_v2' }))
  harness.write(at.libraries, 'pypi: [simplejson==3.19.3, yfinance==0.2.1]\n')
  harness.write('workspace/lib/helper.py', 'x = 2\n')
  harness.remove('workspace/data/prices.csv')
  harness.remove('workspace/notebooks/train.py')
  harness.write('workspace/notebooks/learn.py', notebook('1'))
}

const onlyCluster = async ({ client }: Workspace): Promise<string> => {
  const [found] = await client.clusters.all()
  if (!found) throw new Error('there is no cluster')
  return found.cluster_id
}

/** What people do to a cluster besides: pin it, share it, install on it, and put jobs on it. */
const livedIn = async (_: Harness, workspace: Workspace, run: () => Promise<void>): Promise<void> => {
  await run()
  const { client } = workspace
  const cluster_id = await onlyCluster(workspace)
  await client.clusters.pin({ cluster_id })
  await client.permissions.update({
    request_object_type: 'clusters',
    request_object_id: cluster_id,
    access_control_list: [{ group_name: 'users', permission_level: 'CAN_RESTART' }],
  })
  await client.libraries.install({ cluster_id, libraries: [{ pypi: { package: 'black==24.1.0' } }] })
  await client.jobs.create({
    name: 'nightly',
    tasks: [
      { task_key: 'one', existing_cluster_id: cluster_id, notebook_task: { notebook_path: '/one' } },
      { task_key: 'two', existing_cluster_id: cluster_id, notebook_task: { notebook_path: '/two' } },
    ],
  })
  await client.jobs.create({ name: 'old form', existing_cluster_id: cluster_id })
}

const terminated = async (_: Harness, workspace: Workspace, run: () => Promise<void>): Promise<void> => {
  await run()
  const cluster_id = await onlyCluster(workspace)
  await workspace.client.clusters.delete({ cluster_id })
  // Each state is shown once: TERMINATING, then TERMINATED.
  for (let looks = 0; looks < 3; looks += 1) await workspace.client.clusters.get({ cluster_id })
}

const deployed = async (_: Harness, __: Workspace, run: () => Promise<void>): Promise<void> => await run()

/** Each of the deployments, small: every call of each is a case of the matrices. */
export const scenarios: readonly Scenario[] = [
  { name: 'first deploy', command: 'deploy' },
  { name: 'edit', command: 'deploy', prepare: deployed, change: edited },
  {
    name: 'resize',
    command: 'deploy',
    prepare: deployed,
    change: (harness) => harness.write(at.spec, specOf({ num_workers: 3 })),
  },
  {
    name: 'blue-green',
    command: 'deploy',
    prepare: livedIn,
    change: (harness) => {
      edited(harness)
      harness.write(at.config, configOf('blue-green'))
    },
  },
  {
    name: 'recreate',
    command: 'deploy',
    prepare: livedIn,
    change: (harness) => {
      edited(harness)
      harness.write(at.config, configOf('recreate'))
    },
    gap: true,
  },
  { name: 'destroy', command: 'destroy', args: ['--yes'], prepare: livedIn, gap: true, emptied: true },
  {
    name: 'rollback',
    command: 'rollback',
    args: ['--to', '1', '--yes'],
    prepare: async (harness, _, run) => {
      await run()
      edited(harness)
      await run()
    },
  },
  {
    name: 'library removal',
    command: 'deploy',
    prepare: deployed,
    change: (harness) => harness.write(at.libraries, 'pypi: [yfinance==0.2.1]\n'),
  },
  { name: 'terminated cluster', command: 'deploy', prepare: terminated, change: edited },
  {
    name: 'changed types',
    command: 'deploy',
    prepare: async (harness, _, run) => {
      harness.write('workspace/turn/inner.txt', 'inside\n')
      harness.write('workspace/turn/deep/inner.txt', 'deeper\n')
      await run()
    },
    change: (harness) => {
      harness.remove('workspace/turn')
      harness.write('workspace/turn', 'now a file\n')
      harness.remove('workspace/main.py')
      // A file main.py and a notebook main.py.py are one path of two types.
      harness.write('workspace/main.py.py', notebook('print(1)'))
      harness.remove('workspace/notebooks/train.py')
      harness.write('workspace/notebooks/train/one.py', notebook('2'))
    },
  },
]
