import type { RunOutput } from '../../wire/runs.ts'
import type { Call } from '../server/call.ts'
import { badValue } from '../server/refused.ts'
import { attemptOf, findOutput, lastAttempt, type Attempt, type RunRecord } from './record.ts'
import { showRun, showTaskRun } from './show.ts'

/** https://docs.databricks.com/api/workspace/jobs/getrunoutput: the last 5 MB. */
const mostBytes = 5 * 1024 * 1024

const attemptFor = (run: RunRecord, id: string): Attempt => {
  const [only, ...more] = run.tasks
  const found =
    id === run.id && only !== undefined && more.length === 0 ? lastAttempt(only) : attemptOf(run, id)
  if (found !== undefined) return found
  throw badValue(
    'Retrieving the output of runs with multiple tasks is not supported. Please retrieve the output of each individual task run instead.',
  )
}

const logsOf = (call: Call, attempt: Attempt): Pick<RunOutput, 'logs' | 'logs_truncated'> => {
  const page = attempt.launched === true ? call.site.compute?.log(attempt.id, mostBytes) : undefined
  return page === undefined ? {} : { logs: page.text, logs_truncated: page.truncated }
}

/** What one task run gave so far. @throws Refused 400 for a run of several tasks */
export const outputOf = (call: Call, run: RunRecord, id: string): RunOutput => {
  if (run.seeded !== undefined) return { metadata: showRun(call.db, run, call.path, true) }
  const attempt = attemptFor(run, id)
  const { error, trace, notebook } = findOutput(call.db, attempt.id)
  const failed = attempt.ended?.result === 'FAILED' ? attempt.ended.message : undefined
  const told = error ?? failed
  const metadata = run.single && id === run.id ? undefined : showTaskRun(call.db, run, attempt.id)
  return {
    metadata: metadata ?? showRun(call.db, run, call.path, true),
    ...(notebook === undefined ? {} : { notebook_output: notebook }),
    ...logsOf(call, attempt),
    ...(told === undefined ? {} : { error: told }),
    ...(trace === undefined ? {} : { error_trace: trace }),
  }
}
