/** Jobs API 2.0 knows one task, written as the job itself; 2.1 and 2.2 show the same job with `tasks`. */
import type { JobSettings, JobTask } from '../../wire/jobs.ts'
import { badValue } from '../server/refused.ts'
import { readTask, typesIn } from './task.ts'

/** What belongs to the task in the one-task form. */
const ofTask = [
  'existing_cluster_id',
  'new_cluster',
  'libraries',
  'max_retries',
  'min_retry_interval_millis',
  'retry_on_timeout',
]

export const isOldPath = (path: string): boolean => path.startsWith('/api/2.0/')

export const isSingle = (settings: JobSettings): boolean =>
  settings.tasks === undefined && typesIn(settings).length > 0

/** @throws Refused 400 when 2.0 is given nothing to run */
export const needOldForm = (path: string, settings: JobSettings): void => {
  if (isOldPath(path) && settings.tasks === undefined && !isSingle(settings))
    throw badValue(
      'One of tasks, notebook_task, spark_jar_task, spark_python_task or spark_submit_task must be specified',
    )
}

/** The one-task form with its task in `tasks`; other settings as they are. @throws Refused 400 */
export const withTasks = (settings: JobSettings): JobSettings => {
  if (!isSingle(settings)) return settings
  const moved = [...ofTask, ...typesIn(settings)]
  const entries = Object.entries(settings)
  const task = Object.fromEntries(entries.filter(([name]) => moved.includes(name)))
  const rest = Object.fromEntries(entries.filter(([name]) => !moved.includes(name)))
  return { ...rest, tasks: [readTask({ ...task, task_key: 'main' })] }
}

/** The task of a one-task run as 2.0 shows it: what runs, and where. */
export const oldForm = (
  task: JobTask,
): { task: Record<string, unknown>; cluster_spec: Record<string, unknown> } => {
  const { existing_cluster_id, new_cluster, libraries } = task
  const spec = { existing_cluster_id, new_cluster, libraries }
  return {
    task: Object.fromEntries(typesIn(task).map((type) => [type, task[type]])),
    cluster_spec: Object.fromEntries(Object.entries(spec).filter(([, value]) => value !== undefined)),
  }
}

const defaults = {
  email_notifications: {},
  webhook_notifications: {},
  timeout_seconds: 0,
  max_concurrent_runs: 1,
}

/** As jobs/get of that API version shows them. */
export const shownSettings = (settings: JobSettings, path: string): JobSettings => {
  if (isSingle(settings) && isOldPath(path)) {
    const { webhook_notifications: _, ...old } = defaults
    return { ...old, ...settings, format: 'SINGLE_TASK' }
  }
  const { tasks, ...rest } = withTasks(settings)
  return { ...defaults, format: 'MULTI_TASK', ...rest, ...(tasks === undefined ? {} : { tasks }) }
}
