import type { Emit } from '../../report/events.ts'
import type { Int64 } from '../../wire/endpoint.ts'
import type { Left, Outputs } from './output.ts'
import { wasLeftOut, type SeenTask } from './state.ts'

/** One task of a run that is over, or of one that still goes on. */
export interface TaskReport {
  task_key: string
  run_id: Int64
  state: string
  success: boolean
  attempts: number
  seconds?: number
  /** One line. */
  error?: string
  trace?: string
  /** What the notebook gave back with dbutils.notebook.exit. */
  result?: string
  result_truncated?: boolean
}

/** Lines of a trace that are shown; the end of it is what tells. */
const traceLines = 60

export const shortTrace = (trace: string): string => {
  const lines = trace.trimEnd().split('\n')
  const left = lines.length - traceLines
  return left > 0 ? [`… ${left} lines left out`, ...lines.slice(-traceLines)].join('\n') : lines.join('\n')
}

/** The trace once: where the output had it, only the reports need it. */
const failureTexts = (said: string, trace: string | undefined, { traceShown }: Left) => {
  if (trace === undefined) return { detail: said }
  return traceShown ? { detail: said, trace } : { detail: `${said}\n${shortTrace(trace)}` }
}

/** What is known of a task and what it left behind. */
export const reportOf = (
  task: SeenTask,
  { error, error_trace: trace, notebook_output: notebook }: Left,
): TaskReport => {
  const failed = task.ended && !task.success && !wasLeftOut(task)
  // What the workspace says of a failed task is better than nothing.
  const why = error?.trim() || (failed ? task.message : '')
  return {
    task_key: task.key,
    run_id: task.id,
    state: task.word,
    success: task.success,
    attempts: task.attempts,
    ...(task.tookMs === undefined ? {} : { seconds: task.tookMs / 1000 }),
    ...(why ? { error: why } : {}),
    ...(trace?.trim() ? { trace } : {}),
    ...(notebook?.result === undefined ? {} : { result: notebook.result }),
    ...(notebook?.truncated ? { result_truncated: true } : {}),
  }
}

/** Tells of each task of a run as it begins, goes on and ends. */
export interface Tracker {
  /** What is known now; to be called again and again. */
  see: (tasks: readonly SeenTask[]) => Promise<void>
  /** Every task, those too that never began. */
  reports: (tasks: readonly SeenTask[]) => Promise<TaskReport[]>
}

const notBegun = new Set(['BLOCKED', 'WAITING'])

export const createTracker = (emit: Emit, outputs: Outputs, now: () => number): Tracker => {
  const begun = new Map<string, string>()
  const done = new Map<string, TaskReport>()

  const begin = ({ key, word, tookMs = 0 }: SeenTask): void => {
    if (begun.has(key)) return
    begun.set(key, '')
    // By our own clock: that of the workspace may be another. What never ran took no time.
    const at = now() - (word.startsWith('UPSTREAM') ? 0 : tookMs)
    emit({ type: 'task', state: 'started', id: key, title: `task ${key}`, at })
  }
  const progress = ({ key, word, message, attempts }: SeenTask): void => {
    const again = attempts > 1 ? ` (attempt ${attempts})` : ''
    const detail = `${word}${again}${message ? `: ${message}` : ''}`
    if (begun.get(key) === detail) return
    begun.set(key, detail)
    emit({ type: 'task', state: 'progress', id: key, detail, at: now() })
  }
  const end = async (task: SeenTask): Promise<void> => {
    const { key: id } = task
    const left = wasLeftOut(task) ? {} : await outputs.finish(task)
    const report = reportOf(task, left)
    done.set(id, report)
    const again = task.attempts > 1 ? ` at attempt ${task.attempts}` : ''
    if (task.success || wasLeftOut(task))
      return emit({ type: 'task', state: 'done', id, detail: `${task.word}${again}`, at: now() })
    const { error, trace } = report
    const said = `${task.word}${again}${error ? `: ${error}` : ''}`
    emit({ type: 'task', state: 'failed', id, ...failureTexts(said, trace, left), at: now() })
  }
  /** A retry of a task that has ended is told as the same task. */
  const isDone = ({ key, id }: SeenTask): boolean => done.get(key)?.run_id === id

  const see = async (tasks: readonly SeenTask[]): Promise<void> => {
    for (const task of tasks) {
      if (isDone(task) || notBegun.has(task.word)) continue
      begin(task)
      if (task.ended) await end(task)
      else {
        progress(task)
        if (task.word === 'RUNNING') await outputs.read(task)
      }
    }
  }
  return {
    see,
    reports: async (tasks) => {
      await see(tasks)
      return tasks.map((task) => done.get(task.key) ?? reportOf(task, {}))
    },
  }
}
