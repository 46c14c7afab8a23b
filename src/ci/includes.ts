import { parseAllDocuments } from 'yaml'

/** `!reference` in a user's file is a list like any other. */
const reference = { tag: '!reference', collection: 'seq' } as const

const localOf = (entry: unknown): string[] => {
  const path =
    typeof entry === 'object' && entry !== null && 'local' in entry && typeof entry.local === 'string'
      ? entry.local
      : entry
  // A bare text is a URL, or else a file of the repository.
  return typeof path === 'string' && !path.includes('://') ? [path.replace(/^\/+/, '')] : []
}

const has = <K extends string>(value: unknown, key: K): value is Record<K, unknown> =>
  typeof value === 'object' && value !== null && key in value

/** A first document with `spec` is the header of the second: https://docs.gitlab.com/ci/yaml/#header-keywords */
const bodyOf = ([first, second]: readonly unknown[]): unknown =>
  has(first, 'spec') && second !== undefined ? second : first

/** The last document that says something; undefined when the text is no YAML. */
const read = (text: string): unknown => {
  const documents = [
    ...parseAllDocuments(text, { customTags: [reference], stringKeys: true, logLevel: 'silent' }),
  ]
  if (documents.some(({ errors }) => errors.length > 0)) return undefined
  return bodyOf(documents.map((document): unknown => document.toJS())) ?? {}
}

/**
 * Stages that the user's file leaves out: its own list takes the place of the one that it includes.
 * @param wanted those that generated jobs are of
 */
export const missingStages = (wanted: readonly string[], actual: string): string[] => {
  const body = read(actual)
  if (!has(body, 'stages') || !Array.isArray(body.stages)) return []
  const there: readonly unknown[] = body.stages
  return wanted.filter((stage) => !there.includes(stage))
}

/** Files of the repository that a `.gitlab-ci.yml` includes, wildcards as they are; undefined when it cannot be read. */
const includesOf = (text: string): string[] | undefined => {
  const body = read(text)
  if (body === undefined) return undefined
  return has(body, 'include') ? [body.include].flat().flatMap(localOf) : []
}

/**
 * GitLab takes `*` for any text without a slash, and `**` for any text at all, also within a name:
 * https://docs.gitlab.com/ci/yaml/includes/#use-includelocal-with-wildcard-file-paths
 */
const matches = (pattern: string, path: string): boolean => {
  const source = pattern.replace(/\*\*|[*\\^$.|?+()[\]{}]/g, (part) =>
    part === '**' ? '.*' : part === '*' ? '[^/]*' : `\\${part}`,
  )
  return new RegExp(`^${source}$`).test(path)
}

/**
 * Files that the user's file has to include, and does not.
 * @param wanted what is generated where there is no such file
 * @returns all of them when the user's file is no YAML
 */
export const missingIncludes = (wanted: string, actual: string): string[] => {
  const there = includesOf(actual) ?? []
  return (includesOf(wanted) ?? []).filter((path) => !there.some((pattern) => matches(pattern, path)))
}
