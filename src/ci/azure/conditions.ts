// https://learn.microsoft.com/en-us/azure/devops/pipelines/process/conditions
import type { Job } from '../model.ts'
import { isSubset } from '../sets.ts'
import { accompanies } from '../triggers.ts'
import type { PipelineFile } from './file.ts'
import { quoted } from './names.ts'

const variable = (name: string): string => `variables['${name}']`

const sourceIs = (branches: readonly string[]): string => {
  const refs = branches.map((branch) => quoted(`refs/heads/${branch}`)).join(', ')
  return `${branches.length === 1 ? 'eq' : 'in'}(${variable('Build.SourceBranch')}, ${refs})`
}

/**
 * What must hold for a job to run, besides its needs. Anybody with the right to queue can run any of these pipelines by hand
 * and on any branch: what writes asks for the event that it was made for.
 */
const requirements = (job: Job, { event, branches, pipeline }: PipelineFile): string[] => {
  const own = job.branches
  const writes = job.access === 'write'
  switch (event) {
    case 'push':
      return writes || !isSubset(branches, own) ? [sourceIs(own)] : []
    case 'merge_request':
      return [
        ...(writes ? [`eq(${variable('Build.Reason')}, 'PullRequest')`] : []),
        ...(job.forks ? [] : [`ne(${variable('System.PullRequest.IsFork')}, 'True')`]),
      ]
    case 'manual':
      return accompanies(job) ? [] : [sourceIs([pipeline.defaultBranch])]
    case 'schedule':
      return accompanies(job)
        ? []
        : [`eq(${variable('Build.CronSchedule.DisplayName')}, ${quoted(job.name)})`]
    case 'tag':
      return writes ? [`startsWith(${variable('Build.SourceBranch')}, 'refs/tags/')`] : []
  }
}

/** Whether a run of this pipeline may be without a need of a job that is in it. */
const mayLack = (job: Job, need: Job, { event }: PipelineFile): boolean => {
  switch (event) {
    case 'push':
      return !isSubset(job.branches, need.branches)
    case 'merge_request':
      return job.forks && !need.forks
    case 'schedule':
      return !accompanies(need)
    case 'manual':
    case 'tag':
      return false
  }
}

const isTolerant = (job: Job, file: PipelineFile): boolean =>
  file.jobs.some((need) => job.needs.includes(need.name) && mayLack(job, need, file))

/** A condition that does not ask for success holds for failed and cancelled runs, too; `failed()` lets skipped ones pass. */
const conjunction = (tolerant: boolean, parts: readonly string[]): string | undefined => {
  if (tolerant) return `and(${['not(failed())', 'not(canceled())', ...parts].join(', ')})`
  return parts.length > 0 ? `and(${['succeeded()', ...parts].join(', ')})` : undefined
}

/** `condition` of a job, or of its stage when it has one of its own. */
export const conditionOf = (job: Job, file: PipelineFile): string | undefined =>
  conjunction(isTolerant(job, file), requirements(job, file))

/** `condition` of a stage of several jobs, each of which has its own. */
export const stageCondition = (jobs: readonly Job[], file: PipelineFile): string | undefined =>
  conjunction(
    jobs.some((job) => isTolerant(job, file)),
    [],
  )
