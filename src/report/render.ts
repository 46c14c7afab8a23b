import type { Event } from './events.ts'

export type EventOf<T extends Event['type']> = Extract<Event, { type: T }>

/** A renderer is a table: one entry for every type of event, none may be missing. */
export type RendererTable<R> = { readonly [T in Event['type']]: (event: EventOf<T>) => R }

/** Looks the event up. Spelt out, because the compiler relates `table[event.type]` to `event` in no other way. */
export const render = <R>(table: RendererTable<R>, event: Event): R => {
  switch (event.type) {
    case 'notice':
      return table.notice(event)
    case 'warning':
      return table.warning(event)
    case 'plan':
      return table.plan(event)
    case 'task':
      return table.task(event)
    case 'tests':
      return table.tests(event)
    case 'verdict':
      return table.verdict(event)
    case 'retry':
      return table.retry(event)
    case 'failure':
      return table.failure(event)
    case 'result':
    default:
      return table.result(event)
  }
}
