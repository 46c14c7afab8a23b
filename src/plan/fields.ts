/** What the planner knows of a field of clusters/create; the table is config/data/cluster-fields.json. */
export interface ClusterField {
  /** What a difference needs. `new`: the workspace takes it at creation only, and does not give it back. */
  change: 'resize' | 'edit' | 'new'
  /** The workspace or a policy sets it when the spec does not: its presence alone is no difference. */
  serverFilled?: boolean
  /** false: the workspace takes it and does not give it back, so that only our record can tell. */
  answered?: boolean
  /** What the workspace reports when nobody set it. */
  default?: unknown
}

export interface ClusterFieldTable {
  fields: Readonly<Record<string, ClusterField>>
  /** field -> spelling -> the spelling that means the same. */
  same: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** field -> spellings that let the workspace choose: any observed value fits. */
  any: Readonly<Record<string, readonly string[]>>
}

/** What a plan needs besides its two inputs. */
export interface PlanTools {
  fields: ClusterFieldTable
  /** sha256 of a text, hex. Passed in, because this room has no imports. */
  digest: (text: string) => string
}
