/** Libraries: https://docs.databricks.com/api/workspace/libraries. With compute they are really installed, else states move. */
import type { libraries, Library } from '../wire/libraries.ts'
import { allows, demand } from './acl.ts'
import { existing, shown } from './cluster/machine.ts'
import { allRecords, type ClusterRecord } from './cluster/record.ts'
import { readLibrary } from './library/read.ts'
import { findLibrary, librariesOf, saveLibrary, type LibraryRecord } from './library/rows.ts'
import { statusesOf } from './library/status.ts'
import { wake } from './library/wake.ts'
import type { Call, Handlers } from './server/call.ts'
import { items, neededText } from './server/read.ts'
import { badValue } from './server/refused.ts'

const readLibraries = (value: unknown): Library[] => {
  const list = items(value, 'libraries')
  if (list === undefined || list.length === 0) throw badValue("Missing required field 'libraries'")
  return list.map(readLibrary)
}

const managed = (call: Call, id: unknown): ClusterRecord => {
  const cluster = existing(call, neededText(id, 'cluster_id'))
  demand(call, 'clusters', [`/clusters/${cluster.cluster_id}`], 'CAN_MANAGE')
  return cluster
}

const hasFailed = ({ real }: LibraryRecord): boolean =>
  real?.status === 'FAILED' || real?.status === 'SKIPPED'

/** The same library again is a no-op; one that failed or is marked for removal is wanted afresh. */
const install = (call: Call, id: string, library: Library): void => {
  const known = findLibrary(call.db, id, library)
  if (known === undefined) return saveLibrary(call.db, id, { library, added_at: call.now })
  if (known.marked === true) return saveLibrary(call.db, id, { ...known, marked: undefined })
  if (known.fails !== undefined || hasFailed(known))
    return saveLibrary(call.db, id, { library, added_at: call.now })
}

const statuses = (call: Call, cluster: ClusterRecord) => {
  const library_statuses = statusesOf(call, shown(call, cluster))
  return library_statuses.length === 0
    ? { cluster_id: cluster.cluster_id }
    : { cluster_id: cluster.cluster_id, library_statuses }
}

export const librariesHandlers: Handlers<typeof libraries> = {
  install: (input, call) => {
    const { cluster_id: id } = managed(call, input.cluster_id)
    for (const library of readLibraries(input.libraries)) install(call, id, library)
    wake(call.db)
    return {}
  },
  uninstall: (input, call) => {
    const { cluster_id: id } = managed(call, input.cluster_id)
    for (const library of readLibraries(input.libraries)) {
      const known = findLibrary(call.db, id, library)
      if (known !== undefined) saveLibrary(call.db, id, { ...known, marked: true })
    }
    return {}
  },
  clusterStatus: (input, call) => {
    const cluster = existing(call, neededText(input.cluster_id, 'cluster_id'))
    demand(call, 'clusters', [`/clusters/${cluster.cluster_id}`], 'CAN_ATTACH_TO')
    return statuses(call, cluster)
  },
  allClusterStatuses: (_, call) => {
    const found = allRecords(call.db)
      .filter(({ cluster_id: id }) => allows(call, 'clusters', [`/clusters/${id}`], 'CAN_ATTACH_TO'))
      .filter(({ cluster_id: id }) => librariesOf(call.db, id).length > 0)
      .map((cluster) => statuses(call, cluster))
    return found.length === 0 ? {} : { statuses: found }
  },
}
