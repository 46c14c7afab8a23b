/** For runs: the environment of a cluster, with the libraries of a task beside its own. */
import type { Environment } from '../../compute/compute.ts'
import { outOfReach } from '../../compute/texts.ts'
import type { Library } from '../../wire/libraries.ts'
import { canonical } from '../server/json.ts'
import type { Services } from '../server/router.ts'
import type { Store } from '../server/store.ts'
import { localFiles } from './local.ts'
import { finishedInstalling } from './pump.ts'
import { statusNow } from './real.ts'
import { findRecord } from '../cluster/record.ts'
import { librariesOf, saveLibrary, type LibraryRecord } from './rows.ts'

const installedOn = ({ db }: Pick<Services, 'db'>, id: string): Library[] => {
  const since = findRecord(db, id)?.running_since
  return librariesOf(db, id)
    .filter((record) => record.marked !== true && statusNow(record, since) === 'INSTALLED')
    .map(({ library }) => library)
}

/** ms. Without a network pip takes seconds to give up: the tasks of one run do not all wait for that. */
const pause = 60_000

const tried = new WeakMap<Store, Map<string, number>>()

const isDue = (db: Store, cluster: string): boolean => {
  const times = tried.get(db) ?? new Map<string, number>()
  const last = times.get(cluster)
  const at = performance.now()
  if (last !== undefined && at - last < pause) return false
  tried.set(db, times.set(cluster, at))
  return true
}

const onlyOutOfReach = ({ marked, real }: LibraryRecord): boolean =>
  marked !== true &&
  real?.status === 'SKIPPED' &&
  (real.messages ?? []).some((text) => text.startsWith(outOfReach))

/** Those that only the network kept away are wanted afresh: it may be back. */
const tryAgain = ({ db }: Pick<Services, 'db'>, cluster: string): void =>
  db.atomically(() => {
    const records = librariesOf(db, cluster).filter(onlyOutOfReach)
    if (records.length === 0 || !isDue(db, cluster)) return
    for (const { real, ...record } of records) {
      const again = real && { run: real.run, status: 'PENDING' as const, shown: real.shown }
      saveLibrary(db, cluster, { ...record, real: again })
    }
  })

const without = (libraries: readonly Library[], others: readonly Library[]): Library[] => {
  const known = new Set(others.map(canonical))
  return libraries.filter((library) => !known.has(canonical(library)))
}

/**
 * The environment in which a run on this cluster is started. Waits until the libraries of the cluster are settled; those that
 * did not install are not in it (as on Databricks, that does not fail the run), but one that only the network kept away is tried
 * once more. Its outcomes are about `extra` only, in
 * that order: one that is not INSTALLED fails the run. Call it outside of a transaction.
 * @param cluster id of a RUNNING cluster; undefined: no libraries but `extra`
 * @param extra `libraries` of the task
 * @throws Error with the reason when there is no compute, or no environment can be made; the reason of `signal`
 */
export const environmentOf = async (
  services: Pick<Services, 'db' | 'site'>,
  cluster: string | undefined,
  extra: readonly Library[],
  signal?: AbortSignal,
): Promise<Environment> => {
  const { compute, lenient, simulated } = services.site
  if (compute === undefined) throw new Error(simulated)
  if (cluster !== undefined) {
    tryAgain(services, cluster)
    await finishedInstalling(services, cluster, signal)
  }
  const own = cluster === undefined ? [] : installedOn(services, cluster)
  const libraries = [...own, ...without(extra, own)]
  const environment = await compute.environment({
    libraries,
    local: localFiles(services, libraries),
    offlineIsSkipped: lenient,
    ...(signal === undefined ? {} : { signal }),
  })
  const asked = new Set(extra.map(canonical))
  const outcomes = environment.outcomes.filter(({ library }) => asked.has(canonical(library)))
  return { ...environment, outcomes }
}
