/**
 * What an observer is to see. The run drives itself, but whoever looks with runs/get sees PENDING, RUNNING, TERMINATING and
 * the end one after the other, each at least once: waiters that were never shown a passing state are untested waiters.
 */
import type { LifeCycleState } from '../../wire/runs.ts'
import {
  hasEnded,
  lastAttempt,
  saveRun,
  tasksOf,
  type Attempt,
  type RunRecord,
  type TaskRecord,
} from './record.ts'
import type { Store } from '../server/store.ts'

type Level = LifeCycleState | 'ENDED'

const hasRun = (run: RunRecord): boolean =>
  run.life === 'RUNNING' ||
  run.shown === 'RUNNING' ||
  run.tasks.some(({ attempts }) => attempts.some(({ executing }) => executing !== undefined))

/** What this run passes through, as far as it is known. */
const levelsOf = (run: RunRecord): Level[] => {
  if (run.life === 'SKIPPED') return ['ENDED']
  const running: Level[] = hasRun(run) ? ['RUNNING'] : []
  const stopping: Level[] =
    run.stopping === undefined || run.stopping.code === 'INTERNAL_ERROR' ? [] : ['TERMINATING']
  return ['PENDING', ...running, ...stopping, 'ENDED']
}

const without = (attempt: Attempt, life: LifeCycleState): Attempt => {
  const { ended: _, end: __, ...rest } = attempt
  return { ...rest, life }
}

const unbegun = (run: RunRecord, task: TaskRecord): TaskRecord => {
  const [first] = task.attempts
  const settings = tasksOf(run.settings).find(({ task_key: key }) => key === task.key)
  const life = (settings?.depends_on ?? []).length > 0 ? 'BLOCKED' : 'PENDING'
  const shown = first === undefined || first.ended?.result === 'EXCLUDED' ? first : without(first, life)
  return { ...task, attempts: shown === undefined ? [] : [shown] }
}

/** The attempt that ended last is shown as not ended yet. */
const unended = (run: RunRecord, task: TaskRecord, life: LifeCycleState): TaskRecord => {
  const last = lastAttempt(task)
  const kept = last.end === undefined || last.end < (run.end ?? 0) || last.life === 'SKIPPED'
  return kept ? task : { ...task, attempts: [...task.attempts.slice(0, -1), without(last, life)] }
}

const at = (run: RunRecord, level: LifeCycleState): RunRecord => {
  const { ended: _, end: __, ...rest } = run
  const tasks = run.tasks.map((task) => {
    if (level === 'PENDING') return unbegun(run, task)
    return hasEnded(run.life) ? unended(run, task, level) : task
  })
  return { ...rest, life: level, tasks }
}

/** As runs/get shows it this time. */
export const seen = (db: Store, run: RunRecord): RunRecord => {
  if (run.life === 'QUEUED' || run.shown === 'ENDED' || run.seeded !== undefined) return run
  const levels = levelsOf(run)
  const truth = levels.indexOf(hasEnded(run.life) ? 'ENDED' : run.life)
  const before = run.shown === undefined ? -1 : levels.indexOf(run.shown)
  const level = levels[Math.min(truth, before + 1)] ?? 'ENDED'
  if (level !== run.shown) saveRun(db, { ...run, shown: level })
  return level === 'ENDED' || level === run.life ? run : at(run, level)
}

/** Lists and outputs tell the truth, and after that runs/get does not step back behind it. */
export const told = (db: Store, run: RunRecord): RunRecord => {
  const level = hasEnded(run.life) ? 'ENDED' : run.life
  if (run.seeded === undefined && run.life !== 'QUEUED' && run.shown !== level)
    saveRun(db, { ...run, shown: level })
  return run
}
