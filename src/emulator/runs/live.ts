/** The processes of this emulator's attempts, and what becomes of the attempts when they end. */
import type { Compute, RunningTask, TaskResult } from '../../compute/compute.ts'
import { now } from '../server/clock.ts'
import { Refused } from '../server/refused.ts'
import { transact, type Services } from '../server/router.ts'
import { endAttempt, endingOf, failed } from './attempts.ts'
import { revokeToken } from './env.ts'
import { persist } from './locked.ts'
import { prepare, type Launch } from './prepare.ts'
import {
  attemptOf,
  findRun,
  hasEnded,
  saveOutput,
  saveRun,
  type Attempt,
  type Ending,
  type RunRecord,
} from './record.ts'
import { Unstartable } from './work.ts'

/** Runs are ended within 5 s; whoever closes does not wait much longer for a disk that stays full. */
const closingMs = 8000

interface Entry {
  readonly abort: AbortController
  readonly done: Promise<void>
  running?: RunningTask
  /** Nobody wants to know any more. */
  abandoned?: boolean
  /** The end is tried to be written until then, ms since 1970: the emulator is being closed. */
  until?: number
}

export interface Live {
  launch(launch: Launch): void
  cancel(attempt: string): void
  size(): number
  /** Resolves when all that runs now has ended and is written down, or could not be for some seconds. */
  settled(): Promise<void>
  /** Write nothing any more; and cancel everything, or leave it running. */
  abandon(canceling: boolean): void
}

/** What went wrong before there was a process. */
const endingOfError = (error: unknown): Ending => {
  if (error instanceof Unstartable) return error.ending
  if (error instanceof Refused) return failed('STORAGE_ACCESS_ERROR', error.message)
  return failed('INTERNAL_ERROR', error instanceof Error ? error.message : String(error))
}

/** Change one attempt, if it still is there and active. */
const change = (
  services: Services,
  { run: { id: runId }, attempt: id }: Launch,
  work: (run: RunRecord, attempt: Attempt) => void,
): void =>
  transact(services, () => {
    const run = findRun(services.db, runId)
    const attempt = run && attemptOf(run, id)
    if (run === undefined || attempt === undefined || hasEnded(attempt.life)) return
    work(run, attempt)
    saveRun(services.db, run)
  })

const end = (services: Services, launch: Launch, ending: Ending, result?: TaskResult): void =>
  change(services, launch, (run, attempt) => {
    const { db, mode } = services
    const task = run.tasks.find(({ attempts }) => attempts.includes(attempt))
    if (task === undefined) return
    const { error, trace, notebookResult: notebook } = result ?? {}
    const output = { ...(error && { error }), ...(trace && { trace }), ...(notebook && { notebook }) }
    if (Object.keys(output).length > 0) saveOutput(db, attempt.id, output)
    endAttempt({ db, mode, now: now(db) }, run, task, attempt, attempt.ending ?? ending)
  })

const begun = (services: Services, launch: Launch, token: string | undefined): void =>
  change(services, launch, (run, attempt) => {
    if (attempt.life === 'PENDING') attempt.life = 'RUNNING'
    attempt.executing = now(services.db)
    if (token !== undefined) attempt.token = token
    if (run.life === 'PENDING') run.life = 'RUNNING'
  })

/** Write, unless nobody wants to know any more; wait for a locked database or a full disk. */
const keep = async (entry: Entry, write: () => void): Promise<void> => {
  if (entry.abandoned === true) return
  await persist(write, () => entry.abandoned === true || Date.now() > (entry.until ?? Date.now()))
}

const execute = async (services: Services, compute: Compute, launch: Launch, entry: Entry): Promise<void> => {
  const request = await prepare(services, launch, entry.abort.signal)
  const token = request.env['DATABRICKS_TOKEN']
  try {
    entry.abort.signal.throwIfAborted()
    entry.running = await compute.start(request)
    if (entry.abort.signal.aborted) void entry.running.cancel()
    else await keep(entry, () => begun(services, launch, token))
    const result = await entry.running.done
    await keep(entry, () => end(services, launch, endingOf(result), result))
  } finally {
    // A fault of ours must not leave a process that nobody watches.
    await entry.running?.cancel()
    await keep(entry, () => services.db.atomically(() => revokeToken(services.db, token)))
  }
}

/** @param changed called after an end was written */
export const createLive = (services: Services, changed: () => void): Live => {
  const entries = new Map<string, Entry>()
  const start = async (launch: Launch, compute: Compute): Promise<void> => {
    const entry = entries.get(launch.attempt)
    if (entry === undefined) return
    try {
      await execute(services, compute, launch, entry)
    } catch (error) {
      await keep(entry, () => end(services, launch, endingOfError(error)))
    } finally {
      entries.delete(launch.attempt)
      if (entry.abandoned !== true) changed()
    }
  }
  const cancel = (entry: Entry): void => {
    if (entry.abort.signal.aborted) return
    entry.abort.abort(new Error('the run was canceled'))
    if (entry.running) void entry.running.cancel()
  }
  return {
    launch: (launch) => {
      const { compute } = services.site
      if (compute === undefined || entries.has(launch.attempt)) return
      // The entry must be there before the work begins to look for it.
      const done = Promise.resolve().then(() => start(launch, compute))
      entries.set(launch.attempt, { abort: new AbortController(), done })
    },
    cancel: (attempt) => {
      const entry = entries.get(attempt)
      if (entry) cancel(entry)
    },
    size: () => entries.size,
    settled: async () => {
      for (const entry of entries.values()) entry.until ??= Date.now() + closingMs
      await Promise.all([...entries.values()].map(({ done }) => done))
    },
    abandon: (canceling) => {
      for (const entry of entries.values()) {
        entry.abandoned = true
        if (canceling) cancel(entry)
      }
      entries.clear()
    },
  }
}
