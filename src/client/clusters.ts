import type { Call } from '../http/call.ts'
import { pages } from '../http/pages.ts'
import { clusters, type ClusterDetails, type ClusterEvent } from '../wire/clusters.ts'
import { orAbsent } from './absent.ts'
import { bind, type Bound } from './bind.ts'

export interface ClustersClient extends Bound<typeof clusters> {
  /** Every cluster that the workspace lists: pinned, active, and terminated within 30 days. */
  all(): Promise<ClusterDetails[]>
  /** `undefined` when there is none of that id. */
  find(id: string): Promise<ClusterDetails | undefined>
  lastEvents(id: string, count: number): Promise<ClusterEvent[]>
}

export const clustersClient = (call: Call): ClustersClient => {
  const bound = bind(call, clusters)
  return {
    ...bound,
    all: () => pages(call, clusters.list, { page_size: 100 }, 'clusters'),
    find: (id) => orAbsent(bound.get({ cluster_id: id })),
    lastEvents: async (id, limit) =>
      (await bound.events({ cluster_id: id, order: 'DESC', limit })).events ?? [],
  }
}
