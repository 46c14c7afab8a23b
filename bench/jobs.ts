import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { built, plainEnv, runGreen } from './process.ts'
import { checkCalls, latencyMs, median } from './row.ts'
import type { Bench } from './sync.ts'
import { startWorkspace, type Logged, type Workspace } from './workspace.ts'

/** One deployment of all jobs. */
export interface JobsRow {
  what: 'cold' | 'unchanged' | 'one changed'
  jobs: number
  calls: number
  writes: number
  wallMs: number
}

const jobs = 100

const job = (number: number, retries: number) => ({
  name: `bench-${number}`,
  tasks: [
    {
      task_key: 'main',
      existing_cluster_id: '${clusters.Bench.id}',
      notebook_task: { notebook_path: '${workspace.path}/main' },
      max_retries: retries,
    },
  ],
})

const names = Array.from({ length: jobs }, (_, index) => `job${index}`)

const spec = [
  'name: bench',
  'targets: { dev: { host: "${env.DATABRICKS_HOST}" } }',
  'workspace: { source: ../workspace, path: /Shared/BenchJobs }',
  'clusters: { Bench: { spec: clusters/bench.json } }',
  'jobs:',
  ...names.map((name) => `  ${name}: jobs/${name}.json`),
  '',
].join('\n')

const cluster = {
  cluster_name: 'bench',
  spark_version: '15.4.x-scala2.12',
  node_type_id: 'i3.xlarge',
  num_workers: 1,
}

const writeProject = async (folder: string, changed: boolean): Promise<void> => {
  for (const name of ['pipelines/clusters', 'pipelines/jobs', 'workspace'])
    await mkdir(join(folder, name), { recursive: true })
  await writeFile(join(folder, 'pipelines/brickrail.yml'), spec)
  await writeFile(join(folder, 'pipelines/clusters/bench.json'), JSON.stringify(cluster))
  await writeFile(join(folder, 'workspace/main.py'), '# Databricks notebook source\nprint(1)\n')
  for (const [index, name] of names.entries())
    await writeFile(
      join(folder, `pipelines/jobs/${name}.json`),
      JSON.stringify(job(index, changed && index === 0 ? 2 : 1)),
    )
}

const isWrite = ({ method, path }: Logged): boolean => method !== 'GET' && !path.endsWith('/events')

const deploy = async (bench: Bench, workspace: Workspace, what: JobsRow['what']): Promise<JobsRow> => {
  const checkout = await mkdtemp(join(bench.scratch, 'jobs-'))
  await writeProject(checkout, what === 'one changed')
  await workspace.takeLog()
  const env = {
    ...plainEnv(bench.scratch),
    DATABRICKS_HOST: workspace.url,
    DATABRICKS_TOKEN: workspace.token,
  }
  const args = [built('deploy'), '--target', 'dev', '--quiet']
  const { wallMs } = await runGreen({ file: process.execPath, args, cwd: checkout, env, stop: bench.stop })
  const calls = await workspace.takeLog()
  checkCalls(calls)
  await rm(checkout, { recursive: true })
  return { what, jobs, calls: calls.length, writes: calls.filter(isWrite).length, wallMs }
}

const middle = (rows: readonly JobsRow[]): JobsRow[] => {
  const [first] = rows
  return first ? [{ ...first, wallMs: median(rows.map(({ wallMs }) => wallMs)) }] : []
}

/**
 * Deployments of 100 jobs, each from a fresh checkout.
 * @throws when a run fails, or an unchanged one writes
 */
export const benchJobs = async (bench: Bench): Promise<JobsRow[]> => {
  const state = await mkdtemp(join(bench.scratch, 'state-'))
  const workspace = await startWorkspace(state, bench.stop)
  const times = async (count: number, what: JobsRow['what']): Promise<JobsRow[]> => {
    bench.say(`brickrail, ${jobs} jobs, ${what}`)
    const rows: JobsRow[] = []
    for (let index = 0; index < count; index += 1) rows.push(await deploy(bench, workspace, what))
    return rows
  }
  try {
    await workspace.reset(latencyMs)
    const cold = await times(1, 'cold')
    const unchanged = await times(3, 'unchanged')
    if (unchanged.some(({ writes }) => writes > 0)) throw new Error('an unchanged deployment made a write')
    const changed = await times(1, 'one changed')
    return [...cold, ...middle(unchanged), ...changed]
  } finally {
    await workspace.close()
  }
}
