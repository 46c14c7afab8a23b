import type { Json } from '../../wire/endpoint.ts'
import type { JobTask } from '../../wire/jobs.ts'
import { conditionOperators } from '../runs/condition.ts'
import { readLibrary } from '../library/read.ts'
import { flag, items, members, neededText, text, whole } from '../server/read.ts'
import { badValue, malformed } from '../server/refused.ts'

type Members = Record<string, Json>

const texts = (value: unknown, field: string): string[] | undefined =>
  items(value, field)?.map((item) => text(item, field) ?? '')

const textMap = (value: unknown, field: string): Record<string, string> | undefined => {
  const map = members(value, field)
  return map && Object.fromEntries(Object.entries(map).map(([key, item]) => [key, text(item, field) ?? '']))
}

const only = <T>(name: string, value: T | undefined): Record<string, T> =>
  value === undefined ? {} : { [name]: value }

const sources = ['WORKSPACE', 'GIT']
const checkSource = (given: Members): void => {
  const source = text(given['source'], 'source')
  if (source !== undefined && !sources.includes(source))
    throw malformed(
      `Could not parse request object: ${source} is no source; it is one of ${sources.join(', ')}`,
    )
}

const readCondition = (given: Members): Members => {
  const op = neededText(given['op'], 'condition_task.op')
  if (!conditionOperators.includes(op))
    throw badValue(`${op} is no condition operator. Valid values: ${conditionOperators.join(', ')}`)
  const side = (name: string) => {
    const found = text(given[name], name)
    if (found === undefined) throw badValue(`Missing required field 'condition_task.${name}'`)
    return found
  }
  return { ...given, op, left: side('left'), right: side('right') }
}

/** The kinds of tasks that have a shape which is checked here; values are kept as text where the service does. */
const shapes: Record<string, (given: Members) => Members> = {
  notebook_task: (given) => {
    checkSource(given)
    const notebook_path = neededText(given['notebook_path'], 'notebook_task.notebook_path')
    return {
      ...given,
      notebook_path,
      ...only('base_parameters', textMap(given['base_parameters'], 'base_parameters')),
    }
  },
  spark_python_task: (given) => {
    checkSource(given)
    const python_file = neededText(given['python_file'], 'spark_python_task.python_file')
    return { ...given, python_file, ...only('parameters', texts(given['parameters'], 'parameters')) }
  },
  python_wheel_task: (given) => ({
    ...given,
    package_name: neededText(given['package_name'], 'python_wheel_task.package_name'),
    entry_point: neededText(given['entry_point'], 'python_wheel_task.entry_point'),
    ...only('parameters', texts(given['parameters'], 'parameters')),
    ...only('named_parameters', textMap(given['named_parameters'], 'named_parameters')),
  }),
  condition_task: readCondition,
}

/** https://docs.databricks.com/api/workspace/jobs/create, `tasks`. */
export const taskTypes: readonly string[] = [
  ...Object.keys(shapes),
  'clean_rooms_notebook_task',
  'dashboard_task',
  'dbt_task',
  'for_each_task',
  'gen_ai_compute_task',
  'pipeline_task',
  'power_bi_task',
  'run_job_task',
  'spark_jar_task',
  'spark_submit_task',
  'sql_task',
]

const given = (value: unknown): boolean => value !== undefined && value !== null

export const typesIn = (settings: Readonly<Record<string, unknown>>): string[] =>
  taskTypes.filter((type) => given(settings[type]))

const readType = (task: Members, key: string): Members => {
  const found = typesIn(task)
  const [type] = found
  if (type === undefined || found.length > 1)
    throw badValue(
      `Task '${key}' must have exactly one task type, but has ${found.length === 0 ? 'none' : found.join(' and ')}. Valid task types: ${taskTypes.join(', ')}`,
    )
  const value = members(task[type], type) ?? {}
  return { [type]: shapes[type]?.(value) ?? value }
}

const runIfs = [
  'ALL_SUCCESS',
  'ALL_DONE',
  'NONE_FAILED',
  'AT_LEAST_ONE_SUCCESS',
  'ALL_FAILED',
  'AT_LEAST_ONE_FAILED',
]

const readRunIf = (value: unknown): string => {
  const found = text(value, 'run_if') ?? 'ALL_SUCCESS'
  if (!runIfs.includes(found)) throw badValue(`${found} is no run_if. Valid values: ${runIfs.join(', ')}`)
  return found
}

/** The service answers these lists sorted. */
const readDependencies = (value: unknown): Members[] | undefined =>
  items(value, 'depends_on')
    ?.map((item) => {
      const edge = members(item, 'depends_on') ?? {}
      const task_key = neededText(edge['task_key'], 'depends_on.task_key')
      return { task_key, ...only('outcome', text(edge['outcome'], 'outcome')) }
    })
    .toSorted((a, b) => (a.task_key < b.task_key ? -1 : 1))

const clusterFields = ['existing_cluster_id', 'new_cluster', 'job_cluster_key']

const readCluster = (task: Members, key: string): Members => {
  const found = clusterFields.filter((field) => given(task[field]))
  if (found.length > 1) throw badValue(`Task '${key}' must not have both ${found.join(' and ')}`)
  return {
    ...only('existing_cluster_id', text(task['existing_cluster_id'], 'existing_cluster_id')),
    ...only('job_cluster_key', text(task['job_cluster_key'], 'job_cluster_key')),
    ...only('new_cluster', members(task['new_cluster'], 'new_cluster')),
  }
}

const readRetries = (task: Members): Members => {
  const max_retries = whole(task['max_retries'], 'max_retries')
  if (max_retries !== undefined && max_retries < -1)
    throw badValue(`max_retries must be -1 (without end), 0 or more, but is ${max_retries}`)
  return {
    ...only('max_retries', max_retries),
    ...only(
      'min_retry_interval_millis',
      whole(task['min_retry_interval_millis'], 'min_retry_interval_millis'),
    ),
    ...only('retry_on_timeout', flag(task['retry_on_timeout'], 'retry_on_timeout')),
    ...only('timeout_seconds', whole(task['timeout_seconds'], 'timeout_seconds')),
  }
}

/**
 * One of `tasks`, as it is kept: known fields typed, others passed through.
 * @throws Refused 400
 */
export const readTask = (value: unknown): JobTask => {
  const task = members(value, 'tasks') ?? {}
  const key = neededText(task['task_key'], 'task_key')
  if (!/^[\w-]{1,100}$/.test(key))
    throw badValue(`Invalid task_key '${key}': at most 100 letters, digits, hyphens and underscores`)
  const libraries = items(task['libraries'], 'libraries')?.map(readLibrary)
  const read: Members = {
    ...task,
    ...readType(task, key),
    ...readCluster(task, key),
    ...readRetries(task),
    ...only('depends_on', readDependencies(task['depends_on'])),
    ...only('libraries', libraries),
    run_if: readRunIf(task['run_if']),
    task_key: key,
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every field that the type names was read
  return read as unknown as JobTask
}
