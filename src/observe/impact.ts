import type { Databricks } from '../client/databricks.ts'
import { ApiError, hasCode } from '../http/api-error.ts'
import { isUsed, usesOf } from '../plan/job-use.ts'
import type { DeployedCluster, JobUse, ObservedCluster } from '../plan/state.ts'
import type { Job } from '../wire/jobs.ts'
import type { JobRun } from '../wire/runs.ts'

/** What else hangs on a cluster: asked only for clusters that a plan is about to interrupt or replace. */
interface Surroundings {
  jobs: Job[]
  runs: JobRun[]
  pinned: Set<string>
}

/** Runs are only shown, so not being allowed to see them must not stop a deployment. */
const orNothing = async <T>(work: Promise<T[]>): Promise<T[]> => {
  try {
    return await orNone(work)
  } catch (error) {
    if (error instanceof ApiError && error.status === 403) return []
    throw error
  }
}

/** A workspace without jobs has none to rewire. One that does not show them may have: a replacement would cut them off. */
const orNone = async <T>(work: Promise<T[]>): Promise<T[]> => {
  try {
    return await work
  } catch (error) {
    if (hasCode(error, 'FEATURE_DISABLED')) return []
    throw error
  }
}

const usersOf = (jobs: Job[], id: string): JobUse[] => jobs.map((job) => usesOf(job, id)).filter(isUsed)

const runsOn = (runs: JobRun[], id: string) =>
  runs
    .filter(
      ({ cluster_instance, tasks }) =>
        cluster_instance?.cluster_id === id ||
        tasks?.some((task) => (task.cluster_instance?.cluster_id ?? task.existing_cluster_id) === id),
    )
    .map(({ run_id, run_name }) => ({ run_id, run_name: run_name ?? String(run_id) }))

const surround = async (client: Databricks, cluster: ObservedCluster, around: Surroundings) => {
  const id = cluster.details.cluster_id
  const permissions = await client.permissions.get({ request_object_type: 'clusters', request_object_id: id })
  return {
    ...cluster,
    pinned: around.pinned.has(id),
    acl: permissions.access_control_list ?? [],
    jobs: usersOf(around.jobs, id),
    activeRuns: runsOn(around.runs, id),
  }
}

/** One that is gone has no permissions to ask for; the jobs that still name it wait for its replacement. */
const surroundLost = (cluster: ObservedCluster, { jobs }: Surroundings): ObservedCluster => ({
  ...cluster,
  jobs: usersOf(jobs, cluster.details.cluster_id),
})

/**
 * Fill in pin, access control list, jobs and active runs for the clusters of these ids, and the jobs of lost ones.
 * Three list calls, and one permissions call per cluster.
 */
export const observeImpact = async (
  client: Databricks,
  deployed: DeployedCluster[],
  ids: readonly string[],
): Promise<DeployedCluster[]> => {
  if (ids.length === 0 && deployed.every(({ lost }) => lost === undefined)) return deployed
  const [jobs, runs, pinned] = await Promise.all([
    orNone(client.jobs.all()),
    orNothing(client.jobs.activeRuns()),
    client.clusters.list({ 'filter_by.is_pinned': true, page_size: 100 }),
  ])
  const around = { jobs, runs, pinned: new Set(pinned.clusters?.map(({ cluster_id }) => cluster_id)) }
  const fill = async (clusters: ObservedCluster[]) =>
    await Promise.all(
      clusters.map(async (cluster) =>
        ids.includes(cluster.details.cluster_id) ? await surround(client, cluster, around) : cluster,
      ),
    )
  return await Promise.all(
    deployed.map(async ({ key, owned, unowned, lost }) => ({
      key,
      owned: await fill(owned),
      unowned: await fill(unowned),
      ...(lost === undefined ? {} : { lost: lost.map((cluster) => surroundLost(cluster, around)) }),
    })),
  )
}
