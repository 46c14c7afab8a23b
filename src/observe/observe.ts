import type { Databricks } from '../client/databricks.ts'
import { readLedger, type LedgerView } from '../ledger/read.ts'
import type { Deployed, Desired, LedgerTail, Scope } from '../plan/state.ts'
import { clusterKeys } from '../plan/job-refs.ts'
import { lostOf } from '../plan/lost.ts'
import { foldersOf } from '../plan/paths.ts'
import { observeApps } from './apps.ts'
import { observeClusters } from './cluster.ts'
import { observeFiles } from './files.ts'
import { observeJobs } from './jobs.ts'
import { observePackages } from './packages.ts'

export interface Observation {
  deployed: Deployed
  ledger: LedgerView
}

const observeTree = async (client: Databricks, desired: Desired, { state, unsettled }: LedgerTail) => {
  const root = desired.files?.root ?? state?.files?.root
  if (root === undefined) return undefined
  // A dead run may have made folders that neither the project nor the record of the last finished one knows.
  const doubtful = unsettled.flatMap(({ paths }) => paths.map((path) => ({ path })))
  const files = [...(desired.files?.files ?? []), ...(state?.files?.files ?? []), ...doubtful]
  return await observeFiles(client, root, desired.files?.exclusive ? 'all' : foldersOf(files))
}

/** Jobs alone need no more of clusters than their ids, and that only where they name one. */
const clusterDepth = ({ jobs = [] }: Desired, scope: Scope): 'full' | 'bare' | 'none' => {
  if (scope.includes('cluster') || scope.includes('libraries')) return 'full'
  return scope.includes('job') && jobs.some(({ settings }) => clusterKeys(settings).length > 0)
    ? 'bare'
    : 'none'
}

/** A project that has no jobs, and had none, makes no call about jobs. */
const observeJobKind = async (client: Databricks, desired: Desired, { state }: LedgerTail, scope: Scope) => {
  const had = Object.keys(state?.jobs ?? {}).length > 0
  if (!scope.includes('job') || (desired.jobs === undefined && !had)) return undefined
  const { project, target, jobs = [] } = desired
  return await observeJobs(client, { project, target, jobs })
}

/** A project without packages and apps, that had none, makes no call about them. */
const observeCode = async (client: Databricks, desired: Desired, { state }: LedgerTail, scope: Scope) => {
  const [packages, apps] = await Promise.all([
    scope.includes('package') ? observePackages(client, desired.packages ?? [], state?.packages ?? {}) : [],
    scope.includes('app') ? observeApps(client, desired.apps ?? [], state?.apps ?? {}) : [],
  ])
  return { ...(packages.length > 0 ? { packages } : {}), ...(apps.length > 0 ? { apps } : {}) }
}

const observeAll = async (client: Databricks, desired: Desired, bare: boolean) => {
  const { project, target } = desired
  const clusters = desired.clusters.map(({ key, spec, adopt }) => ({
    key,
    name: spec.cluster_name ?? key,
    adopt,
  }))
  return await observeClusters(client, { project, target, clusters, bare })
}

/** Ask the workspace what is there of the kinds in scope. Reads only. */
export const observe = async (client: Databricks, desired: Desired, scope: Scope): Promise<Observation> => {
  const place = { project: desired.project, target: desired.target }
  const depth = clusterDepth(desired, scope)
  // First of all: claiming the next record then proves that nothing seen below was deployed over meanwhile.
  const ledger = await readLedger(client, place)
  const [clusters, tree, jobs, code] = await Promise.all([
    depth === 'none' ? [] : observeAll(client, desired, depth === 'bare'),
    scope.includes('files') ? observeTree(client, desired, ledger.tail) : undefined,
    observeJobKind(client, desired, ledger.tail, scope),
    observeCode(client, desired, ledger.tail, scope),
  ])
  const lost = lostOf(ledger.tail)
  const withLost = clusters.map((found) => {
    const ofKey = lost.filter(({ key }) => key === found.key).map(({ cluster }) => cluster)
    return ofKey.length > 0 ? { ...found, lost: ofKey } : found
  })
  const deployed = {
    clusters: withLost,
    ledger: ledger.tail,
    ...(tree === undefined ? {} : { files: tree }),
    ...code,
    ...(jobs === undefined ? {} : { jobs }),
  }
  return { deployed, ledger }
}
