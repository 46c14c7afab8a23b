import type { Databricks } from '../client/databricks.ts'
import { ApiError, hasCode } from '../http/api-error.ts'
import { writtenClusterIds } from '../plan/job-refs.ts'
import { jobOwnerOf } from '../plan/marker.ts'
import type { DeployedJobs, DesiredJob, ObservedJob } from '../plan/state-code.ts'
import type { Job } from '../wire/jobs.ts'

export interface JobQuery {
  project: string
  target: string
  jobs: readonly DesiredJob[]
}

/** A listing shows the first hundred tasks of a job: https://docs.databricks.com/api/workspace/jobs/list */
const complete = async (client: Databricks, job: Job): Promise<Job> =>
  job.has_more === true || job.next_page_token !== undefined ? await client.jobs.whole(job.job_id) : job

const observed = (
  key: string,
  { job_id, settings, creator_user_name, run_as_user_name }: Job,
): ObservedJob => ({
  key,
  job_id,
  settings,
  ...(creator_user_name === undefined ? {} : { creator: creator_user_name }),
  ...(run_as_user_name === undefined ? {} : { run_as: run_as_user_name }),
})

const oldestFirst = (a: Job, b: Job): number =>
  Number(a.created_time ?? 0) - Number(b.created_time ?? 0) || (BigInt(a.job_id) < BigInt(b.job_id) ? -1 : 1)

const withAcl = async (client: Databricks, job: ObservedJob): Promise<ObservedJob> => {
  const request_object_id = String(job.job_id)
  const { access_control_list = [] } = await client.permissions.get({
    request_object_type: 'jobs',
    request_object_id,
  })
  return { ...job, acl: access_control_list }
}

/** A cluster that this identity may not see is there all the same: the job may run as somebody else. */
const isThere = async (client: Databricks, id: string): Promise<boolean> => {
  try {
    return (await client.clusters.find(id)) !== undefined
  } catch (error) {
    if (error instanceof ApiError && error.status === 403) return true
    throw error
  }
}

/** Asked by its id: a cluster that was terminated long ago is no longer listed, and yet can be started by a run. */
const lostClusters = async (client: Databricks, jobs: readonly DesiredJob[]): Promise<string[]> => {
  const ids = [...new Set(jobs.flatMap(({ settings }) => writtenClusterIds(settings)))]
  const there = await Promise.all(ids.map((id) => isThere(client, id)))
  return ids.filter((_, i) => there[i] === false)
}

/**
 * Every job that is ours (declared here or not), and those that a declared one could be mistaken for. One list call for a hundred
 * jobs of the workspace, one more for each of ours that has declared permissions or more than a hundred tasks, and one for each id
 * of a cluster that is written out in a declaration.
 */
export const observeJobs = async (client: Databricks, query: JobQuery): Promise<DeployedJobs> => {
  const all = (await client.jobs.all()).sort(oldestFirst)
  const names = new Set(query.jobs.map(({ key, settings }) => (settings.name ?? key).toLowerCase()))
  const adopted = new Set(query.jobs.flatMap(({ adopt }) => (typeof adopt === 'string' ? [adopt] : [])))
  const isOurs = ({ settings }: Job) => {
    const owner = jobOwnerOf(settings)
    return owner?.project === query.project && owner.target === query.target
  }
  const isNobodys = ({ job_id, settings }: Job) =>
    jobOwnerOf(settings) === undefined &&
    (names.has(settings.name?.toLowerCase() ?? '') || adopted.has(String(job_id)))
  const withRights = new Set(query.jobs.flatMap(({ key, acl }) => (acl ? [key] : [])))
  const fill = async (job: Job, key: string): Promise<ObservedJob> => {
    const found = observed(key, await complete(client, job))
    return withRights.has(key) ? await withAcl(client, found) : found
  }
  const isWanted = ({ key, settings, adopt }: DesiredJob, { job_id, settings: there }: Job) =>
    adopt === String(job_id) ||
    (adopt === true && (settings.name ?? key).toLowerCase() === there.name?.toLowerCase())
  const lost = await lostClusters(client, query.jobs)
  const takenBy = (job: Job) => query.jobs.find((wanted) => isWanted(wanted, job))?.key ?? ''
  return {
    owned: await Promise.all(all.filter(isOurs).map((job) => fill(job, jobOwnerOf(job.settings)?.key ?? ''))),
    ...(lost.length > 0 ? { lostClusters: lost } : {}),
    unowned: await Promise.all(
      all.filter(isNobodys).map(async (job) => ({ ...(await fill(job, takenBy(job))), key: '' })),
    ),
  }
}

/** Runs are only shown, so not being allowed to see them must not stop a deployment. */
const activeRuns = async (client: Databricks) => {
  try {
    return await client.jobs.activeRuns()
  } catch (error) {
    if ((error instanceof ApiError && error.status === 403) || hasCode(error, 'FEATURE_DISABLED')) return []
    throw error
  }
}

/** Fill in how many runs are active, for the jobs of these ids: one paged list, none without ids. */
export const observeActiveRuns = async (
  client: Databricks,
  jobs: DeployedJobs | undefined,
  ids: readonly string[],
): Promise<DeployedJobs | undefined> => {
  if (jobs === undefined || ids.length === 0) return jobs
  const counts = new Map<string, number>()
  for (const { job_id } of await activeRuns(client))
    counts.set(String(job_id), (counts.get(String(job_id)) ?? 0) + 1)
  if (!ids.some((id) => counts.has(id))) return jobs
  const fill = (job: ObservedJob): ObservedJob =>
    ids.includes(String(job.job_id)) ? { ...job, activeRuns: counts.get(String(job.job_id)) ?? 0 } : job
  return { ...jobs, owned: jobs.owned.map(fill), unowned: jobs.unowned.map(fill) }
}
