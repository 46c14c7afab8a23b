import { endpoint, type Empty } from './endpoint.ts'

/** https://docs.databricks.com/api/workspace/libraries. Exactly one member is set; the whole object is the identity. */
export interface Library {
  pypi?: { package: string; repo?: string }
  cran?: { package: string; repo?: string }
  maven?: { coordinates: string; repo?: string; exclusions?: string[] }
  whl?: string
  jar?: string
  egg?: string
  requirements?: string
}

export type LibraryStatus =
  | 'PENDING'
  | 'RESOLVING'
  | 'INSTALLING'
  | 'INSTALLED'
  | 'FAILED'
  | 'SKIPPED'
  | 'UNINSTALL_ON_RESTART'
  | 'RESTORED'

export interface LibraryFullStatus {
  library: Library
  status: LibraryStatus
  messages?: string[]
  is_library_for_all_clusters?: boolean
}

export interface ClusterLibraryStatuses {
  cluster_id?: string
  library_statuses?: LibraryFullStatus[]
}

interface Change {
  cluster_id: string
  libraries: Library[]
}

const at = (name: string) => `/api/2.0/libraries/${name}`

export const libraries = {
  install: endpoint<Change, Empty>('POST', at('install'), { repeat: 'safe' }),
  uninstall: endpoint<Change, Empty>('POST', at('uninstall'), { repeat: 'safe' }),
  clusterStatus: endpoint<{ cluster_id: string }, ClusterLibraryStatuses>('GET', at('cluster-status')),
  allClusterStatuses: endpoint<Empty, { statuses?: ClusterLibraryStatuses[] }>(
    'GET',
    at('all-cluster-statuses'),
  ),
}
