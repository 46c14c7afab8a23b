/** What the Jobs API answers for fields that nobody has set, and which fields a user may set. Paths within a job or a task. */

const pauses = ['schedule.pause_status', 'trigger.pause_status', 'continuous.pause_status']

const jobDefaults: Readonly<Record<string, unknown>> = {
  max_concurrent_runs: 1,
  timeout_seconds: 0,
  format: 'MULTI_TASK',
  edit_mode: 'EDITABLE',
  'continuous.task_retry_mode': 'NEVER',
  'trigger.file_arrival.min_time_between_triggers_seconds': 0,
  'trigger.file_arrival.wait_after_last_change_seconds': 0,
  ...Object.fromEntries(pauses.map((path) => [path, 'UNPAUSED'])),
}

const taskDefaults: Readonly<Record<string, unknown>> = {
  run_if: 'ALL_SUCCESS',
  timeout_seconds: 0,
  max_retries: 0,
  min_retry_interval_millis: 0,
  'notebook_task.source': 'WORKSPACE',
  'spark_python_task.source': 'WORKSPACE',
}

/** Set by hand in the UI they are a difference; what is not here, such as fields of the future, only when it was ours. */
const settable = new Set(
  [
    'name description tasks job_clusters environments git_source parameters schedule trigger continuous',
    'max_concurrent_runs timeout_seconds health email_notifications webhook_notifications notification_settings',
    'task_key depends_on run_if disabled existing_cluster_id job_cluster_key environment_key new_cluster libraries',
    'max_retries min_retry_interval_millis retry_on_timeout disable_auto_optimization',
  ].flatMap((line) => line.split(' ')),
)

/** Filled in by the service below fields that users set. */
const filled = new Set(['git_source.git_snapshot', 'git_source.job_source', ...pauses])

/** Two names of one thing: the service may answer the other one, or its newest version. */
const environmentVersions = new Set(['client', 'environment_version'])

/** Below `…_task` the service fills in much; these are the user's own. */
const ownOfTasks = new Set(['base_parameters', 'parameters', 'named_parameters', 'job_parameters'])

/** A task in a loop has the fields of a task. */
const inTask = (rest: readonly string[]): readonly string[] =>
  rest[0] === 'for_each_task' && rest[1] === 'task' && rest.length > 2 ? inTask(rest.slice(2)) : rest

/** `tasks.train.max_retries` -> where in a job or task that is: `['task', 'max_retries']`. */
const placeOf = (path: readonly string[]): { level: 'job' | 'task'; rest: readonly string[] } =>
  path[0] === 'tasks' && path.length > 2
    ? { level: 'task', rest: inTask(path.slice(2)) }
    : { level: 'job', rest: path }

export const defaultOf = (path: readonly string[]): unknown => {
  const { level, rest } = placeOf(path)
  return (level === 'job' ? jobDefaults : taskDefaults)[rest.join('.')]
}

/** Whether a value there that nobody declared was put there by a person. */
export const isByHand = (path: readonly string[]): boolean => {
  const { rest } = placeOf(path)
  const [first = '', second] = rest
  if (filled.has(rest.join('.'))) return false
  if (first === 'environments' && environmentVersions.has(rest.at(-1) ?? '')) return false
  if (first.endsWith('_task')) return second !== undefined && ownOfTasks.has(second)
  return settable.has(first)
}

/** Taken by the service and never answered: databricks/cli `libs/testserver/jobs.go`, measured on a workspace. */
export const isUnanswered = (path: readonly string[]): boolean =>
  path.join('.') === 'trigger.table_update.condition'

/** Left to the service whatever is declared: never a difference. */
export const ignored: ReadonlySet<string> = new Set([
  'format',
  'tags',
  'run_as',
  'access_control_list',
  'deployment',
])

/** Lists whose items have a key: compared by it, in any order. */
export const keyOfItems: Readonly<Record<string, string>> = {
  tasks: 'task_key',
  job_clusters: 'job_cluster_key',
  environments: 'environment_key',
  depends_on: 'task_key',
}
