import type { Databricks } from '../client/databricks.ts'
import { readLedger, type LedgerView } from '../ledger/read.ts'
import type { Deployed, Desired, RecordedState, Scope } from '../plan/state.ts'
import { foldersOf } from '../plan/paths.ts'
import { observeClusters } from './cluster.ts'
import { observeFiles } from './files.ts'

export interface Observation {
  deployed: Deployed
  ledger: LedgerView
}

const observeTree = async (client: Databricks, desired: Desired, state: RecordedState | undefined) => {
  const root = desired.files?.root ?? state?.files?.root
  if (root === undefined) return undefined
  const files = [...(desired.files?.files ?? []), ...(state?.files?.files ?? [])]
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
  const files = async () => {
    const ledger = await readLedger(client, place)
    const state = ledger.tail.state
    return { ledger, tree: scope.includes('files') ? await observeTree(client, desired, state) : undefined }
  }
  const [clusters, { ledger, tree }] = await Promise.all([wanted ? observeAll(client, desired) : [], files()])
  const deployed = { clusters, ledger: ledger.tail, ...(tree === undefined ? {} : { files: tree }) }
  return { deployed, ledger }
}
