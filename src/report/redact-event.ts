import type { Fault } from '../errors.ts'
import type { Emit, Event } from './events.ts'
import type { Redact } from './redact.ts'
import { render, type EventOf, type RendererTable } from './render.ts'
import { redactVerdict } from './verdict.ts'

const redactFault = (fault: Fault, redact: Redact): Fault => ({
  ...fault,
  file: redact(fault.file),
  message: redact(fault.message),
  ...(fault.hint === undefined ? {} : { hint: redact(fault.hint) }),
})

const redactTask = (event: EventOf<'task'>, redact: Redact): Event => {
  if (event.state === 'started') return { ...event, title: redact(event.title) }
  if (event.state === 'done' && event.detail === undefined) return event
  const detail = redact(event.detail ?? '')
  if (event.state !== 'failed' || event.trace === undefined) return { ...event, detail }
  return { ...event, detail, trace: redact(event.trace) }
}

/**
 * Passes events on without secrets in their own text. It comes before any shortening or breaking of lines, which
 * could leave half a secret behind. Plans and a result's data go through whole: their renderers redact what they show.
 */
export const redactEvents = (redact: Redact, next: Emit): Emit => {
  const table: RendererTable<Event> = {
    notice: (event) => ({
      ...event,
      text: redact(event.text),
      ...(event.hint && { hint: redact(event.hint) }),
    }),
    warning: (event) => ({ ...event, fault: redactFault(event.fault, redact) }),
    plan: (event) => event,
    tests: (event) => event,
    verdict: (event) => redactVerdict(event, redact),
    task: (event) => redactTask(event, redact),
    retry: (event) => ({ ...event, path: redact(event.path), reason: redact(event.reason) }),
    failure: (event) => ({
      ...event,
      message: redact(event.message),
      hint: redact(event.hint),
      faults: event.faults.map((fault) => redactFault(fault, redact)),
    }),
    result: (event) => ({
      ...event,
      text: redact(event.text),
      ...(event.shown === undefined ? {} : { shown: redact(event.shown) }),
    }),
  }
  return (event) => next(render(table, event))
}
