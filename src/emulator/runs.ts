/** Runs of jobs and one-time runs: https://docs.databricks.com/api/workspace/jobs. Driven by runs/driver.ts. */
import type { InputOf, OutputOf } from '../wire/endpoint.ts'
import type { runs } from '../wire/runs.ts'
import { demand, kindOfPrincipal, putGrant } from './acl.ts'
import { grantAll } from './jobs/access.ts'
import { pageOfTasks } from './jobs/page.ts'
import { existingJob, runAsOf } from './jobs/rows.ts'
import { checkSettings, readSettings } from './jobs/settings.ts'
import { isSingle, withTasks } from './jobs/shape.ts'
import { canceled } from './runs/attempts.ts'
import { createRun, onceOnly } from './runs/create.ts'
import { listRuns } from './runs/list.ts'
import { reclaimWithin } from './runs/lost.ts'
import { outputOf } from './runs/output.ts'
import {
  activeOfJob,
  activeRuns,
  attemptOf,
  dropRun,
  findRun,
  findRunOfTask,
  hasEnded,
  saveRun,
  tasksOf,
  type Overrides,
  type RunRecord,
} from './runs/record.ts'
import { showRun, showTaskRun } from './runs/show.ts'
import { seen, told } from './runs/view.ts'
import type { Call, Handlers } from './server/call.ts'
import { nextId } from './server/clock.ts'
import { flag, items, members, neededText, text, type Loose } from './server/read.ts'
import { badState, badValue } from './server/refused.ts'

// oxlint-disable-next-line typescript/no-generated-empty-object-type -- only of tables whose inputs have fields
type Input<Key extends keyof typeof runs> = Loose<InputOf<(typeof runs)[Key]>>

/** By its own id, or by the id of one of its task runs. The SDKs turn this 400 into «not found» by its text. */
const existing = (call: Call, given: unknown, level: string): { run: RunRecord; id: string } => {
  const id = neededText(given, 'run_id')
  const run = findRun(call.db, id) ?? findRunOfTask(call.db, id)
  if (run === undefined) throw badValue(`Run ${id} does not exist.`)
  demand(call, 'jobs', [`/jobs/${run.job}`], level)
  return { run, id }
}

const texts = (value: unknown, field: string): string[] | undefined =>
  items(value, field)?.map((item) => text(item, field) ?? '')

const textMap = (value: unknown, field: string): Record<string, string> | undefined => {
  const map = members(value, field)
  return map && Object.fromEntries(Object.entries(map).map(([key, item]) => [key, text(item, field) ?? '']))
}

const overridesOf = (input: Input<'runNow'>): Overrides => {
  const given = {
    job_parameters: textMap(input.job_parameters, 'job_parameters'),
    notebook_params: textMap(input.notebook_params, 'notebook_params'),
    python_params: texts(input.python_params, 'python_params'),
    python_named_params: textMap(input.python_named_params, 'python_named_params'),
  }
  const { job_parameters, ...older } = given
  const [other] = Object.entries(older).find(([, value]) => value !== undefined) ?? []
  if (job_parameters !== undefined && other !== undefined)
    throw badValue(`job_parameters cannot be used together with ${other}`)
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
}

const runNow = (call: Call, input: Input<'runNow'>): RunRecord => {
  const job = existingJob(call, input.job_id, 'CAN_MANAGE_RUN')
  const overrides = overridesOf(input)
  const only = texts(input.only, 'only')
  const whole = withTasks(job.settings)
  const keys = tasksOf(whole).map(({ task_key: key }) => key)
  const unknown = only?.find((key) => !keys.includes(key))
  if (unknown !== undefined) throw badValue(`Job ${job.id} has no task '${unknown}'`)
  if (keys.length === 0) throw badValue(`Job ${job.id} has no tasks to run`)
  const queue = members(input.queue, 'queue')
  const enabled = queue && { enabled: flag(queue['enabled'], 'queue.enabled') ?? false }
  return onceOnly(call, job.id, text(input.idempotency_token, 'idempotency_token'), () =>
    createRun(call, {
      job: job.id,
      name: job.settings.name ?? 'Untitled',
      type: 'JOB_RUN',
      runAs: runAsOf(job),
      settings: enabled === undefined ? whole : { ...whole, queue: enabled },
      single: isSingle(job.settings),
      overrides,
      ...(only === undefined ? {} : { only }),
    }),
  )
}

/** A one-time run has a job id of its own, which no list shows: rights hang on it. */
const submit = (call: Call, input: Input<'submit'>): RunRecord => {
  const { idempotency_token: token, run_name: given, ...body } = input
  const settings = readSettings(body, call)
  const whole = withTasks(settings)
  if (tasksOf(whole).length === 0)
    throw badValue('One of tasks, notebook_task, spark_python_task or another task type must be specified')
  checkSettings(whole)
  return onceOnly(call, 'submit', text(token, 'idempotency_token'), () => {
    const job = nextId(call.db)
    const owner = { kind: kindOfPrincipal(call.me), principal: call.me.user, level: 'IS_OWNER' }
    putGrant(call.db, `/jobs/${job}`, owner)
    grantAll(call, job, input.access_control_list)
    const name = text(given, 'run_name') ?? 'Untitled'
    const runAs = settings.run_as?.user_name ?? settings.run_as?.service_principal_name ?? call.me.user
    const single = isSingle(settings)
    return createRun(call, { job, name, type: 'SUBMIT_RUN', runAs, settings: whole, single, overrides: {} })
  })
}

const stop = (call: Call, run: RunRecord): void => {
  if (hasEnded(run.life) || run.seeded !== undefined) return
  run.stopping ??= canceled('Run cancelled.')
  if (run.life !== 'QUEUED') run.life = 'TERMINATING'
  saveRun(call.db, run, true)
  call.site.later(call.site.wake)
}

const stopTask = (call: Call, run: RunRecord, id: string): void => {
  const attempt = attemptOf(run, id)
  if (attempt === undefined || hasEnded(attempt.life)) return
  attempt.ending ??= canceled('Run cancelled.')
  if (attempt.life === 'BLOCKED') attempt.life = 'PENDING'
  saveRun(call.db, run, true)
  call.site.later(call.site.wake)
}

const get = (call: Call, input: Input<'get'>): OutputOf<typeof runs.get> => {
  reclaimWithin(call)
  const { run, id } = existing(call, input.run_id, 'CAN_VIEW')
  const view = seen(call.db, run)
  const shown = id === run.id ? undefined : showTaskRun(call.db, view, id)
  if (shown !== undefined) return shown
  const { tasks, ...rest } = showRun(call.db, view, call.path, true)
  if (tasks === undefined) return rest
  const { items: page, more } = pageOfTasks(tasks, input.page_token)
  return { ...rest, tasks: page, ...more }
}

const cancelAll = (call: Call, input: Input<'cancelAll'>): void => {
  const queued = flag(input.all_queued_runs, 'all_queued_runs') ?? false
  const given = text(input.job_id, 'job_id')
  if (given === undefined && !queued) throw badValue("Missing required field 'job_id'")
  const found =
    given === undefined
      ? activeRuns(call.db)
      : activeOfJob(call.db, existingJob(call, given, 'CAN_MANAGE_RUN').id)
  for (const run of found) {
    if (queued && run.life !== 'QUEUED') continue
    demand(call, 'jobs', [`/jobs/${run.job}`], 'CAN_MANAGE_RUN')
    stop(call, run)
  }
}

export const runsHandlers: Handlers<typeof runs> = {
  runNow: (input, call) => {
    const id = BigInt(runNow(call, input).id)
    return { run_id: id, number_in_job: id }
  },
  submit: (input, call) => ({ run_id: BigInt(submit(call, input).id) }),
  get: (input, call) => get(call, input),
  list: (input, call) => {
    reclaimWithin(call)
    return listRuns(call, input)
  },
  getOutput: (input, call) => {
    reclaimWithin(call)
    const { run, id } = existing(call, input.run_id, 'CAN_VIEW')
    return outputOf(call, told(call.db, run), id)
  },
  cancel: (input, call) => {
    const { run, id } = existing(call, input.run_id, 'CAN_MANAGE_RUN')
    if (id === run.id) stop(call, run)
    else stopTask(call, run, id)
    return {}
  },
  cancelAll: (input, call) => {
    cancelAll(call, input)
    return {}
  },
  delete: (input, call) => {
    const { run } = existing(call, input.run_id, 'CAN_MANAGE')
    if (!hasEnded(run.life)) throw badState(`Run ${run.id} is active and cannot be deleted; cancel it first.`)
    dropRun(call.db, run)
    const { compute, later } = call.site
    for (const { id } of run.tasks.flatMap(({ attempts }) => attempts))
      later(() => void compute?.forget(id).catch(() => undefined))
    return {}
  },
}
