import type { Emit, Event } from './events.ts'
import { createJson } from './json.ts'
import { createCollector, type Outcome } from './outcome.ts'
import { createPaint, createScreen, type Output } from './output.ts'
import { createPlain } from './plain.ts'
import { redactEvents } from './redact-event.ts'
import type { Redactor } from './redact.ts'
import type { Renderer, Stage } from './stage.ts'
import { createTerminal } from './terminal.ts'

export type Mode = 'terminal' | 'plain' | 'json'

export interface ReporterOptions {
  /** `terminal` moves the cursor; `plain` for logs; `json` prints one document on stdout at close. */
  mode: Mode
  stdout: Output
  stderr: Output
  color: boolean
  redactor: Pick<Redactor, 'redact'>
  /** Name of the command, for the JSON document. */
  command: string
  /** Milliseconds since 1970. */
  now: () => number
}

export interface Reporter {
  emit: Emit
  /** Ends the output (prints the JSON document, restores the cursor). What is emitted later is dropped. */
  close: (exit: number) => void
  /** What the run came to so far; the Markdown summary is made of it. Not redacted. */
  outcome: (exit: number) => Outcome
}

const renderers: Record<Mode, (stage: Stage, stderr: Output) => Renderer> = {
  terminal: createTerminal,
  plain: createPlain,
  json: createJson,
}

/** Everything that a run says goes through here: logs to stderr, plan and result to stdout, all of it redacted. */
export const createReporter = (options: ReporterOptions): Reporter => {
  const { redact } = options.redactor
  const screen = createScreen(options.stdout, options.stderr, redact)
  const stage = { screen, redact, paint: createPaint(options.color), now: options.now }
  const renderer = renderers[options.mode](stage, options.stderr)
  const { collect, outcome } = createCollector(options.command)
  const show = redactEvents(redact, renderer.show)
  let closed = false

  const emit = (event: Event): void => {
    if (closed) return
    collect(event)
    show(event)
  }
  const close = (exit: number): void => {
    if (closed) return
    closed = true
    renderer.close(outcome(exit))
  }
  return { emit, close, outcome }
}
