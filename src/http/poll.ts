import { Fail } from '../errors.ts'
import type { Clock } from './clock.ts'

export interface PollOptions<T> {
  read: () => Promise<T>
  /** `true` ends the wait; it throws when the state can no longer become the wanted one. */
  done: (value: T) => boolean
  /** The state in a word, for progress and for the time-out message. */
  state: (value: T) => string
  /** What is waited for, e.g. «cluster HelloCluster to be RUNNING». */
  what: string
  /** What to do when it takes too long. */
  hint: string
  timeoutMs: number
  clock: Clock
  stop?: AbortSignal | undefined
  onState?: (state: string) => void
  firstMs?: number
  maxMs?: number
}

/**
 * Read until done, at growing intervals.
 * @throws Fail TIMEOUT
 */
export const poll = async <T>(options: PollOptions<T>): Promise<T> => {
  const { clock, maxMs = 5000 } = options
  const end = clock.now() + options.timeoutMs
  for (let pause = options.firstMs ?? 250; ; pause = Math.min(maxMs, pause * 1.5)) {
    const value = await options.read()
    if (options.done(value)) return value
    const state = options.state(value)
    options.onState?.(state)
    if (clock.now() + pause > end)
      throw new Fail('TIMEOUT', {
        seconds: Math.round(options.timeoutMs / 1000),
        what: options.what,
        state,
        hint: options.hint,
      })
    await clock.sleep(pause, options.stop)
  }
}
