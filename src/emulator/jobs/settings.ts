import type { JobSettings, JobTask } from '../../wire/jobs.ts'
import { readSpec } from '../cluster/fields.ts'
import { check, specRules } from '../cluster/rules.ts'
import { circleIn } from '../runs/decide.ts'
import type { Call } from '../server/call.ts'
import { flag, isMembers, items, members, neededText, text, whole } from '../server/read.ts'
import { badValue, Refused } from '../server/refused.ts'
import { checkRunAs } from './access.ts'
import { checkSchedule } from './schedule.ts'
import { readTask } from './task.ts'

const mostTasks = 1000
const mostRuns = 1000

const twice = (keys: readonly string[]): string | undefined =>
  keys.find((key, index) => keys.indexOf(key) !== index)

/** Rules between tasks. The circle is looked for last: it needs known names. */
const checkTasks = (tasks: readonly JobTask[], clusters: readonly string[]): void => {
  if (tasks.length > mostTasks)
    throw badValue(`A job has at most ${mostTasks} tasks, but ${tasks.length} were given`)
  const keys = new Set(tasks.map(({ task_key: key }) => key))
  const repeated = twice(tasks.map(({ task_key: key }) => key))
  if (repeated !== undefined) throw badValue(`Task keys must be unique; '${repeated}' is used more than once`)
  for (const task of tasks) {
    for (const { task_key: on } of task.depends_on ?? [])
      if (!keys.has(on)) throw badValue(`Task '${task.task_key}' depends on the unknown task '${on}'`)
    const shared = task.job_cluster_key
    if (shared !== undefined && !clusters.includes(shared))
      throw badValue(`Task '${task.task_key}' refers to the unknown job cluster '${shared}'`)
    checkCluster(task.new_cluster)
  }
  const circle = circleIn(
    tasks.map(({ task_key: key, depends_on: on = [] }) => ({
      key,
      dependsOn: on.map((one) => ({ key: one.task_key })),
    })),
  )
  if (circle !== undefined)
    throw badValue(`The dependencies of tasks must not form a cycle: ${circle.toSorted().join(', ')}`)
}

/** Job clusters are checked like clusters/create, when the job is written. */
const checkCluster = (spec: unknown): void => {
  if (!isMembers(spec)) return
  try {
    check(readSpec(spec), specRules)
  } catch (error) {
    if (error instanceof Refused) throw badValue(`Cluster validation error: ${error.message}`)
    throw error
  }
}

const readClusters = (
  value: unknown,
): { job_cluster_key: string; new_cluster: Record<string, never> }[] | undefined => {
  const list = items(value, 'job_clusters')?.map((item) => {
    const cluster = members(item, 'job_clusters') ?? {}
    neededText(cluster['job_cluster_key'], 'job_cluster_key')
    checkCluster(members(cluster['new_cluster'], 'new_cluster') ?? {})
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a JSON object, kept as it is
    return cluster as unknown as { job_cluster_key: string; new_cluster: Record<string, never> }
  })
  const repeated = twice((list ?? []).map(({ job_cluster_key: key }) => key))
  if (repeated !== undefined)
    throw badValue(`Job cluster keys must be unique; '${repeated}' is used more than once`)
  return list
}

const readParameters = (value: unknown): { name: string; default: string }[] | undefined => {
  const list = items(value, 'parameters')?.map((item) => {
    const parameter = members(item, 'parameters') ?? {}
    const name = neededText(parameter['name'], 'parameters.name')
    return { name, default: text(parameter['default'], 'parameters.default') ?? '' }
  })
  const repeated = twice((list ?? []).map(({ name }) => name))
  if (repeated !== undefined)
    throw badValue(`Job parameters must be unique; '${repeated}' is given more than once`)
  return list
}

const readMostRuns = (value: unknown): number | undefined => {
  const most = whole(value, 'max_concurrent_runs')
  if (most !== undefined && (most < 0 || most > mostRuns))
    throw badValue(`max_concurrent_runs must be between 0 and ${mostRuns}, but is ${most}`)
  return most
}

const readQueue = (value: unknown): { enabled: boolean } | undefined => {
  const queue = members(value, 'queue')
  return queue && { enabled: flag(queue['enabled'], 'queue.enabled') ?? false }
}

const defined = <T extends object>(fields: T): Partial<T> =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- members are only left out
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>

/**
 * Settings as they are kept: known fields typed, unknown ones passed through, access_control_list apart.
 * @throws Refused 400 by the first rule that is broken, 403 for a run_as that is not the caller's to choose
 */
export const readSettings = (value: unknown, call: Call): JobSettings => {
  const { access_control_list: _, ...given } = members(value, 'settings') ?? {}
  checkSchedule(given['schedule'])
  checkRunAs(call, given['run_as'])
  const known = defined({
    name: text(given['name'], 'name'),
    tasks: items(given['tasks'], 'tasks')?.map(readTask),
    job_clusters: readClusters(given['job_clusters']),
    parameters: readParameters(given['parameters']),
    max_concurrent_runs: readMostRuns(given['max_concurrent_runs']),
    timeout_seconds: whole(given['timeout_seconds'], 'timeout_seconds'),
    queue: readQueue(given['queue']),
    existing_cluster_id: text(given['existing_cluster_id'], 'existing_cluster_id'),
  })
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- JSON members, the named ones read above
  return { ...given, ...known } as unknown as JobSettings
}

/** Rules about the whole, which an update can break too. @throws Refused 400 */
export const checkSettings = (settings: JobSettings): void => {
  const clusters = (settings.job_clusters ?? []).map(({ job_cluster_key: key }) => key)
  checkTasks(settings.tasks ?? [], clusters)
}
