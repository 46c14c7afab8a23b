import { createLive, spinner } from './live.ts'
import type { Output, Paint } from './output.ts'
import { planText } from './plan-text.ts'
import { render, type EventOf, type RendererTable } from './render.ts'
import type { Renderer, Stage } from './stage.ts'
import {
  createTasks,
  finishedText,
  mark,
  progressText,
  retryText,
  unfinishedText,
  type Task,
} from './tasks.ts'
import { block, duration, failureLines, shorten, warningLines } from './text.ts'
import { verdictText } from './verdict-text.ts'

/** Running tasks in the live region; more would push what is done out of sight. */
const mostRows = 8
/** How long a retry stays in sight, ms. */
const retryShown = 10_000

const planStyles: readonly (readonly [RegExp, Parameters<Paint>[0]])[] = [
  [/^\s+\+ /, 'good'],
  [/^\s+- /, 'error'],
  [/^\s+~ /, 'warning'],
  [/^warning:/, 'warning'],
  [/^(obstacle:|This plan cannot)/, 'error'],
  [/^(Cluster|Files in|Plan:|Nothing to do)/, 'strong'],
]

const paintPlan = (line: string, paint: Paint): string => {
  const style = planStyles.find(([pattern]) => pattern.test(line))?.[1]
  return style === undefined ? line : paint(style, line)
}

/** Elapsed first: at the end a long detail would push it out of the row. */
const taskText = (task: Task, tick: number, now: number): string => {
  const sign = spinner.frames[tick % spinner.frames.length] ?? ''
  return `${sign} ${duration(now - task.startedAt)}  ${progressText(task)}`
}

/** For people: what runs is drawn in place at the bottom, what ended scrolls above it. */
export const createTerminal = ({ screen, redact, paint, now }: Stage, stderr: Output): Renderer => {
  const tasks = createTasks()
  let retry: { text: string; at: number } | undefined

  /** Redacted whole, then cut to one row of the terminal: a cut must not leave half a secret. */
  const row = (text: string): string =>
    shorten(redact(block(text, '').join(' ')), Math.max(20, (stderr.columns || 80) - 1))

  const frame = (tick: number): string[] => {
    const running = tasks.running()
    const hidden = running.length - mostRows
    const rows = running.slice(0, mostRows).map((task) => row(taskText(task, tick, now())))
    if (hidden > 0) rows.push(`  … and ${hidden} more`)
    if (retry && rows.length > 0 && now() - retry.at < retryShown)
      rows.push(paint('dim', row(`  ${retry.text}`)))
    return rows
  }

  const live = createLive(stderr, frame)
  const err = (lines: readonly string[]): void => live.above(() => screen.err(lines))
  const out = (lines: readonly string[]): void => live.above(() => screen.out(lines))

  const unfinished = (): string[] =>
    tasks.abandon().flatMap((one) => block(`- ${unfinishedText(one, now())}`))

  const task = (event: EventOf<'task'>): void => {
    const noted = tasks.note(event)
    if (!('endedAt' in noted)) return live.start()
    const [first = '', ...rest] = block(finishedText(noted))
    return err([`${mark(noted, paint)} ${first}`, ...rest])
  }

  const table: RendererTable<void> = {
    notice: ({ level, text, hint }) => {
      if (level === 'info') err(block(hint ? `${text}\n${hint}` : text))
      else err(warningLines({ message: text, ...(hint ? { hint } : {}) }, paint))
    },
    warning: ({ fault }) => err(warningLines(fault, paint)),
    plan: ({ plan }) => out(planText(plan, redact).map((line) => paintPlan(line, paint))),
    task,
    tests: () => undefined,
    verdict: (event) => out(verdictText(event, paint)),
    retry: (event) => {
      retry = { text: retryText(event, 0), at: now() }
    },
    failure: (event) => err([...unfinished(), ...failureLines(event, paint)]),
    result: ({ text, shown = text }) => out(shown === '' ? [] : block(shown, '')),
  }

  return {
    show: (event) => render(table, event),
    close: () => {
      live.stop()
      screen.err(unfinished())
    },
  }
}
