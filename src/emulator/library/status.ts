import type { Library, LibraryFullStatus, LibraryStatus } from '../../wire/libraries.ts'
import type { ClusterRecord } from '../cluster/record.ts'
import type { Call } from '../server/call.ts'
import { takes } from '../server/clock.ts'
import { formatJson } from '../server/json.ts'
import { takeLibraryOutcome } from '../server/outcomes.ts'
import type { Store } from '../server/store.ts'
import { isFinal, showReal, shownReal, statusNow } from './real.ts'
import { librariesOf, saveLibrary, type LibraryRecord } from './rows.ts'
import { wake } from './wake.ts'

const phases = ['PENDING', 'RESOLVING', 'INSTALLING'] as const

const runtimeOf = (version: string | undefined): number => Number(/^(\d+)\./.exec(version ?? '')?.[1] ?? 0)

/** Messages of a failure that is certain before anything is installed: a scripted one, or the runtime's. */
export const failureOf = (db: Store, runtime: string | undefined, library: Library): string[] | undefined => {
  const outcome = takeLibraryOutcome(db, formatJson(library))
  if (outcome !== undefined) return outcome.messages ?? ['Library installation failed.']
  // Since Databricks Runtime 14.0: https://docs.databricks.com/release-notes/runtime/14.0.html
  if (library.egg !== undefined && runtimeOf(runtime) >= 14)
    return ['Egg libraries are not supported on Databricks Runtime 14.0 and above.']
  return undefined
}

/** Every run of the cluster has new nodes, so every library installs anew in it. */
const start = (call: Call, cluster: ClusterRecord, record: LibraryRecord, runningSince: number): number => {
  if (record.started_at !== undefined && record.started_at >= runningSince) return record.started_at
  record.started_at = Math.max(record.added_at, runningSince)
  record.seen = undefined
  record.fails = failureOf(call.db, cluster.spec.spark_version, record.library)
  return record.started_at
}

const progress = (call: Call, record: LibraryRecord, startedAt: number): LibraryStatus => {
  const phase = takes(call.mode, 'libraryPhase')
  const passed = phase === 0 ? phases.length : Math.floor((call.now - startedAt) / phase)
  // An end that nobody saw coming would leave every waiter untested.
  const index = record.seen === undefined ? Math.min(passed, phases.length - 1) : passed
  record.seen ??= call.now
  return phases[index] ?? (record.fails === undefined ? 'INSTALLED' : 'FAILED')
}

const realStatus = (
  call: Call,
  cluster: ClusterRecord,
  run: number,
  given: LibraryRecord,
): LibraryFullStatus => {
  const { record, ...state } = showReal(given, run, call.mode)
  if (JSON.stringify(record) !== JSON.stringify(given)) saveLibrary(call.db, cluster.cluster_id, record)
  if (!isFinal(statusNow(record, run))) wake(call.db)
  return shownReal(record.library, state)
}

const statusOf = (call: Call, cluster: ClusterRecord, record: LibraryRecord): LibraryFullStatus => {
  const shown = { library: record.library, is_library_for_all_clusters: false }
  if (record.marked === true) return { ...shown, status: 'UNINSTALL_ON_RESTART' }
  if (cluster.running_since === undefined) return { ...shown, status: 'PENDING' }
  if (call.site.compute !== undefined) return realStatus(call, cluster, cluster.running_since, record)
  const before = JSON.stringify(record)
  const status = progress(call, record, start(call, cluster, record, cluster.running_since))
  if (JSON.stringify(record) !== before) saveLibrary(call.db, cluster.cluster_id, record)
  return status === 'FAILED' && record.fails !== undefined
    ? { ...shown, status, messages: record.fails }
    : { ...shown, status }
}

/** Wanted libraries in order of addition, then those marked for removal. */
export const statusesOf = (call: Call, cluster: ClusterRecord): LibraryFullStatus[] => {
  const records = librariesOf(call.db, cluster.cluster_id)
  const wanted = records.filter((record) => record.marked !== true)
  const marked = records.filter((record) => record.marked === true)
  return [...wanted, ...marked].map((record) => statusOf(call, cluster, record))
}
