import { once } from 'node:events'
import { createInterface } from 'node:readline/promises'
import { Fail } from '../errors.ts'
import { systemClock } from '../http/clock.ts'
import { throughProxy } from '../http/proxy.ts'
import type { World } from './script.ts'

/** The answer; '' when the terminal was closed (Ctrl-D). Rejects with the reason of `stop`. */
const askWith =
  (stop: AbortSignal) =>
  async (question: string): Promise<string> => {
    const lines = createInterface({ input: process.stdin, output: process.stderr })
    const closed = once(lines, 'close').then(() => '')
    lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'))
    try {
      return await Promise.race([lines.question(question, { signal: stop }), closed])
    } catch (error) {
      throw stop.aborted ? stop.reason : error
    } finally {
      lines.close()
    }
  }

/** A reader that has seen enough (`| head`) is no reason to stop a deployment half-way, nor to show a stack. */
const ignoreClosedPipes = (): void => {
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error
    })
}

/** ms: one Ctrl-C arrives twice, from the terminal and from npm, which passes it on. */
const sameWish = 1000

interface Signalled {
  on: (signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP', then: () => void) => unknown
  exit: (code: number) => unknown
  say: (text: string) => unknown
  /** ms */
  now: () => number
}

const thisProcess: Signalled = {
  on: (signal, then) => process.on(signal, then),
  exit: (code) => process.exit(code),
  say: (text) => process.stderr.write(text),
  now: () => performance.now(),
}

/** First signal: stop in good order. A second one, later than that the first could come twice: the user means it. */
export const stopOnSignals = ({ on, exit, say, now }: Signalled = thisProcess): AbortSignal => {
  const controller = new AbortController()
  let first = 0
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    on(signal, () => {
      if (!controller.signal.aborted) {
        first = now()
        const what = 'what was under way has ended, and no further step was begun'
        return controller.abort(new Fail('INTERRUPTED', { signal, what }))
      }
      if (now() - first < sameWish) return
      say(`\nstopped at once by a second ${signal}: what was under way may go on, in the workspace as well\n`)
      exit(4)
    })
  return controller.signal
}

const every = (ms: number, work: () => void): (() => void) => {
  const timer = setInterval(work, ms)
  timer.unref()
  return () => clearInterval(timer)
}

/** The real world: this process. */
export const processWorld = (): World => {
  ignoreClosedPipes()
  const stop = stopOnSignals()
  return {
    env: process.env,
    cwd: process.cwd(),
    clock: systemClock,
    fetch: throughProxy(globalThis.fetch, process.env),
    stdout: process.stdout,
    stderr: process.stderr,
    ...(process.stdin.isTTY && process.stderr.isTTY ? { ask: askWith(stop) } : {}),
    every,
    stop,
  }
}
