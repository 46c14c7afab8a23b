/** Jobs: https://docs.databricks.com/api/workspace/jobs. Their runs are in runs.ts. */
import type { InputOf, OutputOf } from '../wire/endpoint.ts'
import type { Job, jobs, JobSettings } from '../wire/jobs.ts'
import { allows, kindOfPrincipal, putGrant } from './acl.ts'
import { grantAll } from './jobs/access.ts'
import { merge, without } from './jobs/merge.ts'
import { pageAt, pageOfTasks } from './jobs/page.ts'
import { addJob, allJobs, dropJob, existingJob, runAsOf, saveJob, type JobRecord } from './jobs/rows.ts'
import { checkSettings, readSettings } from './jobs/settings.ts'
import { isOldPath, needOldForm, shownSettings, withTasks } from './jobs/shape.ts'
import type { Call, Handlers } from './server/call.ts'
import { flag, items, text, type Loose } from './server/read.ts'

const show = ({ id, creator, created, settings }: JobRecord, path: string, runAs: string): Job => ({
  job_id: BigInt(id),
  creator_user_name: creator,
  run_as_user_name: runAs,
  created_time: created,
  settings: shownSettings(settings, path),
})

const showWhole = (call: Call, job: JobRecord, token: unknown): Job => {
  const shown = show(job, call.path, runAsOf(job))
  if (shown.settings.tasks === undefined) return shown
  const { items: tasks, more } = pageOfTasks(shown.settings.tasks, token)
  return { ...shown, settings: { ...shown.settings, tasks }, ...more }
}

const brief = (call: Call, job: JobRecord, expanded: boolean): Job => {
  const shown = show(job, call.path, runAsOf(job))
  if (expanded || shown.settings.tasks === undefined) return shown
  const { tasks: _, ...settings } = shown.settings
  return { ...shown, settings }
}

/** Whole settings are looked at in both forms. @throws Refused 400 */
const checked = (call: Call, settings: JobSettings): JobSettings => {
  needOldForm(call.path, settings)
  checkSettings(withTasks(settings))
  return settings
}

type ListInput = Loose<InputOf<typeof jobs.list>>

const list = (call: Call, input: ListInput): OutputOf<typeof jobs.list> => {
  const name = text(input.name, 'name')?.toLowerCase()
  const expanded = flag(input.expand_tasks, 'expand_tasks') ?? false
  const found = allJobs(call.db)
    .filter(({ id }) => allows(call, 'jobs', [`/jobs/${id}`], 'CAN_VIEW'))
    .filter(({ settings }) => name === undefined || settings.name?.toLowerCase() === name)
  // 2.0 had no pages: https://docs.databricks.com/api/workspace/jobs/list
  const limit = isOldPath(call.path)
    ? { value: input.limit, fallback: 0, most: Math.max(found.length, 100) }
    : { value: input.limit, fallback: 20, most: 100 }
  const { items: page, ...rest } = pageAt(found, call.path, input, limit)
  return page.length === 0 ? rest : { jobs: page.map((job) => brief(call, job, expanded)), ...rest }
}

export const jobsHandlers: Handlers<typeof jobs> = {
  create: (input, call) => {
    const settings = checked(call, readSettings(input, call))
    const job = addJob(call.db, call.me.user, call.now, settings)
    const grant = { kind: kindOfPrincipal(call.me), principal: call.me.user, level: 'IS_OWNER' }
    putGrant(call.db, `/jobs/${job.id}`, grant)
    grantAll(call, job.id, input.access_control_list)
    return { job_id: BigInt(job.id) }
  },
  reset: (input, call) => {
    const job = existingJob(call, input.job_id, 'CAN_MANAGE')
    const { run_as: kept } = job.settings
    const settings = checked(call, readSettings(input.new_settings, call))
    saveJob(call.db, { ...job, settings: kept === undefined ? settings : { run_as: kept, ...settings } })
    return {}
  },
  update: (input, call) => {
    const job = existingJob(call, input.job_id, 'CAN_MANAGE')
    const removed = items(input.fields_to_remove, 'fields_to_remove') ?? []
    const kept = removed.reduce<JobSettings>(
      (settings, field) => without(settings, text(field, 'fields_to_remove') ?? ''),
      job.settings,
    )
    const settings = merge(kept, readSettings(input.new_settings, call))
    checkSettings(withTasks(settings))
    saveJob(call.db, { ...job, settings })
    return {}
  },
  get: (input, call) => showWhole(call, existingJob(call, input.job_id, 'CAN_VIEW'), input.page_token),
  list: (input, call) => list(call, input),
  delete: (input, call) => {
    dropJob(call.db, existingJob(call, input.job_id, 'CAN_MANAGE').id)
    return {}
  },
}
