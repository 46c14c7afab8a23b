import table from '../data/cluster-fields.json' with { type: 'json' }
import type { Json } from '../../wire/endpoint.ts'

/**
 * `resize`: reaches a RUNNING cluster without a restart; `edit`: restarts it, the id stays;
 * `new`: only read by clusters/create, so a difference needs a new cluster.
 */
type FieldEffect = 'resize' | 'edit' | 'new'

interface ClusterField {
  /** `string`, `int`, `number`, `bool`, `map` (text to text), the name of an object or enum, or `[type]`. */
  type: string
  change: FieldEffect
  /** The workspace sets it when the spec does not, so its presence there alone is no difference. */
  serverFilled?: boolean
  default?: Json
  description: string
}

/** What is known of the fields of clusters/create. Plain data: the planner receives it as a value. */
export interface ClusterFields {
  fields: Readonly<Record<string, ClusterField>>
  /** Answered by the workspace, never sent. */
  readOnly: readonly string[]
  /** Nested objects: field -> type. */
  objects: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** Fields that a nested object must have. */
  required: Readonly<Record<string, readonly string[]>>
  enums: Readonly<Record<string, readonly string[]>>
  /** Per field: values that mean the same, e.g. DATA_SECURITY_MODE_DEDICATED is SINGLE_USER. */
  same: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** Per field: values that match whatever the workspace chose. */
  any: Readonly<Record<string, readonly string[]>>
}

const effectOf = (text: string): FieldEffect => (text === 'resize' || text === 'new' ? text : 'edit')

export const clusterFields: ClusterFields = {
  ...table,
  fields: Object.fromEntries(
    Object.entries(table.fields).map(([name, field]) => [name, { ...field, change: effectOf(field.change) }]),
  ),
}
