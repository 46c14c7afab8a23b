import type { Compute, RunningTask, TaskRequest, TaskResult } from '../../src/compute/compute.ts'

/** What a test decides about one task that was started. */
export interface Started {
  readonly request: TaskRequest
  /** End it as its process would. */
  readonly end: (result: TaskResult) => void
  readonly canceled: boolean
}

export interface TestCompute extends Compute {
  readonly started: Started[]
  readonly reaped: string[]
  readonly forgotten: string[]
  /** The next task that is started, in order. */
  next(): Promise<Started>
  /** Messages of libraries that are not to be had: JSON of the library contains the key. */
  readonly unavailable: Record<string, string>
}

type Resolve = (result: TaskResult) => void

const task = (request: TaskRequest): { started: Started; running: RunningTask } => {
  let resolve: Resolve = () => undefined
  let canceled = false
  const done = new Promise<TaskResult>((given) => (resolve = given))
  const started: Started = {
    request,
    end: (result) => resolve(result),
    get canceled() {
      return canceled
    },
  }
  const cancel = () => {
    canceled = true
    resolve({ outcome: 'CANCELED' })
    return done
  }
  const send = () => Promise.reject(new Error('no context'))
  return { started, running: { pid: 1, done, cancel, send } }
}

/** Compute in memory: a test says when and how each task ends. */
export const testCompute = (): TestCompute => {
  const started: Started[] = []
  const waiting: ((one: Started) => void)[] = []
  const running: RunningTask[] = []
  const reaped: string[] = []
  const forgotten: string[] = []
  const unavailable: Record<string, string> = {}
  let taken = 0
  const hand = () => {
    const [one, waiter] = [started[taken], waiting[0]]
    if (one === undefined || waiter === undefined) return
    taken += 1
    waiting.shift()
    waiter(one)
  }
  return {
    started,
    reaped,
    forgotten,
    unavailable,
    abilities: {
      python: { path: '/usr/bin/python3', version: '3.11' },
      java: { missing: '' },
      rscript: { missing: '' },
    },
    next: () =>
      new Promise((resolve) => {
        waiting.push(resolve)
        hand()
      }),
    environment: async ({ libraries }) => ({
      python: '/environment/bin/python',
      outcomes: libraries.map((library) => {
        const found = Object.entries(unavailable).find(([key]) => JSON.stringify(library).includes(key))
        return found === undefined
          ? { library, status: 'INSTALLED', messages: [] }
          : { library, status: 'FAILED', messages: [found[1]] }
      }),
    }),
    start: async (request) => {
      const made = task(request)
      started.push(made.started)
      running.push(made.running)
      hand()
      return made.running
    },
    log: (id, bytes) => ({ text: `log of ${id}`.slice(-bytes), truncated: false }),
    reap: async (id) => void reaped.push(id),
    forget: async (id) => void forgotten.push(id),
    close: async () => void (await Promise.all(running.map(async (one) => await one.cancel()))),
  }
}
