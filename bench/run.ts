import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { cpus, loadavg, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { goalsOf, type Results } from './goals.ts'
import { benchLegacy } from './legacy.ts'
import { benchJobs } from './jobs.ts'
import { benchModels } from './models.ts'
import { concurrency, latencyMs, type Row } from './row.ts'
import { findPython } from './python.ts'
import { benchRuns } from './runs.ts'
import { benchSearch } from './search.ts'
import { benchStartUp } from './startup.ts'
import { benchSync, type Bench } from './sync.ts'
import { report } from './table.ts'

const help = `npm run bench -- [--quick] [--json file]

  --quick      1,000 files only, and without the old databricks-cli and MLflow (no Python, no download)
  --json file  write what was measured to this file, too
`

const { values } = parseArgs({
  options: { quick: { type: 'boolean' }, json: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
})

const stopOnSignals = (): AbortSignal => {
  const controller = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => controller.abort(new Error(`ended by ${signal}`)))
  return controller.signal
}

const machine = () => {
  const all = cpus()
  const { platform, arch, version } = process
  const gigabytes = Math.round(totalmem() / 1024 ** 3)
  return { cpus: all.length, model: all[0]?.model ?? 'unknown', gigabytes, platform, arch, node: version }
}

/** Of the last minute; above the number of processors the times say more about others than about us. */
const load = (): number => loadavg()[0] ?? 0

const measure = async (bench: Bench, quick: boolean): Promise<Results> => {
  const before = load()
  const startUp = await benchStartUp(bench)
  const rows: Row[] = await benchSync(bench, 1000, startUp.syncHelp)
  if (!quick) {
    rows.push(...(await benchLegacy(bench, 1000)))
    rows.push(...(await benchSync({ ...bench, repeats: 3 }, 10_000, startUp.syncHelp)))
  }
  const jobs = await benchJobs(bench)
  const python = await findPython(bench)
  const runs = python === undefined ? undefined : await benchRuns(bench, python)
  const models = await benchModels(bench)
  const search = quick ? undefined : await benchSearch(bench)
  return { rows, startUp, jobs, runs, models, search, load: { before, after: load() } }
}

const main = async (): Promise<void> => {
  const scratch = await mkdtemp(join(tmpdir(), 'brickrail-bench-'))
  const stop = stopOnSignals()
  const say = (text: string) => void process.stderr.write(`bench: ${text}\n`)
  try {
    const results = await measure({ scratch, stop, repeats: 5, say }, values.quick === true)
    process.stdout.write(`\n${report(results)}\n`)
    const document = { machine: machine(), latencyMs, concurrency, ...results, goals: goalsOf(results) }
    if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(document, undefined, 2)}\n`)
  } catch (error) {
    // A missed goal is no failure; a wrong result, or a bench that was ended, is.
    process.exitCode = 1
    say(
      stop.aborted
        ? String(stop.reason)
        : error instanceof Error
          ? (error.stack ?? error.message)
          : String(error),
    )
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

if (values.help === true) process.stdout.write(help)
else await main()
