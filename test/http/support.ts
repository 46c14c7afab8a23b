import { databricks, type Databricks } from '../../src/client/databricks.ts'
import { createEmulator, type Emulator } from '../../src/emulator/emulator.ts'
import { createCall, type HttpOptions } from '../../src/http/call.ts'
import { createLimiter } from '../../src/http/limiter.ts'
import { Fail } from '../../src/errors.ts'
import { virtualClock, type VirtualClock } from '../support/harness.ts'

export const host = 'http://workspace.test'

/** The other side: answers in this order, the last one for ever. An Error tears the connection. */
export const answering = (...answers: (Response | Error)[]): typeof fetch & { calls: Request[] } => {
  const calls: Request[] = []
  const answer: typeof fetch = async (input, init) => {
    calls.push(new Request(input, init))
    const next = answers[Math.min(calls.length, answers.length) - 1]
    if (next instanceof Response) return next.clone()
    throw next ?? new Error('no answer')
  }
  return Object.assign(answer, { calls })
}

export const json = (value: unknown, status = 200, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(value), { status, headers: { 'content-type': 'application/json', ...headers } })

/** As undici fails. */
export const torn = (code: string): Error =>
  new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) })

export interface Line extends Partial<HttpOptions> {
  clock?: VirtualClock
}

export const optionsFor = (fetch: typeof globalThis.fetch, line: Line = {}): HttpOptions => {
  const clock = line.clock ?? virtualClock()
  return {
    host,
    fetch,
    tokens: { method: 'pat', renewable: false, get: async () => 'dapi-secret-token' },
    clock,
    limiter: createLimiter(clock),
    userAgent: 'test',
    ...line,
  }
}

export const clientOf = (fetch: typeof globalThis.fetch, line: Line = {}): Databricks =>
  databricks(createCall(optionsFor(fetch, line)))

/** The failure of a promise that must fail. */
export const failureOf = async (work: Promise<unknown>): Promise<Fail> => {
  try {
    await work
  } catch (error) {
    if (error instanceof Fail) return error
    throw error
  }
  throw new Error('it did not fail')
}

/** A failure with its causes, as a debugger would print it. */
export const everythingOf = (error: unknown): string =>
  error instanceof Error
    ? `${error.message} ${JSON.stringify(Object.entries(error))} ${everythingOf(error.cause)}`
    : JSON.stringify(error ?? null)

export interface Control {
  emulator: Emulator
  control: (path: string, body: unknown) => Promise<void>
}

export const workspace = (): Control => {
  const emulator = createEmulator({ clock: 'instant' })
  return {
    emulator,
    control: async (path, body) => {
      const init = { method: 'POST', body: JSON.stringify(body) }
      await emulator.fetch(`${host}/_emulator/${path}`, init)
    },
  }
}
