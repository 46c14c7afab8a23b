import type { ClusterSpec } from '../wire/clusters.ts'
import type { JobSettings } from '../wire/jobs.ts'
import { canonical, same } from './canonical.ts'
import { compareSpec } from './compare.ts'
import type { PlanTools } from './fields.ts'
import { defaultOf, ignored, isByHand, isUnanswered, keyOfItems } from './job-defaults.ts'
import { isJobMarkerTag } from './marker.ts'
import type { FieldChange } from './state.ts'

type Members = Record<string, unknown>

const isMap = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isSpec = (value: unknown): value is ClusterSpec => isMap(value)

/** The service leaves out what a user may write as empty, and fills in what is off: `{no_alert_for_skipped_runs: false}`. */
const isEmpty = (value: unknown): boolean => {
  if (isMap(value)) return Object.values(value).every(isEmpty)
  if (Array.isArray(value)) return value.length === 0
  return value === undefined || value === null || value === '' || value === false
}

/** Lists in one order; those with keys as maps, so that a path names the task and not its number. */
const arranged = (name: string, value: unknown): unknown => {
  if (!Array.isArray(value)) return value
  if (name === 'libraries') return value.toSorted((a, b) => (canonical(a) < canonical(b) ? -1 : 1))
  const key =
    keyOfItems[name] ?? (value.every((item) => isMap(item) && typeof item['name'] === 'string') ? 'name' : '')
  if (key === '' || value.length === 0) return value
  return Object.fromEntries(value.map((item) => [isMap(item) ? String(item[key]) : '', item] as const))
}

/** The service takes a number where a text belongs, and digits for a number, and answers the right one: no difference. */
const asTexts = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(asTexts)
  if (isMap(value)) return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, asTexts(one)]))
  return typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean'
    ? String(value)
    : value
}
const alike = (a: unknown, b: unknown): boolean => same(a, b) || same(asTexts(a), asTexts(b))

interface Sides {
  declared: unknown
  observed: unknown
  /** What the last finished deployment declared here. */
  recorded: unknown
  /** What was sent last, for what is never answered: as recorded, else as declared. */
  sent: unknown
}

const memberOf = (value: unknown, name: string): unknown =>
  isMap(value) ? arranged(name, value[name]) : undefined

const isUnset = (value: unknown, path: readonly string[]): boolean =>
  isEmpty(value) || alike(value, defaultOf(path))

/** A cluster that lives as long as a run: what the service fills in is that of any cluster. */
const compareCluster = (path: readonly string[], sides: Sides, tools: PlanTools): FieldChange[] => {
  const { declared, observed, recorded } = sides
  if (!isSpec(declared) || !isSpec(observed)) return compareWhole(path, sides)
  const known = compareSpec(declared, observed, isSpec(recorded) ? recorded : undefined, tools.fields)
  const others = Object.keys(declared).filter(
    (name) => tools.fields.fields[name] === undefined && !alike(declared[name], observed[name]),
  )
  return [
    ...known
      .filter((change) => !alike(change.old, change.new))
      .map((change) => ({ ...change, path: [...path, change.path].join('.') })),
    ...others.map((name) => ({ path: [...path, name].join('.'), old: observed[name], new: declared[name] })),
  ]
}

const compareWhole = (path: readonly string[], sides: Sides): FieldChange[] => {
  const { declared, recorded } = sides
  const observed = sides.observed ?? (isUnanswered(path) ? sides.sent : undefined)
  const change = [{ path: path.join('.'), old: observed, new: declared }]
  if (declared !== undefined)
    return alike(declared, observed) || (isUnset(declared, path) && isUnset(observed, path)) ? [] : change
  if (isUnset(observed, path)) return []
  return recorded !== undefined || isByHand(path) ? change : []
}

const compareValue = (path: readonly string[], sides: Sides, tools: PlanTools): FieldChange[] => {
  const { declared, observed, recorded, sent } = sides
  if (path.at(-1) === 'new_cluster') return compareCluster(path, sides, tools)
  if (!isMap(declared) || !isMap(observed)) return compareWhole(path, sides)
  const names = [...new Set([...Object.keys(declared), ...Object.keys(observed)])].sort()
  return names.flatMap((name) =>
    compareValue(
      [...path, name],
      {
        declared: memberOf(declared, name),
        observed: memberOf(observed, name),
        recorded: memberOf(recorded, name),
        sent: memberOf(sent, name),
      },
      tools,
    ),
  )
}

const tagsOf = ({ tags = {} }: JobSettings): Record<string, string> =>
  Object.fromEntries(Object.entries(tags).filter(([tag]) => !isJobMarkerTag(tag)))

/** Tags that somebody else has put on the job: a reset must not take them off. */
export const foreignJobTags = (
  declared: JobSettings,
  observed: JobSettings,
  recorded: JobSettings | undefined,
): Record<string, string> =>
  Object.fromEntries(
    Object.entries(tagsOf(observed)).filter(
      ([tag]) => declared.tags?.[tag] === undefined && recorded?.tags?.[tag] === undefined,
    ),
  )

const compareTags = (
  declared: JobSettings,
  observed: JobSettings,
  recorded: JobSettings | undefined,
): FieldChange[] => {
  const [wanted, there] = [tagsOf(declared), tagsOf(observed)]
  const foreign = foreignJobTags(declared, observed, recorded)
  return [...new Set([...Object.keys(wanted), ...Object.keys(there)])]
    .sort()
    .filter((tag) => wanted[tag] !== there[tag] && foreign[tag] === undefined)
    .map((tag) => ({ path: `tags.${tag}`, old: there[tag], new: wanted[tag] }))
}

const identityOf = ({ run_as }: JobSettings): string | undefined =>
  run_as?.service_principal_name ?? run_as?.user_name

/** Not declared it stays: jobs/reset keeps it. */
const compareRunAs = (
  declared: JobSettings,
  observed: JobSettings,
  runAs: string | undefined,
): FieldChange[] => {
  const [wanted, there] = [identityOf(declared), identityOf(observed) ?? runAs]
  return wanted === undefined || wanted === there ? [] : [{ path: 'run_as', old: there, new: wanted }]
}

/**
 * The fields in which a job differs from its declaration, `tasks.train.max_retries`. Defaults, what the service fills in, the
 * order of keys and of tasks, and our own tags are never a difference.
 * @param recorded the settings of the last finished deployment: tells a removed field from one that was never ours
 * @param runAs whom the service says that it runs as
 */
export const compareJob = (
  declared: JobSettings,
  observed: JobSettings,
  recorded: JobSettings | undefined,
  tools: PlanTools,
  runAs?: string,
): FieldChange[] => {
  const bare = (settings: JobSettings | undefined): Members =>
    Object.fromEntries(Object.entries(settings ?? {}).filter(([name]) => !ignored.has(name)))
  const sent = bare(recorded ?? declared)
  const sides = { declared: bare(declared), observed: bare(observed), recorded: bare(recorded), sent }
  return [
    ...compareValue([], sides, tools),
    ...compareTags(declared, observed, recorded),
    ...compareRunAs(declared, observed, runAs),
  ]
}
