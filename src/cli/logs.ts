import { didYouMean } from '../config/faults.ts'
import { isSecretName } from '../config/secrets.ts'
import { Fail } from '../errors.ts'
import type { JobRun, RunOutput } from '../wire/runs.ts'
import { createLineScreen } from './run/screen.ts'
import { createLines } from './run/lines.ts'
import { createLogFile, type LogFile } from './run/log-file.ts'
import { findRun, outputOf } from './run/read.ts'
import type { Followed } from './run/follow.ts'
import { withShown } from './run/output.ts'
import { toldOf, type Parameters } from './run/parameters.ts'
import { runData, runText, withoutTraces } from './run/result.ts'
import { seenOf, tasksSeen, type SeenTask } from './run/state.ts'
import { reportOf, type TaskReport } from './run/tasks.ts'
import type { Session } from './session.ts'

const textOf = (value: string | boolean | undefined) => (typeof value === 'string' ? value : '')

/** @throws Fail USAGE */
const chosen = (run: JobRun, key: string): SeenTask[] => {
  const tasks = tasksSeen(run)
  if (key === '') return tasks
  const found = tasks.filter((task) => task.key === key)
  if (found.length > 0) return found
  const known = tasks.map((task) => task.key)
  throw new Fail('USAGE', { what: `run ${run.run_id} has no task «${key}»`, hint: didYouMean(key, known) })
}

interface Shown extends TaskReport {
  logs?: string
  logs_truncated?: boolean
}

const print = async (session: Session, name: string, output: RunOutput, file: LogFile): Promise<void> => {
  const screen = createLineScreen(session.run.emit, name)
  const lines = createLines()
  const all = [...lines.add(output.logs ?? ''), ...lines.end()]
  screen.show(all)
  await file.write(name === '' ? all : all.map((line) => `${name} | ${line}`))
  screen.end(`all of them: --output json${file.path() === undefined ? '' : `, or ${file.path()}`}`)
}

/** Those that are secrets by their name are not shown. */
const parametersOf = ({ run: { redactor } }: Session, run: JobRun): Parameters => {
  const parameters = toldOf(run)
  for (const [name, value] of Object.entries(parameters)) if (isSecretName(name)) redactor.add(value)
  return parameters
}

const parameterLines = (parameters: Parameters): string[] => {
  const pairs = Object.entries(parameters).map(([name, value]) => `${name}=${value}`)
  return pairs.length === 0 ? [] : [`  parameters: ${pairs.join(', ')}`]
}

/**
 * What the tasks of a run have printed, their errors and traces: also of a run that has failed, or still goes on.
 * @throws Fail USAGE, RUN_NOT_FOUND
 */
export const showLogs = async (session: Session): Promise<void> => {
  const { values } = session.run
  const run = await findRun(session.client, session.host, textOf(values['run']))
  const tasks = chosen(run, textOf(values['task']))
  const file = createLogFile(session.run, `run-${run.run_id}.log`)
  const shown: Shown[] = []
  const seenTraces = new Set<string>()
  for (const task of tasks) {
    const output = await outputOf(session.client, task.id)
    if (output) await print(session, tasks.length > 1 ? task.key : '', output, file)
    if (output && withShown(output, output.logs ?? '').traceShown) seenTraces.add(task.key)
    const { logs, logs_truncated: truncated } = output ?? {}
    const kept = { ...(logs === undefined ? {} : { logs }), ...(truncated ? { logs_truncated: true } : {}) }
    shown.push({ ...reportOf(task, output ?? {}), ...kept })
  }
  const seen = seenOf(run) ?? { word: 'UNKNOWN', ended: false, success: false, message: '' }
  const followed = { run, seen, tasks: shown }
  const parameters = parametersOf(session, run)
  const say = (one: Followed) => [runText(run.run_name ?? '', one), ...parameterLines(parameters)].join('\n')
  const less = withoutTraces(followed, ({ task_key: key }) => seenTraces.has(key))
  session.run.emit({
    type: 'result',
    data: runData(followed, parameters),
    text: say(followed),
    shown: say(less),
  })
}
