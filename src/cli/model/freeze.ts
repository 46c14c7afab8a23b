import { Cron } from 'croner'
import type { Moment } from '../../plan/state-evidence.ts'
import type { FreezeWindow } from '../../plan/state-policy.ts'

const hour = 3_600_000

/** When the window that is open at `now` ends; the latest begin counts. Undefined: it is not open. */
const endOf = ({ cron, hours }: FreezeWindow, now: Date): Date | undefined => {
  const times = new Cron(cron, { mode: '5-part', timezone: 'UTC', paused: true })
  // A window is open from its begin on, and no longer at its end: croner looks for what is later than a time.
  let last: Date | undefined
  let next = times.nextRun(new Date(now.getTime() - hours * hour))
  while (next && next <= now) {
    last = next
    next = times.nextRun(next)
  }
  return last && new Date(last.getTime() + hours * hour)
}

/**
 * The freeze window that is open, of several the one that ends last; for the gate, which knows no calendar (Moment.frozenUntil).
 * A window begins whenever its cron expression (five fields, UTC) fits, and lasts `hours`; its end is outside of it.
 * @param action before a rollback, windows with `exceptRollback` do not count
 * @param now ms since 1970
 * @throws Error of croner for an expression that is none: the policy's file is checked for that before
 */
export const frozenUntil = (
  windows: readonly FreezeWindow[],
  action: Moment['action'],
  now: number,
): Moment['frozenUntil'] => {
  const open = windows
    .filter(({ exceptRollback }) => action !== 'rollback' || !exceptRollback)
    .flatMap((window) => {
      const end = endOf(window, new Date(now))
      return end ? [{ end, window }] : []
    })
    .toSorted((a, b) => b.end.getTime() - a.end.getTime())
  const [last] = open
  return last && { until: last.end.toISOString(), window: `${last.window.cron} for ${last.window.hours} h` }
}
