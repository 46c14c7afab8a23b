import type { Databricks } from '../client/databricks.ts'
import { readLedger, type LedgerView } from '../ledger/read.ts'
import type { Deployed, Desired, LedgerTail, Scope } from '../plan/state.ts'
import { lostOf } from '../plan/lost.ts'
import { foldersOf } from '../plan/paths.ts'
import { observeClusters } from './cluster.ts'
import { observeFiles } from './files.ts'

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

const observeAll = async (client: Databricks, desired: Desired) => {
  const { project, target } = desired
  const clusters = desired.clusters.map(({ key, spec, adopt }) => ({
    key,
    name: spec.cluster_name ?? key,
    adopt,
  }))
  return await observeClusters(client, { project, target, clusters })
}

/** Ask the workspace what is there of the kinds in scope. Reads only. */
export const observe = async (client: Databricks, desired: Desired, scope: Scope): Promise<Observation> => {
  const place = { project: desired.project, target: desired.target }
  const wanted = scope.includes('cluster') || scope.includes('libraries')
  // First of all: claiming the next record then proves that nothing seen below was deployed over meanwhile.
  const ledger = await readLedger(client, place)
  const [clusters, tree] = await Promise.all([
    wanted ? observeAll(client, desired) : [],
    scope.includes('files') ? observeTree(client, desired, ledger.tail) : undefined,
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
  }
  return { deployed, ledger }
}
