import { parse, type CollectionTag } from 'yaml'

/** An expression of `rules:if`: https://docs.gitlab.com/ci/jobs/job_rules/#cicd-variable-expressions */
type Value = string | RegExp | null
export type Variables = Readonly<Record<string, string>>

const tokens = (text: string): string[] => {
  const found = text.match(/&&|\|\||==|!=|=~|!~|\(|\)|\$\w+|"[^"]*"|'[^']*'|\/(?:[^/\\]|\\.)+\/|null|\S/g)
  return found ?? []
}

/** Recursive descent: `||` binds less than `&&`, as on the host. */
export const holds = (text: string, variables: Variables): boolean => {
  const rest = tokens(text)
  const operand = (): Value => {
    const token = rest.shift() ?? ''
    if (token.startsWith('$')) return variables[token.slice(1)] ?? null
    if (/^["']/.test(token)) return token.slice(1, -1)
    if (/^\/.+\/$/.test(token)) return new RegExp(token.slice(1, -1))
    if (token === 'null') return null
    throw new Error(`GitLab would refuse ${token || 'the end'} in: ${text}`)
  }
  const comparison = (): boolean => {
    if (rest[0] === '(') {
      rest.shift()
      const value = either()
      if (rest.shift() !== ')') throw new Error(`no ) in: ${text}`)
      return value
    }
    const left = operand()
    if (rest[0] === undefined || ['&&', '||', ')'].includes(rest[0])) return left !== null && left !== ''
    const operator = rest.shift()
    const right = operand()
    if (operator === '==') return left === right
    if (operator === '!=') return left !== right
    const matches = right instanceof RegExp && right.test(String(left ?? ''))
    if (operator === '=~') return matches
    if (operator === '!~') return !matches
    throw new Error(`GitLab would refuse ${operator} in: ${text}`)
  }
  const both = (): boolean => {
    let value = comparison()
    while (rest[0] === '&&') {
      rest.shift()
      value = comparison() && value
    }
    return value
  }
  const either = (): boolean => {
    let value = both()
    while (rest[0] === '||') {
      rest.shift()
      value = both() || value
    }
    return value
  }
  const value = either()
  if (rest.length > 0) throw new Error(`GitLab would refuse ${rest.join(' ')} in: ${text}`)
  return value
}

/**
 * Ruby's `File.fnmatch` with FNM_PATHNAME and FNM_DOTMATCH: only `**\/` goes through folders; a `**` at the end is a `*`.
 * https://docs.gitlab.com/ci/yaml/#ruleschanges
 */
export const fits = (pattern: string, path: string): boolean => {
  const source = pattern
    .split(/(\*\*\/|\*+)/)
    .map((part, index) =>
      index % 2 === 0
        ? part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`)
        : part === '**/'
          ? '(?:.*/)?'
          : '[^/]*',
    )
  return new RegExp(`^${source.join('')}$`).test(path)
}

export interface GitlabRule {
  if?: string
  changes?: string[]
  when?: string
  allow_failure?: boolean
  auto_cancel?: object
}

export interface GitlabJob {
  extends?: string
  stage?: string
  rules?: GitlabRule[]
  needs?: { job: string; optional?: boolean; artifacts?: boolean }[]
  [keyword: string]: unknown
}

export interface GitlabFile {
  workflow: { name: string; auto_cancel: object; rules: GitlabRule[] }
  stages: string[]
  [job: string]: unknown
}

class Reference {
  path: readonly string[]
  constructor(path: readonly string[]) {
    this.path = path
  }
}

const referenceTag: CollectionTag = {
  tag: '!reference',
  collection: 'seq',
  resolve: (seq) => new Reference(seq.toJSON() as string[]),
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const resolve = (value: unknown, root: Record<string, unknown>): unknown => {
  if (value instanceof Reference) {
    const found = value.path.reduce<unknown>((at, key) => (isRecord(at) ? at[key] : undefined), root)
    if (found === undefined) throw new Error(`!reference [${value.path.join(', ')}] leads nowhere`)
    return resolve(found, root)
  }
  if (Array.isArray(value))
    return value.flatMap((item) => {
      const resolved = resolve(item, root)
      return item instanceof Reference && Array.isArray(resolved) ? resolved : [resolved]
    })
  if (!isRecord(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolve(item, root)]))
}

const merged = (below: unknown, above: unknown): unknown =>
  isRecord(below) && isRecord(above)
    ? Object.fromEntries(
        [...new Set([...Object.keys(below), ...Object.keys(above)])].map((key) => [
          key,
          key in above ? merged(below[key], above[key]) : below[key],
        ]),
      )
    : above

/** YAML 1.1, as the host's parser reads it, with `!reference` resolved. */
export const readGitlab = (text: string): GitlabFile => {
  const root: unknown = parse(text, { version: '1.1', customTags: [referenceTag] })
  if (!isRecord(root)) throw new Error('not a GitLab file')
  return resolve(root, root) as GitlabFile
}

/** A job with all that it `extends`: maps are merged, everything else is replaced. */
export const whole = (file: GitlabFile, name: string): GitlabJob => {
  const job = file[name]
  if (!isRecord(job)) throw new Error(`there is no job ${name}`)
  const { extends: parent, ...own } = job as GitlabJob
  return (parent === undefined ? own : merged(whole(file, parent), own)) as GitlabJob
}

const globals = new Set(['workflow', 'stages', 'include', 'default', 'variables', 'image', 'cache'])

export const jobNames = (file: GitlabFile): string[] =>
  Object.keys(file).filter((name) => !globals.has(name) && !name.startsWith('.'))

/** Files of a push or a merge request; `undefined` where no push says: then every file counts as changed. */
export interface Moment {
  variables: Variables
  changed?: readonly string[]
}

const firstThatHolds = (
  rules: readonly GitlabRule[],
  { variables, changed }: Moment,
): GitlabRule | undefined =>
  rules.find(
    (rule) =>
      (rule.if === undefined || holds(rule.if, variables)) &&
      (rule.changes === undefined ||
        changed === undefined ||
        rule.changes.some((pattern) => changed.some((path) => fits(pattern, path)))),
  )

const whenOf = (rule: GitlabRule | undefined): string =>
  rule === undefined ? 'never' : (rule.when ?? 'on_success')

/** Whether `workflow` lets a pipeline begin. */
export const begins = (file: GitlabFile, moment: Moment): boolean =>
  whenOf(firstThatHolds(file.workflow.rules, moment)) !== 'never'

/** Jobs of the pipeline, those that wait for a click with ` (manual)`. None: GitLab makes no pipeline. */
export const pipelineOf = (file: GitlabFile, moment: Moment): string[] => {
  if (!begins(file, moment)) return []
  const jobs = jobNames(file).map((name) => {
    const when = whenOf(firstThatHolds(whole(file, name).rules ?? [{}], moment))
    return { name, when }
  })
  const present = jobs.filter(({ when }) => when !== 'never')
  for (const { name } of present)
    for (const need of whole(file, name).needs ?? [])
      if (need.optional !== true && !present.some((job) => job.name === need.job))
        throw new Error(`GitLab would refuse the pipeline: ${name} needs ${need.job}, which is not in it`)
  return present.map(({ name, when }) => (when === 'manual' ? `${name} (manual)` : name))
}
