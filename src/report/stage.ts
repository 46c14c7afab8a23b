import type { Event } from './events.ts'
import type { Outcome } from './outcome.ts'
import type { Paint, Screen } from './output.ts'
import type { Redact } from './redact.ts'

export interface Renderer {
  show: (event: Event) => void
  close: (outcome: Outcome) => void
}

/** What every renderer is given. */
export interface Stage {
  screen: Screen
  redact: Redact
  paint: Paint
  /** Milliseconds since 1970. */
  now: () => number
}
