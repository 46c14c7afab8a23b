import { planText } from './plan-text.ts'
import { render, type EventOf, type RendererTable } from './render.ts'
import type { Renderer, Stage } from './stage.ts'
import { createTasks, finishedText, mark, progressText, retryText, unfinishedText } from './tasks.ts'
import { block, duration, failureLines, warningLines } from './text.ts'
import { verdictText } from './verdict-text.ts'

/** A task that runs for long, or a service that says 429 a thousand times, gets one line in this many ms. */
const quiet = 10_000

interface Throttle {
  /** Undefined: say nothing now. Else how many of this key were passed over since the last time. */
  due: (key: string, at: number) => number | undefined
  start: (key: string, at: number) => void
}

const createThrottle = (): Throttle => {
  const last = new Map<string, { at: number; skipped: number }>()
  const start = (key: string, at: number): void => void last.set(key, { at, skipped: 0 })
  const due = (key: string, at: number): number | undefined => {
    const before = last.get(key)
    if (before && at - before.at < quiet) {
      before.skipped += 1
      return undefined
    }
    start(key, at)
    return before?.skipped ?? 0
  }
  return { due, start }
}

type TaskEvent = EventOf<'task'>

/** For CI logs: an event is a line, with the seconds since the start; nothing moves the cursor. */
export const createPlain = ({ screen, redact, paint, now }: Stage): Renderer => {
  const begun = now()
  const tasks = createTasks()
  const throttle = createThrottle()

  const say = (sign: string, text: string): void => {
    const [first = '', ...rest] = block(text, ' '.repeat(10))
    screen.err([`${duration(now() - begun).padStart(7)} ${sign} ${first}`, ...rest])
  }
  const abandon = (): void => tasks.abandon().forEach((one) => say('-', unfinishedText(one, now())))

  const task = (event: TaskEvent): void => {
    const noted = tasks.note(event)
    if (event.state === 'started') throttle.start(event.id, event.at)
    if (event.state === 'started') say('>', noted.title)
    else if ('endedAt' in noted) say(mark(noted, paint), finishedText(noted))
    else if (throttle.due(event.id, event.at) !== undefined) say(' ', progressText(noted))
  }

  const table: RendererTable<void> = {
    notice: ({ level, text, hint }) => {
      if (level === 'info') say(' ', hint ? `${text}\n${hint}` : text)
      else screen.err(warningLines({ message: text, ...(hint ? { hint } : {}) }, paint))
    },
    warning: ({ fault }) => screen.err(warningLines(fault, paint)),
    plan: ({ plan }) => screen.out(planText(plan, redact)),
    task,
    tests: () => undefined,
    verdict: (event) => screen.out(verdictText(event, paint)),
    retry: (event) => {
      const more = throttle.due(`${event.method} ${event.path}`, now())
      if (more !== undefined) say(' ', retryText(event, more))
    },
    failure: (event) => {
      abandon()
      screen.err(failureLines(event, paint))
    },
    result: ({ text, shown = text }) => screen.out(shown === '' ? [] : block(shown, '')),
  }

  return {
    show: (event) => render(table, event),
    close: abandon,
  }
}
