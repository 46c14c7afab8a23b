import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Compute, RunningTask, TaskRequest } from '../../src/compute/compute.ts'

type Answer = Awaited<ReturnType<RunningTask['send']>>

/** Reads what Python and JavaScript have in common, and two lines of Python besides. */
const program = `
const vm = require('node:vm')
let printed = '', waiting
const scope = vm.createContext({ print: (value) => { printed += value + '\\n' }, env: process.env })
const say = (answer) => { process.stdout.write(JSON.stringify({ text: printed, ...answer }) + '\\n'); printed = '' }
process.on('SIGINT', () => {
  if (waiting === undefined) process.exit(130)
  waiting = clearTimeout(waiting)
  say({ ok: false, summary: 'KeyboardInterrupt' })
})
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const source = JSON.parse(line)
  if (source.startsWith('import time; time.sleep')) return void (waiting = setTimeout(() => say({ ok: true }), 60000))
  if (source.startsWith('import os; os._exit')) process.exit(1)
  try { vm.runInContext(source, scope); say({ ok: true }) }
  catch (error) { say({ ok: false, summary: String(error), trace: error.stack }) }
})`

const startTask = (task: TaskRequest): RunningTask => {
  const child = spawn(process.execPath, ['-e', program], {
    env: { ...task.env },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const done = once(child, 'exit').then(([code]) => ({
    outcome: code === 0 ? ('SUCCESS' as const) : ('FAILED' as const),
  }))
  const waiting: ((answer: Answer) => void)[] = []
  createInterface({ input: child.stdout }).on('line', (line) => waiting.shift()?.(JSON.parse(line)))
  return {
    pid: child.pid ?? -1,
    done,
    cancel: async () => {
      child.kill('SIGKILL')
      await done
      return { outcome: 'CANCELED' }
    },
    send: (source) =>
      new Promise((resolve) => {
        waiting.push(resolve)
        child.stdin.write(`${JSON.stringify(source)}\n`)
      }),
  }
}

export interface NodeCompute extends Compute {
  /** What was asked to be started. */
  readonly started: readonly TaskRequest[]
}

/** Command contexts without Python: processes of their own all the same. It runs no tasks and installs nothing. */
export const nodeCompute = (): NodeCompute => {
  const tasks: RunningTask[] = []
  const started: TaskRequest[] = []
  return {
    started,
    abilities: {
      python: { path: process.execPath, version: process.version },
      java: { missing: 'not looked for' },
      rscript: { missing: 'not looked for' },
    },
    environment: async ({ libraries }) => ({
      python: process.execPath,
      outcomes: libraries.map((library) => ({ library, status: 'SKIPPED', messages: ['no Python here'] })),
    }),
    start: async (task) => {
      if (task.work.kind !== 'context') throw new Error('this compute runs contexts only')
      const running = startTask(task)
      started.push(task)
      tasks.push(running)
      return running
    },
    log: () => ({ text: '', truncated: false }),
    reap: async () => undefined,
    forget: async () => undefined,
    close: async () => void (await Promise.all(tasks.map((task) => task.cancel()))),
  }
}
