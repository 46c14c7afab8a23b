import type { Fail } from '../errors.ts'
import { countWrites } from '../plan/plan.ts'
import type { DeployedCluster, Plan } from '../plan/state.ts'
import { textTable, type Column } from '../report/table.ts'
import { historyData } from './history.ts'
import type { Planned } from './planning.ts'

interface ClusterRow {
  key: string
  id: string
  state: string
  libraries: string
  /** What the plan would do to it. */
  pending: string
}

/** The document of `status --output json`. */
export interface Status extends Record<string, unknown> {
  host: string
  project: string
  target: string
  clusters: ClusterRow[]
  files: { root: string; unchanged: number; pending: number } | null
  changes: number
  last: Record<string, unknown> | null
  lock: string | null
}

const librariesOf = (cluster: DeployedCluster['owned'][number]): string => {
  const counts = new Map<string, number>()
  for (const { status } of cluster.libraries) counts.set(status, (counts.get(status) ?? 0) + 1)
  return [...counts].map(([status, count]) => `${count} ${status}`).join(', ') || 'none'
}

const rowsOf = (plan: Plan, { key, owned }: DeployedCluster): ClusterRow[] => {
  const change = plan.clusters.find((cluster) => cluster.key === key)
  const open = (change?.install.length ?? 0) + (change?.uninstall.length ?? 0)
  const libraries = open > 0 ? `, ${open} libraries` : ''
  const pending =
    change === undefined || (change.action === 'none' && open === 0) ? '' : `${change.action}${libraries}`
  if (owned.length === 0) return [{ key, id: '', state: 'absent', libraries: '', pending }]
  return owned.map((cluster) => ({
    key,
    id: cluster.details.cluster_id,
    state: cluster.details.state,
    libraries: librariesOf(cluster),
    pending: pending === '' ? 'as declared' : pending,
  }))
}

export const statusData = (
  host: string,
  { desired, observation, plan }: Planned,
  lock: Fail | undefined,
): Status => {
  const [last] = observation.ledger.records
  return {
    host,
    project: desired.project,
    target: desired.target,
    clusters: observation.deployed.clusters.flatMap((cluster) => rowsOf(plan, cluster)),
    files: plan.files
      ? {
          root: plan.files.root,
          unchanged: plan.files.unchanged,
          pending: plan.files.add.length + plan.files.update.length + plan.files.delete.length,
        }
      : null,
    changes: countWrites(plan),
    last: last ? historyData(last) : null,
    lock: lock?.message ?? null,
  }
}

const columns: readonly Column<ClusterRow>[] = [
  { title: 'cluster', value: ({ key }) => key },
  { title: 'id', value: ({ id }) => id },
  { title: 'state', value: ({ state }) => state },
  { title: 'libraries', value: ({ libraries }) => libraries },
  { title: 'spec', value: ({ pending }) => pending },
]

const lastLine = (last: Status['last']): string =>
  last === null
    ? 'last deployment: none'
    : `last deployment: #${String(last['number'])} ${String(last['status'])}, ${String(last['command'])} by ${String(last['actor'])} at ${String(last['started_at'])}`

export const statusText = ({ host, project, target, clusters, files, last, lock }: Status): string =>
  [
    `${project} on ${target} (${host})`,
    '',
    clusters.length > 0 ? textTable(columns, clusters) : 'no clusters',
    '',
    files
      ? `files in ${files.root}: ${files.unchanged} as declared, ${files.pending} to change`
      : 'no files declared',
    lastLine(last),
    ...(lock === null ? [] : [`locked: ${lock}`]),
  ].join('\n')
