import type { Fail } from '../errors.ts'
import { countWrites } from '../plan/plan.ts'
import type { AppChange, ObservedJob, PackageChange } from '../plan/state-code.ts'
import type { DeployedCluster, Plan } from '../plan/state.ts'
import type { JobSettings } from '../wire/jobs.ts'
import { textTable, type Column } from '../report/table.ts'
import type { Workspace } from './connect.ts'
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

interface JobRow {
  key: string
  id: string
  /** Quartz expression and time zone; '' without one. */
  schedule: string
  paused: boolean
  /** What the plan would do to it. */
  pending: string
}

interface AppRow {
  key: string
  /** `dbfs:/…` */
  path: string
  layout: AppChange['layout']
  files: number
  /** What the plan would do to it. */
  pending: string
}

interface PackageRow {
  key: string
  /** As declared. */
  version: string
  /** `dbfs:/…` or `/Workspace/…` */
  path: string
  /** What the plan would do to it. */
  pending: string
}

/** The document of `status --output json`. */
export interface Status extends Record<string, unknown> {
  host: string
  /** Why the embedded workspace runs no code: its states are those of nothing real; null: they are. */
  simulated: string | null
  project: string
  target: string
  clusters: ClusterRow[]
  files: { root: string; unchanged: number; pending: number } | null
  packages: PackageRow[]
  apps: AppRow[]
  jobs: JobRow[]
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

const pendingOf = (action: string): string => (action === 'none' ? 'as declared' : action)

const scheduleOf = ({ schedule }: JobSettings): Pick<JobRow, 'schedule' | 'paused'> => ({
  schedule: schedule ? `${schedule.quartz_cron_expression} ${schedule.timezone_id}` : '',
  paused: schedule?.pause_status === 'PAUSED',
})

const jobRows = (plan: Plan, owned: readonly ObservedJob[]): JobRow[] =>
  (plan.jobs ?? []).map(({ key, id = '', action }) => {
    const found = owned.find(({ job_id }) => String(job_id) === id)
    return {
      key,
      id,
      ...(found ? scheduleOf(found.settings) : { schedule: '', paused: false }),
      pending: pendingOf(action),
    }
  })

const appRows = (apps: readonly AppChange[]): AppRow[] =>
  apps.map(({ key, root, layout, action, add, update, unchanged }) => ({
    key,
    path: `dbfs:${root}`,
    layout,
    files: add.length + update.length + unchanged,
    pending: pendingOf(action),
  }))

const packageRows = (packages: readonly PackageChange[]): PackageRow[] =>
  packages.map(({ key, version, path, action }) => ({ key, version, path, pending: pendingOf(action) }))

export const statusData = (
  { host, simulated }: Pick<Workspace, 'host' | 'simulated'>,
  { desired, observation, plan }: Planned,
  lock: Fail | undefined,
): Status => {
  const [last] = observation.ledger.records
  return {
    host,
    simulated: simulated ?? null,
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
    packages: packageRows(plan.packages ?? []),
    apps: appRows(plan.apps ?? []),
    jobs: jobRows(plan, observation.deployed.jobs?.owned ?? []),
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

const packageColumns: readonly Column<PackageRow>[] = [
  { title: 'package', value: ({ key }) => key },
  { title: 'version', value: ({ version }) => version },
  { title: 'wheel', value: ({ pending }) => pending },
]

const appColumns: readonly Column<AppRow>[] = [
  { title: 'app', value: ({ key }) => key },
  { title: 'path', value: ({ path }) => path },
  { title: 'layout', value: ({ layout }) => layout },
  { title: 'files', value: ({ files }) => files, align: 'right' },
  { title: 'content', value: ({ pending }) => pending },
]

const jobColumns: readonly Column<JobRow>[] = [
  { title: 'job', value: ({ key }) => key },
  { title: 'id', value: ({ id }) => id },
  { title: 'schedule', value: ({ schedule, paused }) => (paused ? `${schedule} (paused)` : schedule) },
  { title: 'settings', value: ({ pending }) => pending },
]

const lastLine = (last: Status['last']): string =>
  last === null
    ? 'last deployment: none'
    : `last deployment: #${String(last['number'])} ${String(last['status'])}, ${String(last['command'])} by ${String(last['actor'])} at ${String(last['started_at'])}`

/** Nothing where a project has none of a kind. */
const section = <Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string[] =>
  rows.length > 0 ? [textTable(columns, rows), ''] : []

export const statusText = (status: Status): string => {
  const { host, simulated, project, target, clusters, files, packages, apps, jobs, last, lock } = status
  const code = [
    ...section(packageColumns, packages),
    ...section(appColumns, apps),
    ...section(jobColumns, jobs),
  ]
  return [
    `${project} on ${target} (${host})`,
    ...(simulated === null ? [] : [simulated]),
    '',
    clusters.length > 0 ? textTable(columns, clusters) : 'no clusters',
    '',
    files
      ? `files in ${files.root}: ${files.unchanged} as declared, ${files.pending} to change`
      : 'no files declared',
    ...(code.length > 0 ? ['', ...code] : []),
    lastLine(last),
    ...(lock === null ? [] : [`locked: ${lock}`]),
  ].join('\n')
}
