import { connectionOf, groupOf, onlyReads } from '../ci/azure/environment.ts'
import { pipelineFiles } from '../ci/azure/file.ts'
import { isDeployment } from '../ci/azure/names.ts'
import type { Job, Pipeline } from '../ci/model.ts'
import type { Env } from '../env.ts'
import type { Wanted, WantedEnvironment, WantedPipeline, WantedResource } from '../host/bootstrap.ts'
import type { HostName } from './bootstrap-address.ts'
import { notesOf } from './bootstrap-notes.ts'
import { unique } from '../ci/sets.ts'
import { allowedOf } from './bootstrap-places.ts'
import { secretsOf } from './bootstrap-secrets.ts'

const isEnvironment = (host: HostName, job: Job): job is Job & { environment: string } => {
  if (job.environment === undefined) return false
  if (host === 'azure') return isDeployment(job)
  return host === 'github' || job.access !== 'read' || job.approval
}

const environmentsOf = (
  host: HostName,
  { jobs, defaultBranch }: Pipeline,
  approvers: readonly string[],
): WantedEnvironment[] => {
  const all = jobs.filter((job) => isEnvironment(host, job))
  return unique(all.map(({ environment }) => environment)).map((name) => {
    const here = all.filter(({ environment }) => environment === name)
    const approval = here.some((job) => job.approval)
    return { name, approval, approvers: approval ? approvers : [], ...allowedOf(here, defaultBranch) }
  })
}

/** By what of a job names it. Those beside them for jobs that only read are open to all branches. */
const resourcesOf = (pipeline: Pipeline, nameOf: (job: Job) => string | undefined): WantedResource[] =>
  unique(pipeline.jobs.flatMap((job) => nameOf(job) ?? [])).map((name) => {
    const here = pipeline.jobs.filter((job) => nameOf(job) === name)
    const open = here.every(onlyReads)
    return { name, ...(open ? { branches: [], tags: false } : allowedOf(here, pipeline.defaultBranch)) }
  })

/** Azure is told of each file, and what its jobs use. */
const pipelinesOf = (pipeline: Pipeline): WantedPipeline[] =>
  pipelineFiles(pipeline).map(({ name, event, jobs }) => ({
    name: `${pipeline.project} ${name}`,
    path: `azure-pipelines/${name}.yml`,
    validates: event === 'merge_request',
    groups: unique(jobs.flatMap((job) => groupOf(job, pipeline) ?? [])),
    connections: unique(jobs.flatMap((job) => connectionOf(job, pipeline) ?? [])),
    environments: unique(jobs.filter(isDeployment).map(({ environment }) => environment)),
  }))

const azureOf = (pipeline: Pipeline): Pick<Wanted, 'groups' | 'connections' | 'pipelines'> => ({
  groups: resourcesOf(pipeline, (job) => groupOf(job, pipeline)),
  connections: resourcesOf(pipeline, (job) => connectionOf(job, pipeline)),
  pipelines: pipelinesOf(pipeline),
})

const checksOf = (host: HostName, { jobs }: Pipeline): string[] => {
  if (!jobs.some(({ on }) => on.includes('merge_request'))) return []
  // The job that all others of a pull request lead to; GitLab has one check: the pipeline; Azure has its policy.
  return { github: ['brickrail'], gitlab: ['pipeline'], azure: [] }[host]
}

/** What a host has to know and keep so that the generated pipelines run. Pure. */
export const wantedOf = (
  pipeline: Pipeline,
  { host, env, approvers }: { host: HostName; env: Env; approvers: readonly string[] },
): Wanted => {
  const { project, defaultBranch, jobs } = pipeline
  const environments = environmentsOf(host, pipeline, approvers)
  const none = { groups: [], connections: [], pipelines: [] }
  const scheduled = jobs.filter(({ on, schedule }) => on.includes('schedule') && schedule !== undefined)
  return {
    project,
    defaultBranch,
    secrets: secretsOf(host, pipeline, env),
    environments,
    ...(host === 'azure' ? azureOf(pipeline) : none),
    // The others have theirs in the files.
    schedules:
      host === 'gitlab' ? scheduled.map(({ name, schedule }) => ({ name, cron: schedule ?? '' })) : [],
    checks: checksOf(host, pipeline),
    locks: host === 'github' ? [] : unique(jobs.flatMap(({ lock }) => lock ?? [])),
    notes: notesOf(host, pipeline, environments),
  }
}
