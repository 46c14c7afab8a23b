import type { Databricks } from '../client/databricks.ts'
import type { DeployedCluster, ObservedCluster } from '../plan/state.ts'
import type { ClusterDetails } from '../wire/clusters.ts'
import type { LibraryFullStatus } from '../wire/libraries.ts'
import { generationOf, ownerOf } from '../plan/marker.ts'

export interface ClusterQuery {
  project: string
  target: string
  clusters: { key: string; name: string; adopt: boolean | string }[]
  /** Only which clusters there are: no call per cluster. */
  bare?: boolean
}

/** Clusters of the Jobs service, pipelines and SQL live and die with their run; nobody else may touch them. */
const foreignSources = new Set(['JOB', 'MODELS', 'PIPELINE', 'PIPELINE_MAINTENANCE', 'SQL'])

const observed = (details: ClusterDetails, libraries: LibraryFullStatus[]): ObservedCluster => ({
  details,
  libraries,
  pinned: false,
  acl: [],
  jobs: [],
  activeRuns: [],
})

const statuses = async (client: Databricks, id: string): Promise<LibraryFullStatus[]> =>
  (await client.libraries.clusterStatus({ cluster_id: id })).library_statuses ?? []

/** A cluster to adopt that was terminated more than 30 days ago is no longer listed, but still there. */
const unlisted = async (client: Databricks, listed: ClusterDetails[], query: ClusterQuery) => {
  const ids = query.clusters.flatMap(({ adopt }) => (typeof adopt === 'string' ? [adopt] : []))
  const missing = ids.filter((id) => !listed.some(({ cluster_id }) => cluster_id === id))
  const found = await Promise.all(missing.map((id) => client.clusters.find(id)))
  return found.filter((details) => details !== undefined)
}

const newestFirst = (a: ClusterDetails, b: ClusterDetails) =>
  generationOf(b) - generationOf(a) || (a.cluster_id < b.cluster_id ? 1 : -1)

/**
 * Every cluster that is ours (declared here or not), and those of a declared name that are nobody's.
 * One list call, and one libraries call per cluster found.
 */
export const observeClusters = async (
  client: Databricks,
  query: ClusterQuery,
): Promise<DeployedCluster[]> => {
  const listed = await client.clusters.all()
  const all = [...listed, ...(await unlisted(client, listed, query))]
  const standing = all.filter(({ cluster_source }) => !foreignSources.has(cluster_source ?? ''))
  const ours = standing.filter((details) => {
    const owner = ownerOf(details)
    return owner?.project === query.project && owner.target === query.target
  })
  const keys = new Set([
    ...query.clusters.map(({ key }) => key),
    ...ours.map((details) => ownerOf(details)?.key ?? ''),
  ])
  const withLibraries = async (details: ClusterDetails) =>
    observed(details, query.bare ? [] : await statuses(client, details.cluster_id))
  return await Promise.all(
    [...keys].sort().map(async (key) => {
      const asked = query.clusters.find((cluster) => cluster.key === key)
      const owned = ours.filter((details) => ownerOf(details)?.key === key).sort(newestFirst)
      const unowned = standing.filter(
        (details) =>
          ownerOf(details) === undefined &&
          asked !== undefined &&
          (details.cluster_name === asked.name || details.cluster_id === asked.adopt),
      )
      return {
        key,
        owned: await Promise.all(owned.map(withLibraries)),
        unowned: await Promise.all(unowned.map(withLibraries)),
      }
    }),
  )
}
