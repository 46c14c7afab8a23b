import type { ClusterSpec } from '../wire/clusters.ts'
import { canonical, same } from './canonical.ts'
import type { ClusterField, ClusterFieldTable } from './fields.ts'
import { isMarkerTag } from './marker.ts'
import type { FieldChange } from './state.ts'

type Members = Record<string, unknown>

const isMap = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Nothing set: what the workspace leaves out is the same as what a user writes as empty. */
const isEmpty = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === '' ||
  canonical(value) === '[]' ||
  canonical(value) === '{}'

interface Sides {
  declared: unknown
  observed: unknown
  /** What the last finished deployment declared here. */
  recorded: unknown
}

const memberOf = (value: unknown, key: string): unknown => (isMap(value) ? value[key] : undefined)

/**
 * Member by member. What only the workspace has is a difference if we once declared it, or where
 * `strict` says that nobody but us may set it; else the server, a policy or the cloud put it there (databricks/cli#6531).
 */
const compareMap = (path: string, sides: Sides, strict: boolean): FieldChange[] => {
  const declared = isMap(sides.declared) ? sides.declared : {}
  const observed = isMap(sides.observed) ? sides.observed : {}
  const keys = [...new Set([...Object.keys(declared), ...Object.keys(observed)])].sort()
  return keys.flatMap((key) => {
    const at = `${path}.${key}`
    const recorded = memberOf(sides.recorded, key)
    if (declared[key] !== undefined)
      return compareValue(at, { declared: declared[key], observed: observed[key], recorded }, strict)
    const ours = recorded !== undefined || strict
    return ours && !isEmpty(observed[key]) ? [{ path: at, old: observed[key], new: undefined }] : []
  })
}

const compareValue = (path: string, sides: Sides, strict: boolean): FieldChange[] => {
  if (isEmpty(sides.declared) && isEmpty(sides.observed)) return []
  if (isMap(sides.declared) && (isMap(sides.observed) || sides.observed === undefined))
    return compareMap(path, sides, strict)
  return same(sides.declared, sides.observed) ? [] : [{ path, old: sides.observed, new: sides.declared }]
}

const oneSpelling = (table: ClusterFieldTable, name: string, value: unknown): unknown =>
  typeof value === 'string' ? (table.same[name]?.[value] ?? value) : value

const withoutMarkers = (name: string, value: unknown): unknown =>
  name === 'custom_tags' && isMap(value)
    ? Object.fromEntries(Object.entries(value).filter(([tag]) => !isMarkerTag(tag)))
    : value

const compareField = (
  name: string,
  field: ClusterField,
  table: ClusterFieldTable,
  sides: Sides,
  policy: boolean,
) => {
  const { declared, observed, recorded } = sides
  if (typeof declared === 'string' && table.any[name]?.includes(declared)) return []
  // Created with it or not: the workspace does not give these back, so only our record can tell.
  // Taken out of the file it has done its work; only another value asks for another cluster.
  if (field.change === 'new')
    return declared === undefined || recorded === undefined || same(declared, recorded)
      ? []
      : [{ path: name, old: recorded, new: declared }]
  const foreign = field.serverFilled === true || policy
  if (declared === undefined) {
    if (foreign && isMap(observed)) return compareMap(name, sides, false)
    const ours = recorded !== undefined || !foreign
    const unset = isEmpty(observed) || same(observed, field.default)
    return ours && !unset ? [{ path: name, old: observed, new: field.default }] : []
  }
  if (observed === undefined && same(declared, field.default)) return []
  return compareValue(name, sides, !foreign)
}

/** What `is_single_node` makes the service set by itself, besides the size. */
const singleNodeConf = new Set(['spark.databricks.cluster.profile', 'spark.master'])

const withoutSingleNode = (declared: ClusterSpec, observed: ClusterSpec): ClusterSpec => {
  const conf = Object.entries(observed.spark_conf ?? {}).filter(
    ([key]) => !singleNodeConf.has(key) || declared.spark_conf?.[key] !== undefined,
  )
  return { ...observed, spark_conf: Object.fromEntries(conf) }
}

/**
 * Where autoscale or a single node is declared, num_workers is a reading of the moment. A declared 0 that is
 * left out of the answer is a 0.
 */
const withoutReading = (declared: ClusterSpec, observed: ClusterSpec): ClusterSpec => {
  const { num_workers: workers, ...rest } = observed
  if (declared['is_single_node'] === true && declared.num_workers === undefined)
    return withoutSingleNode(declared, rest)
  if (declared.autoscale) return rest
  return workers === undefined && declared.num_workers === 0 && !observed.autoscale
    ? { ...rest, num_workers: 0 }
    : observed
}

/** What is never answered is as it was sent: as recorded, else, for want of a record, as declared. */
const withUnanswered = (
  observed: ClusterSpec,
  sent: ClusterSpec,
  { fields }: ClusterFieldTable,
): ClusterSpec => ({
  ...Object.fromEntries(
    Object.entries(sent).filter(([name]) => fields[name]?.answered === false && sent[name] !== undefined),
  ),
  ...observed,
})

/**
 * The fields in which a cluster differs from its declaration. Server-filled fields, other spellings of the same
 * value and our own tags are never a difference.
 * @param recorded the spec of the last finished deployment: tells a removed field from one that was never ours
 */
export const compareSpec = (
  declared: ClusterSpec,
  observed: ClusterSpec,
  recorded: ClusterSpec | undefined,
  table: ClusterFieldTable,
): FieldChange[] => {
  const there = withUnanswered(withoutReading(declared, observed), recorded ?? declared, table)
  const policy = declared.policy_id !== undefined
  return Object.entries(table.fields).flatMap(([name, field]) => {
    const side = (spec: ClusterSpec | undefined) =>
      withoutMarkers(name, oneSpelling(table, name, spec?.[name]))
    return compareField(
      name,
      field,
      table,
      { declared: side(declared), observed: side(there), recorded: side(recorded) },
      policy,
    )
  })
}

/**
 * What an edit resets, because it replaces the whole spec: fields that the workspace holds, that nobody declared and
 * that are no default, in words. Attributes of the cloud are left out: they are filled in again the same.
 */
export const resetByEdit = (
  declared: ClusterSpec,
  observed: ClusterSpec,
  table: ClusterFieldTable,
): string[] =>
  Object.entries(table.fields).flatMap(([name, field]) => {
    const value = observed[name]
    const quiet = declared[name] !== undefined || isEmpty(value) || isMap(value) || same(value, field.default)
    const follows = name === 'driver_node_type_id' && value === observed.node_type_id
    return field.serverFilled !== true || quiet || follows ? [] : [`${name} ${canonical(value)}`]
  })

/** Tags that somebody else, or a policy, has put on the cluster: an edit must not take them off. */
export const foreignTags = (
  declared: ClusterSpec,
  observed: ClusterSpec,
  recorded: ClusterSpec | undefined,
): Record<string, string> =>
  Object.fromEntries(
    Object.entries(observed.custom_tags ?? {}).filter(
      ([tag]) =>
        !isMarkerTag(tag) &&
        declared.custom_tags?.[tag] === undefined &&
        recorded?.custom_tags?.[tag] === undefined,
    ),
  )

/** The least disruptive way that reaches all of these changes. */
export const changeNeeded = (
  changes: FieldChange[],
  table: ClusterFieldTable,
): 'none' | 'resize' | 'edit' | 'new' => {
  const kinds = new Set(changes.map(({ path }) => table.fields[path.split('.')[0] ?? '']?.change ?? 'edit'))
  if (kinds.has('new')) return 'new'
  if (kinds.has('edit')) return 'edit'
  return kinds.has('resize') ? 'resize' : 'none'
}
