/** Installs what clusters want, in the background: nobody has to poll, and a restart of the emulator goes on with it. */
import type { Compute, EnvironmentRequest, LibraryOutcome } from '../../compute/compute.ts'
import type { Library } from '../../wire/libraries.ts'
import { settled } from '../cluster/machine.ts'
import { findRecord } from '../cluster/record.ts'
import { quietly } from '../runs/locked.ts'
import { now } from '../server/clock.ts'
import { canonical } from '../server/json.ts'
import { transact, type Services } from '../server/router.ts'
import type { Store } from '../server/store.ts'
import { localFiles, fileOf, keptFiles } from './local.ts'
import { isFinal, statusNow, withPhase } from './real.ts'
import { findLibrary, librariesOf, saveLibrary, type LibraryRecord, type RealInstallation } from './rows.ts'
import { failureOf } from './status.ts'
import { onWake } from './wake.ts'

interface Pump {
  /** Resolves when nothing is being installed on that cluster. */
  finished(cluster: string): Promise<void>
  stop(): void
}

const pumps = new WeakMap<Store, Pump>()

/** ms. A cluster that is starting is looked at again after this time. */
const pause = 500

const clusterOf = (services: Services, id: string) => {
  const record = findRecord(services.db, id)
  return record && settled({ db: services.db, mode: services.mode, now: now(services.db) }, record)
}

/** What is to be done on a RUNNING cluster: everything that it is to have, and which of that is new. */
interface Task {
  run: number
  libraries: Library[]
  todo: Library[]
  kept: Record<string, string>
}

const wantedOn = (db: Store, id: string): LibraryRecord[] =>
  librariesOf(db, id).filter(({ marked }) => marked !== true)

const end = (
  db: Store,
  id: string,
  run: number,
  { library, status, messages }: LibraryOutcome,
  file?: string,
): void => {
  const record = findLibrary(db, id, library)
  if (record === undefined) return
  const shown = record.real?.run === run ? record.real.shown : 0
  const real: RealInstallation = {
    run,
    status,
    messages,
    shown,
    ...(file === undefined ? {} : { file }),
  }
  saveLibrary(db, id, { ...record, real })
}

/** Scripted failures, and what the runtime refuses, end without an installation. */
const refuse = (services: Services, id: string, run: number, version: string | undefined): void => {
  const { db } = services
  for (const record of wantedOn(db, id).filter((one) => !isFinal(statusNow(one, run)))) {
    const messages = failureOf(db, version, record.library)
    if (messages !== undefined) end(db, id, run, { library: record.library, status: 'FAILED', messages })
  }
}

const nextTask = (services: Services, id: string): Task | undefined => {
  const { db } = services
  const cluster = clusterOf(services, id)
  const run = cluster?.running_since
  if (run === undefined) return undefined
  refuse(services, id, run, cluster?.spec.spark_version)
  const wanted = wantedOn(db, id)
  const installed = wanted.filter((record) => statusNow(record, run) === 'INSTALLED')
  const todo = wanted.filter((record) => !isFinal(statusNow(record, run)))
  if (todo.length === 0) return undefined
  return {
    run,
    libraries: [...installed, ...todo].map(({ library }) => library),
    todo: todo.map(({ library }) => library),
    kept: keptFiles(installed),
  }
}

/** A machine without Python cannot install anything, which is nobody's mistake where that was to be expected. */
const failed = (services: Services, compute: Compute, error: unknown): Omit<LibraryOutcome, 'library'> => ({
  status: services.site.lenient && 'missing' in compute.abilities.python ? 'SKIPPED' : 'FAILED',
  messages: [error instanceof Error ? error.message : String(error)],
})

const tell = (services: Services, id: string, task: Task, phase: 'RESOLVING' | 'INSTALLING'): void =>
  transact(services, () => {
    for (const library of task.todo) {
      const record = findLibrary(services.db, id, library)
      if (record !== undefined) saveLibrary(services.db, id, withPhase(record, task.run, phase))
    }
  })

const settle = (
  services: Services,
  id: string,
  task: Task,
  outcomes: readonly LibraryOutcome[],
  local: EnvironmentRequest['local'],
): void =>
  transact(services, () => {
    const found = new Map(outcomes.map((outcome) => [canonical(outcome.library), outcome]))
    for (const library of task.libraries) {
      const none = { library, status: 'FAILED' as const, messages: ['nothing is known of its installation'] }
      end(services.db, id, task.run, found.get(canonical(library)) ?? none, fileOf(local, library))
    }
  })

/** What is in already stays in, whatever becomes of the rest. */
const allFailed = (services: Services, compute: Compute, task: Task, error: unknown): LibraryOutcome[] =>
  task.libraries.map((library) =>
    task.todo.includes(library)
      ? { library, ...failed(services, compute, error) }
      : { library, status: 'INSTALLED', messages: [] },
  )

const install = async (
  services: Services,
  compute: Compute,
  id: string,
  task: Task,
  signal: AbortSignal,
): Promise<{ outcomes: LibraryOutcome[]; local: EnvironmentRequest['local'] }> => {
  const { libraries } = task
  let local: EnvironmentRequest['local'] = task.kept
  try {
    local = { ...localFiles(services, libraries), ...task.kept }
    const { outcomes } = await compute.environment({
      libraries,
      local,
      offlineIsSkipped: services.site.lenient,
      signal,
      onPhase: (phase) => tell(services, id, task, phase),
    })
    return { outcomes, local }
  } catch (error) {
    return { outcomes: allFailed(services, compute, task, error), local }
  }
}

const work = async (services: Services, compute: Compute, id: string, stop: AbortSignal): Promise<void> => {
  for (;;) {
    const task = transact(services, () => nextTask(services, id))
    if (task === undefined) return
    const { outcomes, local } = await install(services, compute, id, task, stop)
    if (stop.aborted) return
    settle(services, id, task, outcomes, local)
  }
}

/** Clusters with libraries; and whether one of them is on its way to RUNNING. */
const look = (services: Services): { running: string[]; coming: boolean } =>
  transact(services, () => {
    const rows = services.db.all<{ cluster: string }>('SELECT DISTINCT cluster FROM libraries')
    const clusters = rows.flatMap(({ cluster }) => clusterOf(services, cluster) ?? [])
    return {
      running: clusters
        .filter(({ running_since: run, cluster_id: id }) =>
          run === undefined
            ? false
            : wantedOn(services.db, id).some((record) => !isFinal(statusNow(record, run))),
        )
        .map(({ cluster_id: id }) => id),
      coming: clusters.some(({ state }) => state === 'PENDING' || state === 'RESTARTING'),
    }
  })

const createPump = (services: Services, compute: Compute): Pump & { tick(): void } => {
  const stopping = new AbortController()
  const jobs = new Map<string, Promise<void>>()
  let timer: NodeJS.Timeout | undefined
  const begin = (id: string): void => {
    if (jobs.has(id)) return
    const job = work(services, compute, id, stopping.signal)
      // The state was closed or removed meanwhile; what is unfinished is begun again by the next emulator.
      .catch(() => undefined)
      .finally(() => jobs.delete(id))
    jobs.set(id, job)
  }
  const tick = (): void => {
    clearTimeout(timer)
    if (stopping.signal.aborted) return
    let again = true
    quietly(() => {
      const { running, coming } = look(services)
      for (const id of running) begin(id)
      again = coming
    })
    if (again) timer = setTimeout(tick, pause).unref()
  }
  return {
    tick,
    finished: async (id) => {
      tick()
      await jobs.get(id)
    },
    stop: () => {
      clearTimeout(timer)
      stopping.abort(new Error('the workspace is being closed'))
    },
  }
}

/**
 * Install by itself, from now on, whatever clusters want; begins with what an earlier emulator on this state has left.
 * Without compute nothing is ever installed. Returns the end of it.
 */
export const startInstalling = (services: Services): (() => void) => {
  const { compute } = services.site
  if (compute === undefined) return () => undefined
  const pump = createPump(services, compute)
  pumps.set(services.db, pump)
  onWake(services.db, () => pump.tick())
  setImmediate(() => pump.tick())
  return () => pump.stop()
}

/**
 * Resolves when the libraries of that cluster are settled.
 * @throws the reason of `signal`
 */
export const finishedInstalling = async (
  { db }: Pick<Services, 'db'>,
  cluster: string,
  signal?: AbortSignal,
): Promise<void> => {
  signal?.throwIfAborted()
  const aborted = new Promise<never>((_, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
  await Promise.race([pumps.get(db)?.finished(cluster), aborted])
}
