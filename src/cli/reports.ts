import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { setValue } from '../host/context.ts'
import type { Host } from '../host/host.ts'
import type { Emit } from '../report/events.ts'
import type { Outcome } from '../report/outcome.ts'
import type { Redactor } from '../report/redact.ts'
import type { TaskRecorder } from '../report/run-record.ts'
import { hostTools } from './host-tools.ts'
import type { World } from './script.ts'

/** Bytes; GitHub takes at most 1 MiB per step: https://docs.github.com/actions/reference/workflow-commands-for-github-actions */
const summaryLimit = 1_000_000

/** A run whose work is done. */
interface Ended {
  world: World
  host: Host
  redactor: Redactor
  emit: Emit
  /** So far. */
  outcome: () => Outcome
  recorder: TaskRecorder
  /** ms since 1970. */
  startedAt: number
  /** File of `--summary`. */
  summary?: string
  /** As it was named: a job may run one command for two targets. */
  target?: string
}

/** The work is done by now: what cannot be reported is worth a warning, and no other exit code. */
const attempt = async (emit: Emit, what: string, hint: string, work: () => Promise<void>): Promise<void> => {
  try {
    await work()
  } catch (error) {
    const text = `${what}: ${error instanceof Error ? error.message : 'unknown'}`
    emit({ type: 'notice', level: 'warning', text, hint })
  }
}

const readIfThere = async (file: string): Promise<string> => {
  try {
    return await readFile(file, 'utf8')
  } catch {
    return ''
  }
}

const markdown = async ({ outcome, redactor: { redact } }: Ended): Promise<string> => {
  const { outcomeMarkdown } = await import('../report/outcome-markdown.ts')
  return outcomeMarkdown(outcome(), { redact, limit: summaryLimit })
}

const outputs = async ({ outcome, redactor: { redact } }: Ended): Promise<Record<string, string>> => {
  const { outputsOf } = await import('../report/outputs.ts')
  return outputsOf(outcome(), redact)
}

const writeReports = async (ended: Ended, folder: string): Promise<void> => {
  const { world, redactor, recorder, startedAt } = ended
  const [{ junit }, { metrics }, { dotenv }] = await Promise.all([
    import('../report/junit.ts'),
    import('../report/metrics.ts'),
    import('../report/outputs.ts'),
  ])
  const outcome = ended.outcome()
  const record = { outcome, tasks: recorder.tasks(), startedAt, endedAt: world.clock.now() }
  await mkdir(folder, { recursive: true })
  const write = (name: string, text: string) => writeFile(join(folder, name), text)
  const name = ended.target === undefined ? outcome.command : `${outcome.command}-${ended.target}`
  await write(`${name}.junit.xml`, junit(record, redactor.redact))
  await write(`${name}.metrics.txt`, redactor.redact(metrics(record)))
  await write(`${name}.md`, await markdown(ended))
  const values = await outputs(ended)
  // `validate` after `deploy` leaves the outputs of `deploy` as they are.
  if (Object.keys(values).length > 0)
    await write('outputs.env', dotenv(values, await readIfThere(join(folder, 'outputs.env'))))
}

const publish = async (ended: Ended): Promise<void> => {
  const { host, world } = ended
  const publication = { summary: await markdown(ended), outputs: await outputs(ended) }
  const lines = await host.publish(hostTools(ended), publication)
  for (const line of lines) world.stderr.write(`${line}\n`)
}

/** What is left to do when the work of a run is done: the file of --summary, the folder of reports, the CI host's own. */
export const reportRun = async (ended: Ended): Promise<void> => {
  const { world, host, emit, summary } = ended
  if (summary !== undefined)
    await attempt(
      emit,
      'the summary was not written',
      'give --summary a path that can be written',
      async () => writeFile(resolve(world.cwd, summary), await markdown(ended)),
    )
  const reports = setValue(world.env['BRICKRAIL_REPORTS'])
  if (reports !== undefined)
    await attempt(
      emit,
      'the reports were not written',
      'set BRICKRAIL_REPORTS to a folder that can be written',
      () => writeReports(ended, resolve(world.cwd, reports)),
    )
  if (host.context.host !== 'local')
    await attempt(emit, 'the summary was not handed to the CI host', 'see whether its disk is full', () =>
      publish(ended),
    )
}
