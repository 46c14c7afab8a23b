import type { JobSettings } from '../wire/jobs.ts'

const reference = /\$\{clusters\.([^}]+)\.id\}/g

/** How settings name a cluster of the project. */
export const refTo = (key: string): string => `\${clusters.${key}.id}`

type Change = (text: string, field: string) => string

/** The value with every text in it changed; `field` is the nearest name above it. */
const mapTexts = (value: unknown, change: Change, field = ''): unknown => {
  if (typeof value === 'string') return change(value, field)
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, change, field))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, mapTexts(member, change, name)]),
  )
}

const mapSettings = (settings: JobSettings, change: Change): JobSettings =>
  // Texts become texts, and nothing else changes.
  mapTexts(settings, change) as JobSettings

/** Keys of the clusters that settings refer to, each once. */
export const clusterKeys = (settings: unknown): string[] => {
  const keys = new Set<string>()
  mapTexts(settings, (text) => {
    for (const [, key = ''] of text.matchAll(reference)) keys.add(key)
    return text
  })
  return [...keys]
}

/** Ids of clusters that tasks are to run on and that are written out, each once. */
export const writtenClusterIds = (settings: unknown): string[] => {
  const ids = new Set<string>()
  mapTexts(settings, (text, field) => {
    if (field === 'existing_cluster_id' && !text.includes('${')) ids.add(text)
    return text
  })
  return [...ids]
}

/** References replaced by ids, as far as they are known; the others stay. */
export const withIds = (settings: JobSettings, idOf: (key: string) => string | undefined): JobSettings =>
  mapSettings(settings, (text) => text.replaceAll(reference, (whole, key: string) => idOf(key) ?? whole))

/** What the cluster of a key is called before and after a plan. */
export interface ClusterIds {
  /** Undefined: this plan creates it. */
  now?: string
  /** Ids that the plan's cluster steps themselves replace in `existing_cluster_id`, in every job. */
  rewired: readonly string[]
}

/**
 * Ids replaced by references, so that what is there can be compared with what is declared. An id that is about to be rewired
 * counts as the reference only where it is rewired.
 */
export const withRefs = (settings: JobSettings, ids: ReadonlyMap<string, ClusterIds>): JobSettings =>
  mapSettings(settings, (text, field) => {
    let found = text
    for (const [key, { now, rewired }] of ids) {
      if (field === 'existing_cluster_id' && rewired.includes(text)) return refTo(key)
      // One text may name several clusters.
      if (now !== undefined) found = found.replaceAll(now, refTo(key))
    }
    return found
  })
