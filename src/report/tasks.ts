import type { Paint } from './output.ts'
import type { EventOf } from './render.ts'
import { duration } from './text.ts'

type TaskEvent = EventOf<'task'>

export interface Task {
  title: string
  /** ms since 1970. */
  startedAt: number
  detail?: string
  done?: number
  total?: number
}

export interface Finished extends Task {
  state: 'done' | 'failed'
  endedAt: number
  /** Not for the screen. */
  trace?: string
}

export interface Tasks {
  running: () => readonly Task[]
  /** What is still running, which from now on counts as ended. */
  abandon: () => readonly Task[]
  /** Notes the event; the answer is the task, with its end when it ended. */
  note: (event: TaskEvent) => Task | Finished
}

/** What runs at the moment. A task nobody started is named by its id rather than lost. */
export const createTasks = (): Tasks => {
  const running = new Map<string, Task>()
  const find = (event: TaskEvent): Task => running.get(event.id) ?? { title: event.id, startedAt: event.at }

  const note = (event: TaskEvent): Task | Finished => {
    if (event.state === 'started') {
      const task = { title: event.title, startedAt: event.at }
      running.set(event.id, task)
      return task
    }
    const { title, startedAt } = find(event)
    const detail = event.detail === undefined ? {} : { detail: event.detail }
    if (event.state === 'progress') {
      const numbers = {
        ...(event.done === undefined ? {} : { done: event.done }),
        ...(event.total === undefined ? {} : { total: event.total }),
      }
      const task = { title, startedAt, ...detail, ...numbers }
      running.set(event.id, task)
      return task
    }
    running.delete(event.id)
    const trace = event.state === 'failed' && event.trace !== undefined ? { trace: event.trace } : {}
    return { title, startedAt, ...detail, ...trace, state: event.state, endedAt: event.at }
  }

  const abandon = (): readonly Task[] => {
    const left = [...running.values()]
    running.clear()
    return left
  }

  return { running: () => [...running.values()], abandon, note }
}

/** `Upload files 7/12: notebooks/a.py` */
export const progressText = ({ title, done, total, detail }: Task): string => {
  const numbers = done === undefined ? '' : ` ${done}${total === undefined ? '' : `/${total}`}`
  return `${title}${numbers}${detail ? `: ${detail}` : ''}`
}

/** How a finished task is marked. */
export const mark = ({ state }: Finished, paint: Paint): string =>
  state === 'done' ? paint('good', '✓') : paint('error', '✗')

/** `Upload files (3.2s): 12 uploaded` */
export const finishedText = ({ title, startedAt, endedAt, detail }: Finished): string =>
  `${title} (${duration(endedAt - startedAt)})${detail ? `: ${detail}` : ''}`

/** What was still running when the run ended. */
export const unfinishedText = ({ title, startedAt }: Task, now: number): string =>
  `${title}: not finished after ${duration(now - startedAt)}`

export const retryText = (
  { method, path, attempt, delayMs, reason }: EventOf<'retry'>,
  more: number,
): string => {
  const others = more === 0 ? '' : ` (and ${more} more like it)`
  return `attempt ${attempt} of ${method} ${path} failed, again in ${duration(delayMs)}: ${reason}${others}`
}
