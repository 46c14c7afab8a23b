import type { ClusterAction, ObservedCluster } from './state.ts'

const named = (names: string[]): string =>
  names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ')

const interrupted = ({ activeRuns }: ObservedCluster): string[] =>
  activeRuns.length > 0
    ? [`interrupts ${activeRuns.length} active run(s): ${named(activeRuns.map(({ run_name }) => run_name))}`]
    : []

const carried = ({ acl, pinned, jobs }: ObservedCluster): string[] => {
  const grants = acl.flatMap(({ all_permissions }) =>
    (all_permissions ?? []).filter(({ inherited }) => !inherited),
  )
  return [
    ...(jobs.length > 0
      ? [`${jobs.length} job(s) are rewired to the new id: ${named(jobs.map(({ name }) => name))}`]
      : []),
    ...(grants.length > 0 ? [`${grants.length} permission(s) are copied to the new cluster`] : []),
    ...(pinned ? ['the pin moves to the new cluster'] : []),
    'the id changes: attached notebooks, JDBC/ODBC paths and dashboards still point to the old one',
  ]
}

const orphaned = ({ jobs, pinned }: ObservedCluster): string[] => [
  ...(jobs.length > 0
    ? [`${jobs.length} job(s) lose their cluster: ${named(jobs.map(({ name }) => name))}`]
    : []),
  ...(pinned ? ['it is pinned, and is unpinned first'] : []),
]

/** What a change interrupts or breaks, in sentences. Complete once jobs, runs, pin and permissions were observed. */
export const hitsOf = (cluster: ObservedCluster, action: ClusterAction, restart: boolean): string[] => {
  if (restart) return [...interrupted(cluster), 'attached notebooks lose their state']
  if (action === 'blue-green') return [...interrupted(cluster), ...carried(cluster)]
  if (action === 'recreate')
    return [...interrupted(cluster), ...carried(cluster), 'there is no cluster until the new one runs']
  if (action === 'delete') return [...interrupted(cluster), ...orphaned(cluster)]
  return []
}
