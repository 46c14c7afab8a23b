import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll } from 'vitest'
import type { EmulatorOptions } from '../../src/emulator/emulator.ts'
import type { JobTask } from '../../src/wire/jobs.ts'
import { testCompute } from './runs-compute.ts'
import { base64, workspaceAt } from './workspace-at.ts'

const ended = new Set(['TERMINATED', 'SKIPPED', 'INTERNAL_ERROR'])

/** A task that needs compute but no cluster. */
export const book = (key: string, over: Partial<JobTask> = {}): JobTask => ({
  task_key: key,
  notebook_task: { notebook_path: '/Shared/book' },
  ...over,
})

export const after = (...keys: string[]) => ({ depends_on: keys.map((task_key) => ({ task_key })) })

/** Decided by the engine itself. */
export const condition = (key: string, left: string, over: Partial<JobTask> = {}): JobTask => ({
  task_key: key,
  condition_task: { op: 'EQUAL_TO', left, right: 'yes' },
  ...over,
})

/** A workspace with compute in memory, and one notebook. Closed after the file. */
export const runsAt = (options: EmulatorOptions = {}) => {
  const compute = testCompute()
  const at = workspaceAt({ compute, ...options })
  afterAll(() => at.emulator.close())
  const { ok } = at
  const prepared = ok('POST', '/api/2.0/workspace/import', {
    path: '/Shared/book',
    format: 'SOURCE',
    language: 'PYTHON',
    content: base64('print(1)'),
    overwrite: true,
  })
  const submit = async (tasks: JobTask[], over: object = {}): Promise<bigint> => {
    await prepared
    return (await ok('POST', '/api/2.2/jobs/runs/submit', { run_name: 'r', tasks, ...over })).body.run_id
  }
  const create = async (tasks: JobTask[], over: object = {}): Promise<bigint> => {
    await prepared
    return (await ok('POST', '/api/2.2/jobs/create', { name: 'j', tasks, ...over })).body.job_id
  }
  const runNow = async (job: bigint, over: object = {}): Promise<bigint> =>
    (await ok('POST', '/api/2.2/jobs/run-now', { job_id: `${job}`, ...over })).body.run_id
  const get = async (id: bigint) => (await ok('GET', `/api/2.2/jobs/runs/get?run_id=${id}`)).body
  const output = async (id: bigint) => (await ok('GET', `/api/2.2/jobs/runs/get-output?run_id=${id}`)).body
  /** Poll to the end. */
  const end = async (id: bigint) => {
    for (let left = 400; left > 0; left -= 1) {
      const run = await get(id)
      if (ended.has(run.state.life_cycle_state)) return run
      await sleep(5)
    }
    throw new Error(`run ${id} did not end: ${JSON.stringify((await get(id)).status)}`)
  }
  /** Until the run's shown state is that. */
  const until = async (id: bigint, state: string) => {
    for (let left = 400; left > 0; left -= 1) {
      const run = await get(id)
      if (run.state.life_cycle_state === state) return run
      await sleep(5)
    }
    throw new Error(`run ${id} was never ${state}`)
  }
  return { ...at, compute, submit, create, runNow, get, output, end, until }
}

/** `key` -> `result_state` of the last attempt. */
export const resultsOf = (run: {
  tasks: { task_key: string; state: { result_state?: string } }[]
}): Record<string, string | undefined> =>
  Object.fromEntries(run.tasks.map(({ task_key: key, state }) => [key, state.result_state]))
