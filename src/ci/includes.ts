import { parseDocument } from 'yaml'

/** `!reference` in a user's file is a list like any other. */
const reference = { tag: '!reference', collection: 'seq' } as const

const localOf = (entry: unknown): string[] => {
  const path =
    typeof entry === 'object' && entry !== null && 'local' in entry && typeof entry.local === 'string'
      ? entry.local
      : entry
  // A bare text is a URL, or else a file of the repository.
  return typeof path === 'string' && !path.includes('://') ? [path.replace(/^\//, '')] : []
}

/** Files of the repository that a `.gitlab-ci.yml` includes; undefined when it cannot be read. */
const includesOf = (text: string): string[] | undefined => {
  const document = parseDocument(text, { customTags: [reference], stringKeys: true, logLevel: 'silent' })
  if (document.errors.length > 0) return undefined
  const root: unknown = document.toJS()
  if (typeof root !== 'object' || root === null || !('include' in root)) return []
  return [root.include].flat().flatMap(localOf)
}

/**
 * Files that the user's file has to include, and does not.
 * @param wanted what is generated where there is no such file
 * @returns all of them when the user's file is no YAML
 */
export const missingIncludes = (wanted: string, actual: string): string[] => {
  const there = includesOf(actual) ?? []
  return (includesOf(wanted) ?? []).filter((path) => !there.includes(path))
}
