import { mkdtemp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { plainEnv, runGreen } from './process.ts'
import { median } from './row.ts'
import type { Bench } from './sync.ts'
import { startWorkspace, type Workspace } from './workspace.ts'

/** Times of runs of an empty Python file on the embedded workspace, in ms. */
export interface RunTimes {
  /** `python empty.py` as a plain process. */
  bareMs: number
  /** From sending runs/submit until runs/get shows a terminal state, polled every 10 ms. */
  submitMs: number
  /** Runs submitted at once, and how many a second that made. */
  atOnce: number
  perSecond: number
}

const repeats = 10
const atOnce = 20

const sparkVersion = '15.4.x-scala2.12'

interface Cluster {
  cluster_id: string
}
interface State {
  state: { life_cycle_state: string; result_state?: string }
}

const over = new Set(['TERMINATED', 'SKIPPED', 'INTERNAL_ERROR'])

const createCluster = async (workspace: Workspace): Promise<string> => {
  const spec = {
    cluster_name: 'bench',
    spark_version: sparkVersion,
    node_type_id: 'i3.xlarge',
    num_workers: 0,
  }
  const { cluster_id: id } = await workspace.call<Cluster>('POST', '/api/2.1/clusters/create', spec)
  for (;;) {
    const { state } = await workspace.call<{ state: string }>('GET', `/api/2.1/clusters/get?cluster_id=${id}`)
    if (state === 'RUNNING') return id
    await sleep(50)
  }
}

const submit = async (workspace: Workspace, cluster: string): Promise<string> => {
  const task = {
    task_key: 'main',
    existing_cluster_id: cluster,
    spark_python_task: { python_file: 'dbfs:/bench/empty.py' },
  }
  const body = { run_name: 'bench', tasks: [task] }
  // Ids are int64: beyond what a number holds, so they are taken from the text.
  const text = await workspace.text('POST', '/api/2.2/jobs/runs/submit', body)
  const id = /"run_id"\s*:\s*(\d+)/.exec(text)?.[1]
  if (id === undefined) throw new Error(`runs/submit answered ${text}`)
  return id
}

const ended = async (workspace: Workspace, id: string): Promise<void> => {
  for (;;) {
    const { state } = await workspace.call<State>('GET', `/api/2.2/jobs/runs/get?run_id=${id}`)
    if (over.has(state.life_cycle_state)) {
      if (state.result_state === 'SUCCESS') return
      throw new Error(`an empty run ended with ${JSON.stringify(state)}`)
    }
    await sleep(10)
  }
}

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const started = performance.now()
  await work()
  return performance.now() - started
}

/**
 * An empty task against the bare Python process, and many of them at once.
 * @throws when a run does not end with SUCCESS
 */
export const benchRuns = async (bench: Bench, python: string): Promise<RunTimes> => {
  bench.say('runs of an empty Python file')
  const state = await mkdtemp(join(bench.scratch, 'state-'))
  const workspace = await startWorkspace(state, bench.stop, ['--compute', 'process'])
  try {
    const file = join(state, 'empty.py')
    await writeFile(file, '')
    await workspace.call('POST', '/api/2.0/dbfs/put', {
      path: '/bench/empty.py',
      contents: '',
      overwrite: true,
    })
    const cluster = await createCluster(workspace)
    const once = async () => await ended(workspace, await submit(workspace, cluster))
    // The first one makes the environment.
    await once()
    const bare: number[] = []
    const submitted: number[] = []
    for (let index = 0; index < repeats; index += 1) {
      const command = { file: python, args: [file], cwd: state, env: plainEnv(state), stop: bench.stop }
      bare.push((await runGreen(command)).wallMs)
      submitted.push(await timed(once))
    }
    const together = await timed(async () => await Promise.all(Array.from({ length: atOnce }, once)))
    return {
      bareMs: median(bare),
      submitMs: median(submitted),
      atOnce,
      perSecond: atOnce / (together / 1000),
    }
  } finally {
    await workspace.close()
  }
}
