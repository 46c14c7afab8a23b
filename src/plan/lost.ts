import type { DeployedCluster, LedgerTail, LostCluster, ObservedCluster, Plan } from './state.ts'

/** What dead runs have removed, or were about to, before the replacement was there. */
export const lostOf = (tail: LedgerTail): LostCluster[] => [
  ...(tail.state?.lost ?? []),
  ...tail.unsettled.flatMap(({ lost }) => lost ?? []),
]

/** What applying this plan removes before the replacement is there: recorded first, or a death in between would lose it. */
export const losses = (plan: Pick<Plan, 'clusters'>, deployed: readonly DeployedCluster[]): LostCluster[] =>
  plan.clusters.flatMap(({ key, action, id }) =>
    action === 'recreate'
      ? deployed
          .filter((found) => found.key === key)
          .flatMap(({ owned, unowned }) => [...owned, ...unowned])
          .filter(({ details }) => details.cluster_id === id)
          .map((cluster) => ({ key, cluster }))
      : [],
  )

/** What the cluster of a key inherits. From one that is still there only the pin, which goes first of all, may be missing. */
export const heirlooms = (
  current: ObservedCluster | undefined,
  lost: readonly ObservedCluster[] = [],
): ObservedCluster[] =>
  lost.map((cluster) =>
    cluster.details.cluster_id === current?.details.cluster_id
      ? { ...cluster, acl: [], jobs: [], libraries: [] }
      : cluster,
  )
