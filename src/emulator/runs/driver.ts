/** Drives the runs that this emulator owns: looks, starts processes, hears of their ends, sets timers. */
import { canceled, failed } from './attempts.ts'
import { advance, type Effect, type Progress, type World } from './advance.ts'
import { createLive } from './live.ts'
import { reclaim } from './lost.ts'
import { endOwner } from './owner.ts'
import { quietly } from './locked.ts'
import { activeOf, hasEnded, isAsked, saveRun, type RunRecord } from './record.ts'
import { now } from '../server/clock.ts'
import { formatJson } from '../server/json.ts'
import { transact, type Services } from '../server/router.ts'

/** Another process may have asked to cancel, or freed a place. */
const pollMs = 250
/** Every so many polls all is looked at, asked or not: clusters that are lost, owners that are gone. */
const wholeLook = 4
const longestTimer = 2 ** 31 - 1

export interface Driver {
  /** Look at the runs soon. */
  wake(): void
  /**
   * End what runs here, or leave it as a killed process would; afterwards nothing happens any more.
   * @returns undefined when there is nothing to wait for
   */
  close(runs: 'cancel' | 'leave'): Promise<void> | undefined
  /** The workspace is about to be forgotten: end every process. */
  reset(): void
}

/** A fault of ours must not hang a run, nor end the process. */
const advanced = (at: World, run: RunRecord): Progress => {
  try {
    return advance(at, run)
  } catch (error) {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
    run.stopping = failed('INTERNAL_ERROR', message)
    return advance(at, run)
  }
}

/** One look at everything. @returns effects to be had, and when to look again: ms since 1970, or Infinity */
const look = (services: Services): Progress & { active: number } =>
  transact(services, ({ owner, compute, simulated }) => {
    const { db, mode } = services
    const at = { db, mode, now: now(db), simulated: compute === undefined ? simulated : undefined }
    const runs = activeOf(db, owner)
    const effects: Effect[] = []
    let due = Number.POSITIVE_INFINITY
    for (const { run, doc } of runs) {
      const progress = advanced(at, run)
      effects.push(...progress.effects)
      due = Math.min(due, progress.due)
      if (formatJson(run) !== doc) saveRun(db, run)
    }
    return { effects, due, active: runs.filter(({ run }) => !hasEnded(run.life)).length }
  })

const stopAll = (services: Services): void =>
  transact(services, ({ owner }) => {
    for (const { run } of activeOf(services.db, owner)) {
      run.stopping ??= canceled('The embedded workspace was closed while it ran.')
      saveRun(services.db, run)
    }
  })

/** One timer for what is due, one beat while there are active runs. None of them keeps the process alive. */
const createTimers = (ring: () => void, beat: () => void) => {
  let timer: NodeJS.Timeout | undefined
  let poll: NodeJS.Timeout | undefined
  const stop = (): void => {
    clearTimeout(timer)
    clearInterval(poll)
    poll = undefined
  }
  return {
    stop,
    /** @param wait ms, or Infinity */
    set: (wait: number, beating: boolean): void => {
      clearTimeout(timer)
      if (wait !== Number.POSITIVE_INFINITY)
        timer = setTimeout(ring, Math.min(Math.max(0, wait), longestTimer)).unref()
      if (!beating) stop()
      else poll ??= setInterval(beat, pollMs).unref()
    },
  }
}

/** Looks when it is told to, when something is due, and now and then while something runs. */
const createLooker = (services: Services, perform: (effects: readonly Effect[]) => void) => {
  const { db, site } = services
  let closed = false
  let waiting: NodeJS.Immediate | undefined
  let beats = 0
  const step = (): void => {
    if (closed) return
    if (waiting) clearImmediate(waiting)
    waiting = undefined
    const { effects, due, active } = look(services)
    perform(effects)
    timers.set(due - now(db), active > 0)
  }
  const timers = createTimers(
    () => quietly(step),
    () => {
      beats += 1
      const whole = beats % wholeLook === 0
      quietly(() => {
        if (whole) reclaim(services)
        if (whole || isAsked(db, site.owner)) step()
      })
    },
  )
  return {
    step,
    wake: (): void => {
      if (closed) return
      waiting ??= setImmediate(() => {
        if (!quietly(step)) timers.set(pollMs, true)
      })
    },
    isClosed: () => closed,
    halt: (): void => {
      closed = true
      timers.stop()
      if (waiting) clearImmediate(waiting)
      endOwner(site.owner)
    },
  }
}

export const createDriver = (services: Services): Driver => {
  const { db, site } = services
  const live = createLive(services, () => looker.wake())
  const looker = createLooker(services, (effects) => {
    for (const effect of effects)
      if (effect.kind === 'launch') live.launch(effect)
      else live.cancel(effect.attempt)
  })
  const tellAll = (step: () => void): void => {
    if (activeOf(db, site.owner).length === 0) return
    stopAll(services)
    step()
  }
  /** Each end is written down before `settled` resolves. */
  const drain = async (): Promise<void> => {
    while (live.size() > 0) await live.settled()
    quietly(looker.step)
    looker.halt()
  }
  return {
    wake: looker.wake,
    reset: () => live.abandon(true),
    close: (runs) => {
      if (looker.isClosed()) return undefined
      const canceling = runs === 'cancel'
      const told = !canceling || quietly(() => tellAll(looker.step))
      if (told && canceling && live.size() > 0) return drain()
      looker.halt()
      // What could not be written down is ended all the same: the next emulator finds it lost.
      live.abandon(!told)
      return undefined
    },
  }
}
