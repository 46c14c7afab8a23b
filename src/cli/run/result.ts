import { Fail } from '../../errors.ts'
import { duration, shorten } from '../../report/text.ts'
import type { JobRun } from '../../wire/runs.ts'
import type { Followed } from './follow.ts'
import type { Parameters } from './parameters.ts'
import { propose, type Proposed } from './propose.ts'
import { shortTrace, type TaskReport } from './tasks.ts'

/** Characters of what a notebook gave back, for people. */
const longestResult = 2000

const traceLines = (trace: string): string[] =>
  shortTrace(trace)
    .split('\n')
    .map((line) => `    ${line}`)

const taskLines = ({ task_key, state, seconds, attempts, error, trace, result }: TaskReport): string[] => {
  const took = seconds === undefined ? '' : `  ${duration(seconds * 1000)}`
  const again = attempts > 1 ? `  (attempt ${attempts})` : ''
  return [
    `  ${task_key}  ${state}${took}${again}${error === undefined ? '' : `: ${error}`}`,
    ...(trace === undefined ? [] : traceLines(trace)),
    ...(result === undefined ? [] : [`    result: ${shorten(result, longestResult)}`]),
  ]
}

/** `run 17 of job train: SUCCESS`, its address, and a line for each task. */
export const runText = (what: string, { run, seen, tasks }: Followed): string => {
  const from = what === '' ? '' : ` of ${what}`
  const url = run.run_page_url ? [`  ${run.run_page_url}`] : []
  return [`run ${run.run_id}${from}: ${seen.word}`, ...url, ...tasks.flatMap(taskLines)].join('\n')
}

/** Without the traces of those tasks whose traces have been seen. */
export const withoutTraces = (followed: Followed, seen: (task: TaskReport) => boolean): Followed => ({
  ...followed,
  tasks: followed.tasks.map((task) => {
    const { trace: _, ...rest } = task
    return seen(task) ? rest : task
  }),
})

/** What later jobs of the pipeline may know. */
const outputsOf = (run: JobRun, word: string): Record<string, string> => ({
  run_id: `${run.run_id}`,
  run_url: run.run_page_url ?? '',
  result: word,
})

/** The JSON document of `run` and `logs`. */
export const runData = ({ run, seen, tasks }: Followed, parameters: Parameters): Record<string, unknown> => ({
  run_id: run.run_id,
  url: run.run_page_url ?? null,
  state: seen.word,
  message: seen.message,
  tasks,
  parameters,
})

export const withOutputs = (followed: Followed, data: Record<string, unknown>): Record<string, unknown> => ({
  ...data,
  outputs: outputsOf(followed.run, followed.seen.word),
})

const bad = ({ success, state }: TaskReport): boolean =>
  !success && state !== 'EXCLUDED' && state !== 'DISABLED'

/** The task whose error says most: one that has failed by itself before those that only followed. */
const culprit = (tasks: readonly TaskReport[]): TaskReport | undefined => {
  const failed = tasks.filter(bad)
  return failed.find(({ state, error }) => error && !state.startsWith('UPSTREAM')) ?? failed[0]
}

const hints: Readonly<Record<string, string>> = {
  MAXIMUM_CONCURRENT_RUNS_REACHED:
    'wait for the run that is under way, or raise max_concurrent_runs of the job, or have it queue: {"enabled": true}',
  SKIPPED: 'wait for the run that is under way, or raise max_concurrent_runs of the job',
  CANCELED: 'somebody has cancelled it; run it again',
  TIMEDOUT: 'raise timeout_seconds of the job or its task, or give the work less to do',
}

const readHint = (project: Proposed, { run_id: id, run_page_url: url }: JobRun): string =>
  `read what it printed above${url ? `, or ${url}` : ''}; ${propose(project, `logs ${id}`)} shows it again`

/** Nothing but SUCCESS is one. */
export const failureOf = (
  project: Proposed,
  what: string,
  { run, seen, tasks }: Followed,
): Fail | undefined => {
  if (seen.success) return undefined
  const task = culprit(tasks)
  const why =
    task?.error === undefined ? seen.message : `task ${task.task_key}: ${task.error.split(/[\r\n]/, 1)[0]}`
  return new Fail('RUN_FAILED', {
    run: `${run.run_id}`,
    what,
    state: seen.word,
    why: why ? `: ${why}` : '',
    hint: hints[seen.word] ?? readHint(project, run),
  })
}
