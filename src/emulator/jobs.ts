/** Jobs as far as their settings: https://docs.databricks.com/api/workspace/jobs. Nothing runs here: the only runs are seeded ones. */
import type { Job, jobs, JobSettings, JobTask } from '../wire/jobs.ts'
import { allows, demand, kindOfPrincipal, putGrant } from './acl.ts'
import { addJob, allJobs, allRuns, dropJob, findJob, saveJob, type JobRecord } from './jobs/rows.ts'
import type { Call, Handlers } from './server/call.ts'
import { paginate } from './server/pages.ts'
import { flag, isMembers, items, members, neededText, text, whole } from './server/read.ts'
import { badValue } from './server/refused.ts'

/** Answered beside whatever was set. */
const defaults = {
  email_notifications: {},
  webhook_notifications: {},
  timeout_seconds: 0,
  max_concurrent_runs: 1,
  format: 'MULTI_TASK',
}

const readTasks = (value: unknown): JobTask[] | undefined =>
  items(value, 'tasks')?.map((item) => {
    const task = members(item, 'tasks') ?? {}
    return { run_if: 'ALL_SUCCESS', ...task, task_key: neededText(task['task_key'], 'task_key') }
  })

const readSettings = (value: unknown): JobSettings => {
  const { access_control_list: _, ...given } = members(value, 'settings') ?? {}
  const tasks = readTasks(given['tasks'])
  return tasks === undefined ? given : { ...given, tasks }
}

/** The SDKs turn this 400 into «not found» by its text. */
const existing = (call: Call, id: unknown, level: string): JobRecord => {
  const key = neededText(id, 'job_id')
  const job = findJob(call.db, key)
  if (job === undefined) throw badValue(`Job ${key} does not exist.`)
  demand(call, 'jobs', [`/jobs/${key}`], level)
  return job
}

const byKey = <Item>(known: readonly Item[], added: readonly Item[], key: string): Item[] => {
  const keyOf = (item: Item) => (isMembers(item) ? item[key] : undefined)
  return [...known.filter((item) => !added.some((other) => keyOf(other) === keyOf(item))), ...added]
}

/** jobs/update: top-level fields are replaced, tasks and job clusters are merged by their key. */
const merge = (known: JobSettings, added: JobSettings): JobSettings => {
  const merged: JobSettings = { ...known, ...added }
  if (known.tasks !== undefined && added.tasks !== undefined)
    merged.tasks = byKey(known.tasks, added.tasks, 'task_key')
  const clusters = items(known['job_clusters'], 'job_clusters')
  const changed = items(added['job_clusters'], 'job_clusters')
  if (clusters !== undefined && changed !== undefined)
    merged['job_clusters'] = byKey(clusters, changed, 'job_cluster_key')
  return merged
}

/** `name`, or `tasks/task_1` for one of a list. */
const without = (settings: JobSettings, field: string): JobSettings => {
  const [name = '', key] = field.split('/')
  const { [name]: found, ...rest } = settings
  if (key === undefined || found === undefined) return rest
  const named = name === 'tasks' ? 'task_key' : 'job_cluster_key'
  const kept = (items(found, name) ?? []).filter((item) => !isMembers(item) || item[named] !== key)
  return { ...rest, [name]: kept }
}

const show = (job: JobRecord, expanded: boolean): Job => {
  const { tasks, ...rest } = job.settings
  return {
    job_id: BigInt(job.id),
    creator_user_name: job.creator,
    created_time: job.created,
    settings: { ...defaults, ...rest, ...(expanded && tasks !== undefined ? { tasks } : {}) },
  }
}

const limitOf = (value: unknown, fallback: number, most: number): number => {
  const limit = whole(value, 'limit') || fallback
  if (limit < 1 || limit > most) throw badValue(`limit must be between 1 and ${most}, but is ${limit}`)
  return limit
}

export const jobsHandlers: Handlers<typeof jobs> = {
  create: (input, call) => {
    const job = addJob(call.db, call.me.user, call.now, readSettings(input))
    const grant = { kind: kindOfPrincipal(call.me), principal: call.me.user, level: 'IS_OWNER' }
    putGrant(call.db, `/jobs/${job.id}`, grant)
    return { job_id: BigInt(job.id) }
  },
  update: (input, call) => {
    const job = existing(call, input.job_id, 'CAN_MANAGE')
    const removed = items(input.fields_to_remove, 'fields_to_remove') ?? []
    const kept = removed.reduce<JobSettings>(
      (settings, field) => without(settings, text(field, 'fields_to_remove') ?? ''),
      job.settings,
    )
    saveJob(call.db, { ...job, settings: merge(kept, readSettings(input.new_settings)) })
    return {}
  },
  get: (input, call) => show(existing(call, input.job_id, 'CAN_VIEW'), true),
  list: (input, call) => {
    const name = text(input.name, 'name')?.toLowerCase()
    const expanded = flag(input.expand_tasks, 'expand_tasks') ?? false
    const found = allJobs(call.db)
      .filter(({ id }) => allows(call, 'jobs', [`/jobs/${id}`], 'CAN_VIEW'))
      .filter(({ settings }) => name === undefined || settings.name?.toLowerCase() === name)
    const { items: page, ...tokens } = paginate(
      found,
      limitOf(input.limit, 20, 100),
      text(input.page_token, 'page_token'),
    )
    const rest = { has_more: tokens.next_page_token !== undefined, ...tokens }
    return page.length === 0 ? rest : { jobs: page.map((job) => show(job, expanded)), ...rest }
  },
  delete: (input, call) => {
    dropJob(call.db, existing(call, input.job_id, 'CAN_MANAGE').id)
    return {}
  },
  runsList: (input, call) => {
    const job = text(input.job_id, 'job_id')
    const found = allRuns(call.db).filter((run) => job === undefined || `${run.job_id}` === job)
    const size = limitOf(input.limit, 25, 25)
    const { items: page, ...tokens } = paginate(found, size, text(input.page_token, 'page_token'))
    const rest = { has_more: tokens.next_page_token !== undefined, ...tokens }
    return page.length === 0 ? rest : { runs: page, ...rest }
  },
}
