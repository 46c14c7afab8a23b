import { createInterface } from 'node:readline/promises'
import { Fail } from '../errors.ts'
import { systemClock } from '../http/clock.ts'
import { throughProxy } from '../http/proxy.ts'
import type { World } from './script.ts'

const ask = async (question: string): Promise<string> => {
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return await lines.question(question)
  } finally {
    lines.close()
  }
}

/** First signal: stop in good order. A second one: the user means it. */
const stopOnSignals = (): AbortSignal => {
  const controller = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(4)
      const what = 'the calls under way were ended, and no further step was begun'
      controller.abort(new Fail('INTERRUPTED', { signal, what }))
    })
  return controller.signal
}

/** The real world: this process. */
export const processWorld = (): World => ({
  env: process.env,
  cwd: process.cwd(),
  clock: systemClock,
  fetch: throughProxy(globalThis.fetch, process.env),
  stdout: process.stdout,
  stderr: process.stderr,
  ...(process.stdin.isTTY && process.stderr.isTTY ? { ask } : {}),
  stop: stopOnSignals(),
})
