import { mkdtemp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import pLimit from 'p-limit'
import { startMlflow, type MlflowServer } from '../test/conformance/mlflow-server.ts'
import { plainEnv, repository, runGreen } from './process.ts'
import { median } from './row.ts'
import { benchRuns, queries, type BenchRun, type Query } from './search-runs.ts'
import type { Bench } from './sync.ts'
import { startWorkspace } from './workspace.ts'

/** One query, on the embedded MLflow server and on a real one. */
export interface SearchRow {
  what: string
  runs: number
  /** Runs that the answer has. */
  found: number
  oursMs: number
  theirsMs: number
}

const runs = 10_000
const repeats = 5

interface Server {
  url: string
  token?: string
  stop: AbortSignal
  /** Of the experiment with the runs. */
  experiment: string
}

type Post = Omit<Server, 'experiment'>

const post = async <Answer>({ url, token, stop }: Post, path: string, body: unknown): Promise<Answer> => {
  stop.throwIfAborted()
  const response = await fetch(`${url}/api/2.0/mlflow/${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  return (await response.json()) as Answer
}

const experimentOn = async (server: Post): Promise<Server> => {
  const made = await post<{ experiment_id: string }>(server, 'experiments/create', { name: 'bench' })
  return { ...server, experiment: made.experiment_id }
}

const pairs = <Value>(values: Readonly<Record<string, Value>>): { key: string; value: Value }[] =>
  Object.entries(values).map(([key, value]) => ({ key, value }))

const log = async (server: Server, { name, started, metrics, params, tags }: BenchRun): Promise<void> => {
  const run = { experiment_id: server.experiment, run_name: name, start_time: started, user_id: 'bench' }
  const made = await post<{ run: { info: { run_id: string } } }>(server, 'runs/create', run)
  await post(server, 'runs/log-batch', {
    run_id: made.run.info.run_id,
    metrics: pairs(metrics).map((one) => ({ ...one, timestamp: started, step: 0 })),
    params: pairs(params),
    tags: pairs(tags),
  })
}

interface Page {
  runs?: { info: { run_name: string } }[]
  next_page_token?: string
}

/** Names of the runs of all pages, in order. */
const ask = async (server: Server, { search, pages = 1 }: Query): Promise<string[]> => {
  const names: string[] = []
  const body = { experiment_ids: [server.experiment], ...search }
  let token: string | undefined
  for (let page = 0; page < pages; page += 1) {
    const found: Page = await post(server, 'runs/search', token ? { ...body, page_token: token } : body)
    names.push(...(found.runs ?? []).map(({ info }) => info.run_name))
    token = found.next_page_token
  }
  return names
}

const timed = async <Answer>(work: () => Promise<Answer>): Promise<[Answer, number]> => {
  const started = performance.now()
  const answer = await work()
  return [answer, performance.now() - started]
}

/** In turn, so that what else runs here slows both; the first of each is not counted. */
const compare = async (ours: Server, theirs: Server, query: Query): Promise<SearchRow> => {
  const names = await ask(ours, query)
  if (names.join() !== (await ask(theirs, query)).join())
    throw new Error(`the result is wrong: «${query.what}» has other runs, or another order, than MLflow's`)
  const times: [number[], number[]] = [[], []]
  for (let index = 0; index < repeats; index += 1) {
    times[0].push((await timed(() => ask(ours, query)))[1])
    times[1].push((await timed(() => ask(theirs, query)))[1])
  }
  const [oursMs, theirsMs] = [median(times[0]), median(times[1])]
  return { what: query.what, runs, found: names.length, oursMs, theirsMs }
}

/** 20,000 calls would take MLflow many minutes: its tables are filled as a whole. */
const fillTheirs = async (bench: Bench, { python, database }: MlflowServer, experiment: string) => {
  const folder = await mkdtemp(join(bench.scratch, 'runs-'))
  const file = join(folder, 'runs.json')
  await writeFile(file, JSON.stringify(benchRuns(runs)))
  const args = [join(repository, 'bench', 'fill_mlflow.py'), database, experiment, file]
  await runGreen({ file: python, args, cwd: folder, env: plainEnv(folder), stop: bench.stop })
}

const onBoth = async (bench: Bench, mlflow: MlflowServer, ours: Post): Promise<SearchRow[]> => {
  const { stop } = bench
  const [own, real] = [await experimentOn(ours), await experimentOn({ url: mlflow.url, stop })]
  bench.say(`search, filling both servers with ${runs} runs`)
  await fillTheirs(bench, mlflow, real.experiment)
  const limit = pLimit(16)
  await Promise.all(benchRuns(runs).map((run) => limit(() => log(own, run))))
  const rows: SearchRow[] = []
  for (const query of queries) rows.push(await compare(own, real, query))
  return rows
}

const started = async ({ say, stop }: Bench): Promise<MlflowServer | undefined> => {
  say('search, starting an MLflow server; it is installed the first time')
  try {
    return await startMlflow()
  } catch (error) {
    stop.throwIfAborted()
    say(`search is left out: ${error instanceof Error ? error.message : String(error)}`)
    return undefined
  }
}

/**
 * The same queries over the same 10,000 runs, by the same client, on the embedded MLflow server and on a real one. Undefined where
 * that cannot be had: no Python, no package index.
 * @throws when the two differ in what they answer
 */
export const benchSearch = async (bench: Bench): Promise<SearchRow[] | undefined> => {
  const mlflow = await started(bench)
  if (mlflow === undefined) return undefined
  try {
    const state = await mkdtemp(join(bench.scratch, 'state-'))
    const workspace = await startWorkspace(state, bench.stop)
    const { token, url } = workspace
    try {
      return await onBoth(bench, mlflow, { url: `${url}/mlflow`, token, stop: bench.stop })
    } finally {
      await workspace.close()
    }
  } finally {
    await mlflow.close()
  }
}
