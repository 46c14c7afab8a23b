import type { JobSettings } from '../../wire/jobs.ts'
import { isMembers, items } from '../server/read.ts'

const byKey = <Item>(known: readonly Item[], added: readonly Item[], key: string): Item[] => {
  const keyOf = (item: Item) => (isMembers(item) ? item[key] : undefined)
  return [...known.filter((item) => !added.some((other) => keyOf(other) === keyOf(item))), ...added]
}

/** jobs/update: top-level fields are replaced, tasks and job clusters are merged by their key. */
export const merge = (known: JobSettings, added: JobSettings): JobSettings => {
  const merged: JobSettings = { ...known, ...added }
  if (known.tasks !== undefined && added.tasks !== undefined)
    merged.tasks = byKey(known.tasks, added.tasks, 'task_key')
  if (known.job_clusters !== undefined && added.job_clusters !== undefined)
    merged.job_clusters = byKey(known.job_clusters, added.job_clusters, 'job_cluster_key')
  return merged
}

/** `name`, or `tasks/task_1` for one of a list. */
export const without = (settings: JobSettings, field: string): JobSettings => {
  const [name = '', key] = field.split('/')
  const { [name]: found, ...rest } = settings
  if (key === undefined || found === undefined) return rest
  const named = name === 'tasks' ? 'task_key' : 'job_cluster_key'
  const kept = (items(found, name) ?? []).filter((item) => !isMembers(item) || item[named] !== key)
  return { ...rest, [name]: kept }
}
