/** `{{job.parameters.x}}` and the like: https://docs.databricks.com/jobs/dynamic-value-references */
import type { ResultState } from '../../wire/runs.ts'

export interface ReferenceScope {
  job: { id: string; name: string; runId: string; trigger: string; startedAt: number }
  parameters: Readonly<Record<string, string>>
  task: { name: string; runId: string; attempt: number }
  tasks: Readonly<Record<string, { runId: string; result: ResultState | undefined; attempts: number }>>
  workspaceUrl: string
}

/** Not what every object has: `{{job.parameters.constructor}}` names nothing. */
const own = <T>(record: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined

const dateParts = (at: number): Record<string, string> => {
  const iso = new Date(at).toISOString()
  const day = new Date(at).getUTCDay()
  return {
    iso_date: iso.slice(0, 10),
    iso_datetime: `${iso.slice(0, 19)}Z`,
    timestamp_ms: `${at}`,
    year: iso.slice(0, 4),
    month: `${Number(iso.slice(5, 7))}`,
    day: `${Number(iso.slice(8, 10))}`,
    hour: `${Number(iso.slice(11, 13))}`,
    minute: `${Number(iso.slice(14, 16))}`,
    second: `${Number(iso.slice(17, 19))}`,
    iso_weekday: `${day === 0 ? 7 : day}`,
    is_weekday: `${day > 0 && day < 6}`,
  }
}

const ofJob = ({ job, parameters }: ReferenceScope, [name = '', ...rest]: string[]): string | undefined => {
  if (name === 'parameters') return own(parameters, rest.join('.'))
  if (name === 'start_time') return own(dateParts(job.startedAt), rest.join('.'))
  if (name === 'trigger' && rest.join('.') === 'type') return job.trigger
  if (rest.length > 0) return undefined
  const known: Record<string, string> = { id: job.id, name: job.name, run_id: job.runId, repair_count: '0' }
  return own(known, name)
}

const ofTask = ({ task }: ReferenceScope, [name = '']: string[]): string | undefined => {
  const known: Record<string, string> = {
    name: task.name,
    run_id: task.runId,
    execution_count: `${task.attempt + 1}`,
  }
  return own(known, name)
}

const ofTasks = ({ tasks }: ReferenceScope, [key = '', name = '', ...rest]: string[]): string | undefined => {
  const other = own(tasks, key)
  if (other === undefined || rest.length > 0) return undefined
  const known: Record<string, string | undefined> = {
    result_state: other.result?.toLowerCase(),
    run_id: other.runId,
    execution_count: `${other.attempts}`,
  }
  return own(known, name)
}

const spaces: Record<string, (scope: ReferenceScope, path: string[]) => string | undefined> = {
  job: ofJob,
  task: ofTask,
  tasks: ofTasks,
  run: ({ job }, [name = '']) => (name === 'id' ? job.runId : undefined),
  workspace: ({ workspaceUrl }, [name = '']) => (name === 'url' ? workspaceUrl : undefined),
}

/** The names of before: https://docs.databricks.com/jobs/dynamic-value-references#deprecated */
const older: Record<string, (scope: ReferenceScope) => string> = {
  job_id: ({ job }) => job.id,
  run_id: ({ task }) => task.runId,
  parent_run_id: ({ job }) => job.runId,
  task_key: ({ task }) => task.name,
  task_retry_count: ({ task }) => `${task.attempt}`,
  start_date: ({ job }) => dateParts(job.startedAt)['iso_date'] ?? '',
  start_time: ({ job }) => `${job.startedAt}`,
}

/** A reference that a known namespace does not have. */
export class BadReference extends Error {}

const parts = (path: string): string[] =>
  [...path.matchAll(/`([^`]*)`|([^.`]+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '')

/** Whole namespaces that are unknown stay as they are, as the service leaves them. */
const resolveOne = (scope: ReferenceScope, whole: string, path: string): string => {
  const [space = '', ...rest] = parts(path)
  if (rest.length === 0) return own(older, space)?.(scope) ?? whole
  const look = own(spaces, space)
  if (look === undefined) return whole
  const found = look(scope, rest)
  if (found !== undefined) return found
  if (space === 'job' && rest[0] === 'parameters')
    throw new BadReference(
      `The run has no job parameter '${rest.slice(1).join('.')}', but the task refers to ${whole}`,
    )
  throw new BadReference(`Invalid reference ${whole}`)
}

/**
 * Every text inside of a value, resolved.
 * @throws BadReference
 */
export const resolve = <T>(value: T, scope: ReferenceScope): T => {
  const walk = (item: unknown): unknown => {
    if (typeof item === 'string')
      return item.replace(/\{\{\s*([^{}]+?)\s*\}\}/g, (whole, path: string) => resolveOne(scope, whole, path))
    if (Array.isArray(item)) return item.map(walk)
    if (typeof item !== 'object' || item === null) return item
    return Object.fromEntries(Object.entries(item).map(([key, member]) => [key, walk(member)]))
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- walk keeps the shape
  return walk(value) as T
}
