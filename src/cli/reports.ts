import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { Fail } from '../errors.ts'
import { setValue } from '../host/context.ts'
import type { Host, Outputs } from '../host/host.ts'
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

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : 'unknown')

/** The work is done by now: what people cannot read is worth a warning, and no other exit code. */
const attempt = async (emit: Emit, what: string, hint: string, work: () => Promise<void>): Promise<void> => {
  try {
    await work()
  } catch (error) {
    const text = `${what}: ${messageOf(error)}`
    emit({ type: 'notice', level: 'warning', text, hint })
  }
}

const readIfThere = async (file: string): Promise<string> => {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return ''
    throw error
  }
}

const markdown = async ({ outcome, redactor: { redact } }: Ended): Promise<string> => {
  const { outcomeMarkdown } = await import('../report/outcome-markdown.ts')
  return outcomeMarkdown(outcome(), { redact, limit: summaryLimit })
}

const print = ({ world }: Ended, lines: readonly string[]): void => {
  for (const line of lines) world.stderr.write(`${line}\n`)
}

const outputsOf = async ({ outcome, redactor: { redact } }: Ended): Promise<Outputs> => {
  const { outputsOf: ofOutcome } = await import('../report/outputs.ts')
  return ofOutcome(outcome(), redact)
}

/** `validate` after `deploy` leaves the outputs of `deploy` as they are. */
const writeOutputs = async (folder: string, outputs: Outputs): Promise<void> => {
  if (Object.keys(outputs).length === 0) return
  const { dotenv } = await import('../report/outputs.ts')
  const file = join(folder, 'outputs.env')
  try {
    await mkdir(folder, { recursive: true })
    await writeFile(file, dotenv(outputs, await readIfThere(file)))
  } catch (error) {
    throw new Fail('OUTPUTS_LOST', { what: file, why: messageOf(error) }, { cause: error })
  }
}

/**
 * Later jobs are told first, and apart from what people read: a job that is not told takes all for unchanged, and is green.
 * @throws Fail OUTPUTS_LOST
 */
const handOver = async (ended: Ended, folder: string | undefined): Promise<void> => {
  const { publishing } = ended.host
  const outputs = await outputsOf(ended)
  print(ended, await publishing.setOutputs(hostTools(ended), outputs))
  if (!publishing.takesOutputs && folder !== undefined) await writeOutputs(folder, outputs)
}

const handedOver = async (ended: Ended, folder: string | undefined): Promise<Fail | undefined> => {
  try {
    await handOver(ended, folder)
    return undefined
  } catch (error) {
    if (error instanceof Fail) return error
    throw error
  }
}

/** What people read tells of the failure, too: the run is red because of it. */
const withFailure = (outcome: Outcome, { code, message, hint, exit, faults }: Fail): Outcome =>
  outcome.ok ? { ...outcome, ok: false, exit, failure: { code, message, hint, faults } } : outcome

const writeReports = async (ended: Ended, folder: string): Promise<void> => {
  const { world, redactor, recorder, startedAt } = ended
  const [{ junit }, { metrics }] = await Promise.all([
    import('../report/junit.ts'),
    import('../report/metrics.ts'),
  ])
  const outcome = ended.outcome()
  const record = {
    outcome,
    tasks: recorder.tasks(),
    suites: recorder.suites(),
    startedAt,
    endedAt: world.clock.now(),
  }
  await mkdir(folder, { recursive: true })
  const write = (name: string, text: string) => writeFile(join(folder, name), text)
  const name = ended.target === undefined ? outcome.command : `${outcome.command}-${ended.target}`
  await write(`${name}.junit.xml`, junit(record, redactor.redact))
  await write(`${name}.metrics.txt`, redactor.redact(metrics(record)))
  await write(`${name}.md`, await markdown(ended))
  if (ended.host.publishing.takesOutputs) await writeOutputs(folder, await outputsOf(ended))
}

const tellPeople = async (ended: Ended, folder: string | undefined): Promise<void> => {
  const { world, host, emit, summary } = ended
  if (summary !== undefined)
    await attempt(
      emit,
      'the summary was not written',
      'give --summary a path that can be written',
      async () => writeFile(resolve(world.cwd, summary), await markdown(ended)),
    )
  if (folder !== undefined)
    await attempt(
      emit,
      'the reports were not written',
      'set BRICKRAIL_REPORTS to a folder that can be written',
      () => writeReports(ended, folder),
    )
  if (host.context.host !== 'local')
    await attempt(
      emit,
      'the summary was not handed to the CI host',
      'see whether its disk is full',
      async () => print(ended, await host.publishing.addSummary(hostTools(ended), await markdown(ended))),
    )
}

/**
 * What is left to do when the work of a run is done: the outputs, the file of --summary, the folder of reports, the CI host's own.
 * @returns why later jobs are not told the outputs: a run that was good so far is red then
 */
export const reportRun = async (given: Ended): Promise<Fail | undefined> => {
  const reports = setValue(given.world.env['BRICKRAIL_REPORTS'])
  const folder = reports === undefined ? undefined : resolve(given.world.cwd, reports)
  const lost = await handedOver(given, folder)
  const ended = lost ? { ...given, outcome: () => withFailure(given.outcome(), lost) } : given
  await tellPeople(ended, folder)
  return lost
}
