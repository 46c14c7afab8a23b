/** One look at one run, inside of a transaction: everything that can happen now happens, the rest is told. */
import type { JobTask } from '../../wire/jobs.ts'
import { canceled, endAttempt, failed, timedOut } from './attempts.ts'
import { clusterFor, lostCluster, touchCluster, type Where } from './clusters.ts'
import { evaluate } from './condition.ts'
import { decide, standingOf, type Node } from './decide.ts'
import { finish } from './finish.ts'
import { resolvedTask } from './parameters.ts'
import {
  activeOfJob,
  hasEnded,
  lastAttempt,
  tasksOf,
  type Attempt,
  type Ending,
  type RunRecord,
  type TaskRecord,
} from './record.ts'
import { BadReference } from './references.ts'
import { unsupported } from './unsupported.ts'

export interface World extends Where {
  /** Why no code runs here, for people; undefined: it does. */
  readonly simulated: string | undefined
}

export type Effect =
  | { kind: 'launch'; run: RunRecord; attempt: string; task: JobTask; cluster: string | undefined }
  | { kind: 'cancel'; attempt: string }

/** `due`: when to look again, ms since 1970 in the workspace's time. */
export interface Progress {
  effects: Effect[]
  due: number
}

export const nodesOf = (run: RunRecord): Node[] => {
  const included = new Set(run.only)
  const byKey = new Map(tasksOf(run.settings).map((task) => [task.task_key, task]))
  return run.tasks
    .filter(({ key }) => run.only === undefined || included.has(key))
    .map((task) => {
      const settings = byKey.get(task.key)
      const { life, ended, outcome } = lastAttempt(task)
      const standing = hasEnded(life) && ended !== undefined ? standingOf(ended.result) : undefined
      return {
        key: task.key,
        dependsOn: (settings?.depends_on ?? []).map((edge) => ({
          key: edge.task_key,
          ...(edge.outcome === undefined ? {} : { outcome: edge.outcome }),
        })),
        runIf: settings?.run_if ?? 'ALL_SUCCESS',
        standing: standing ?? (life === 'BLOCKED' ? 'waiting' : 'active'),
        outcome,
      }
    })
}

const skipped = {
  EXCLUDED: { code: 'SKIPPED', message: 'The run condition of the task was not met.' },
  UPSTREAM_FAILED: { code: 'SKIPPED', message: 'An upstream task failed.' },
  UPSTREAM_CANCELED: { code: 'SKIPPED', message: 'An upstream task was canceled.' },
} as const

export const skippedAs = (result: keyof typeof skipped): Ending => ({
  life: 'SKIPPED',
  result,
  ...skipped[result],
})

const startTasks = (at: World, run: RunRecord): boolean => {
  const decisions = decide(nodesOf(run))
  for (const { key, next } of decisions) {
    const task = run.tasks.find((one) => one.key === key)
    if (task === undefined) continue
    const attempt = lastAttempt(task)
    if (next !== 'start') endAttempt(at, run, task, attempt, skippedAs(next))
    else Object.assign(attempt, { life: 'PENDING', start: at.now } satisfies Partial<Attempt>)
  }
  return decisions.length > 0
}

const placeCluster = (
  at: World,
  run: RunRecord,
  attempt: Attempt,
  task: JobTask,
  progress: Progress,
): Ending | undefined => {
  const found = clusterFor(at, run, task, attempt.cluster !== undefined)
  if ('fault' in found) return found.fault
  if (found.cluster !== undefined) attempt.cluster = found.cluster
  if (!found.ready) {
    progress.due = Math.min(progress.due, found.due)
    return undefined
  }
  if (at.simulated !== undefined) return failed('FEATURE_DISABLED', at.simulated)
  attempt.launched = true
  progress.effects.push({ kind: 'launch', run, attempt: attempt.id, task, cluster: found.cluster })
  return undefined
}

/** A PENDING attempt: how it ends at once, or undefined when it goes on. */
const begin = (
  at: World,
  run: RunRecord,
  attempt: Attempt,
  settings: JobTask,
  progress: Progress,
): Ending | undefined => {
  try {
    const task = resolvedTask(run, settings, attempt)
    if (task.condition_task !== undefined) {
      const found = evaluate(task.condition_task)
      if ('fault' in found) return failed('INVALID_RUN_CONFIGURATION', found.fault)
      attempt.outcome = `${found.outcome}`
      attempt.executing = at.now
      return { life: 'TERMINATED', result: 'SUCCESS', code: 'SUCCESS', message: '' }
    }
    const reason = unsupported(task)
    if (reason !== undefined) return failed('FEATURE_DISABLED', reason)
    return placeCluster(at, run, attempt, task, progress)
  } catch (error) {
    if (error instanceof BadReference) return failed('INVALID_RUN_CONFIGURATION', error.message)
    throw error
  }
}

const cancel = (attempt: Attempt, ending: Ending, progress: Progress): void => {
  attempt.ending ??= ending
  attempt.life = 'TERMINATING'
  progress.effects.push({ kind: 'cancel', attempt: attempt.id })
}

/** Code is under way: it may be called off, be too late, or have lost its cluster. */
const watch = (at: World, attempt: Attempt, progress: Progress): void => {
  const lost = attempt.executing === undefined ? undefined : lostCluster(at, attempt.cluster)
  if (attempt.ending !== undefined) return cancel(attempt, attempt.ending, progress)
  if (lost !== undefined) return cancel(attempt, lost, progress)
  if (attempt.cluster !== undefined) touchCluster(at, attempt.cluster)
}

/** @returns the ending of an attempt whose time is over */
const late = (at: World, attempt: Attempt, seconds: number, progress: Progress): Ending | undefined => {
  if (seconds <= 0 || attempt.life === 'WAITING_FOR_RETRY') return undefined
  const end = attempt.start + seconds * 1000
  if (at.now >= end) return timedOut(seconds)
  progress.due = Math.min(progress.due, end)
  return undefined
}

const moveTask = (at: World, run: RunRecord, task: TaskRecord, progress: Progress): boolean => {
  const attempt = lastAttempt(task)
  if (hasEnded(attempt.life) || attempt.life === 'BLOCKED') return false
  const settings = tasksOf(run.settings).find(({ task_key: key }) => key === task.key)
  if (settings === undefined) return false
  const over = late(at, attempt, settings.timeout_seconds ?? 0, progress)
  if (over !== undefined) attempt.ending ??= over
  if (attempt.launched === true) {
    watch(at, attempt, progress)
    return false
  }
  if (attempt.ending === undefined && attempt.due !== undefined && attempt.due > at.now) {
    progress.due = Math.min(progress.due, attempt.due)
    return false
  }
  if (attempt.life === 'WAITING_FOR_RETRY')
    Object.assign(attempt, { life: 'PENDING', start: at.now } satisfies Partial<Attempt>)
  const ending = attempt.ending ?? begin(at, run, attempt, settings, progress)
  if (ending === undefined) return false
  endAttempt(at, run, task, attempt, ending)
  return true
}

const stop = (at: World, run: RunRecord, stopping: Ending, progress: Progress): void => {
  run.life = 'TERMINATING'
  for (const task of run.tasks) {
    const attempt = lastAttempt(task)
    if (hasEnded(attempt.life)) continue
    if (attempt.launched === true) cancel(attempt, stopping, progress)
    else endAttempt(at, run, task, attempt, canceled(stopping.message))
  }
}

/** The oldest in the queue goes first, when there is a place. */
const hasPlace = (at: World, run: RunRecord): boolean => {
  const others = activeOfJob(at.db, run.job)
  const first = others.find(({ life }) => life === 'QUEUED')
  const taken = others.filter(({ life, seeded }) => life !== 'QUEUED' && seeded === undefined).length
  return first?.id === run.id && taken < (run.settings.max_concurrent_runs ?? 1)
}

const leaveQueue = (at: World, run: RunRecord): boolean => {
  if (run.life !== 'QUEUED') return true
  if (run.stopping !== undefined || !hasPlace(at, run)) return run.stopping !== undefined
  run.life = 'PENDING'
  run.started = at.now
  return true
}

const checkTime = (at: World, run: RunRecord, progress: Progress): void => {
  const seconds = run.settings.timeout_seconds ?? 0
  if (seconds <= 0 || run.started === undefined || run.stopping !== undefined) return
  const end = run.started + seconds * 1000
  if (at.now >= end) run.stopping = timedOut(seconds)
  else progress.due = Math.min(progress.due, end)
}

const move = (at: World, run: RunRecord, progress: Progress): void => {
  for (let moved = true; moved;) {
    moved = startTasks(at, run)
    for (const task of run.tasks) moved = moveTask(at, run, task, progress) || moved
  }
  const begun = run.tasks.some((task) => {
    const { life, executing } = lastAttempt(task)
    return executing !== undefined || hasEnded(life) || task.attempts.length > 1
  })
  if (begun) run.life = 'RUNNING'
}

/** Changes the record; the caller saves it. */
export const advance = (at: World, run: RunRecord): Progress => {
  const progress: Progress = { effects: [], due: Number.POSITIVE_INFINITY }
  if (run.seeded !== undefined || hasEnded(run.life) || !leaveQueue(at, run)) return progress
  checkTime(at, run, progress)
  if (run.stopping === undefined) move(at, run, progress)
  else stop(at, run, run.stopping, progress)
  if (run.tasks.every((task) => hasEnded(lastAttempt(task).life))) finish(at, run, nodesOf(run))
  return progress
}
