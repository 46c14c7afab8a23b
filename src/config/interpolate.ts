import { isUnexpanded } from '../env.ts'
import type { Fault } from '../errors.ts'
import { didYouMean, faultAt } from './faults.ts'
import { entriesOf, get, mapScalars, scalars, type Located, type Place, type Scalar } from './located.ts'

interface Problem {
  rule: string
  message: string
  hint: string
}
type Looked = { value: Scalar } | { problem: Problem }

/** What references may be made of. Functions of the name: nothing is evaluated unless a value refers to it. */
export interface Scope {
  lookup: (name: string) => Looked
  /** Names for hints. */
  known: readonly string[]
}

export interface ScopeInput {
  project: string
  target: string
  workspacePath?: Located | undefined
  /** Values by name; undefined is a variable without a default. */
  variables: ReadonlyMap<string, Scalar | undefined>
  env: Readonly<Record<string, string | undefined>>
  /** Commit of the checkout; asked only when a value refers to it. */
  commit?: (() => string | undefined) | undefined
}

/** `$${x}` is the literal text `${x}`. */
const reference = /\$(\$?)\{([^}]*)\}/g

/**
 * Replaces `${…}` in every string below a node. A value that is one whole reference keeps the type of what it refers to.
 * Where a reference cannot be resolved the text stays and a fault is added.
 */
export const interpolate = (node: Located, scope: Scope, faults: Fault[]): Located =>
  mapScalars(node, (value, at) => (typeof value === 'string' ? expand(value, scope, faults, at) : value))

const expand = (text: string, scope: Scope, faults: Fault[], at: Place): Scalar => {
  const whole = /^\$\{([^}]*)\}$/.exec(text)
  const found = (name: string, literal: string): Scalar => {
    const looked = scope.lookup(name.trim())
    if ('value' in looked) return looked.value
    faults.push(faultAt(at, looked.problem.rule, looked.problem.message, looked.problem.hint))
    return literal
  }
  if (whole?.[1] !== undefined) return found(whole[1], text)
  return text.replace(reference, (all, escaped: string, name: string) =>
    escaped ? all.slice(1) : String(found(name, all)),
  )
}

/** Builds the scope of one target: `var.*`, `env.*`, `git.sha`, `target.name`, `project.name`, `workspace.path`. */
export const scopeOf = (input: ScopeInput): Scope => {
  const pending = new Set<string>()
  const names = [...input.variables.keys()].map((name) => `var.${name}`)
  if (input.workspacePath) names.push('workspace.path')
  const known = ['target.name', 'project.name', 'git.sha', ...names]
  const source = (name: string): Scalar | undefined => {
    if (name === 'target.name') return input.target
    if (name === 'project.name') return input.project
    if (name.startsWith('var.')) return input.variables.get(name.slice('var.'.length))
    return input.workspacePath?.kind === 'scalar' ? input.workspacePath.value : undefined
  }
  const lookup = (name: string): Looked => {
    if (name.startsWith('env.')) return environment(name.slice('env.'.length), input.env)
    if (name === 'git.sha') return commitOf(input)
    if (!known.includes(name)) return { problem: unknown(name, known) }
    const value = source(name)
    if (value === undefined) return { problem: noValue(name) }
    if (typeof value !== 'string') return { value }
    if (pending.has(name)) return { problem: circular(name) }
    pending.add(name)
    const nested: Fault[] = []
    const expanded = expand(value, { lookup, known }, nested, nowhere)
    pending.delete(name)
    const [first] = nested
    return first
      ? { problem: { rule: first.rule, message: first.message, hint: first.hint ?? '' } }
      : { value: expanded }
  }
  return { lookup, known }
}

/**
 * The scope with more names, known by now. Without a value the reference stays as it is: something else has a fault there, or
 * a later stage resolves it.
 */
export const withValues = (scope: Scope, values: ReadonlyMap<string, string | undefined>): Scope => {
  const known = [...scope.known, ...values.keys()]
  return {
    known,
    lookup: (name) => {
      if (values.has(name)) return { value: values.get(name) ?? `\${${name}}` }
      const looked = scope.lookup(name)
      const isUnknown = 'problem' in looked && looked.problem.rule === 'unknown-reference'
      return isUnknown ? { problem: unknown(name, known) } : looked
    },
  }
}

const commitOf = ({ commit }: ScopeInput): Looked => {
  const value = commit?.()
  return value === undefined ? { problem: noCommit } : { value }
}

const noCommit: Problem = {
  rule: 'no-commit',
  message: '${git.sha} has no value: this is no Git checkout with a commit',
  hint: 'commit first, or run in a checkout',
}

const nowhere: Place = { file: '', line: 0, column: 0 }

/** Ids exist only once clusters do: jobs are planned after them, nothing else is. */
const whereNot = (name: string, known: readonly string[]): string =>
  name.startsWith('clusters.') && !known.some((other) => other.startsWith('clusters.'))
    ? ' here: only jobs may name the id of a cluster'
    : ''

const unknown = (name: string, known: readonly string[]): Problem => ({
  rule: 'unknown-reference',
  message: `there is nothing called \${${name}}${whereNot(name, known)}`,
  hint: `${didYouMean(name, [...known, 'env.NAME'])} (write $\${${name}} for the text itself)`,
})
const noValue = (name: string): Problem => ({
  rule: 'variable-without-value',
  message: `\${${name}} has no default and no value for this target`,
  hint: `pass --var ${name.replace('var.', '')}=… or give it under the target's variables`,
})
const circular = (name: string): Problem => ({
  rule: 'circular-reference',
  message: `\${${name}} refers to itself`,
  hint: 'break the circle',
})

/** CI systems hand on undefined variables in three ways: not at all, empty, or as the text of the reference. */
const environment = (name: string, env: ScopeInput['env']): Looked => {
  const value = env[name]?.trim()
  if (value && !isUnexpanded(value)) return { value }
  const why =
    value === undefined
      ? 'not set'
      : value === ''
        ? 'empty'
        : `the text ${value}, which the CI did not replace`
  return {
    problem: {
      rule: 'env-not-set',
      message: `the environment variable ${name} is ${why}`,
      hint: `set ${name} in the CI variables of this job (or its variable group), or in your shell: export ${name}=…`,
    },
  }
}

/** References of targets that are not deployed now: only their form is checked, so that no variable of theirs is needed. */
export const referenceFaults = (node: Located, known: readonly string[]): Fault[] =>
  [...scalars(node)].flatMap(([, value, at]) =>
    typeof value === 'string'
      ? [...value.matchAll(reference)].flatMap(([, escaped, name = '']) => {
          const fine = escaped || name.trim().startsWith('env.') || known.includes(name.trim())
          return fine ? [] : [toFault(at, unknown(name.trim(), known))]
        })
      : [],
  )

const toFault = (at: Place, { rule, message, hint }: Problem): Fault => faultAt(at, rule, message, hint)

/** Values of variables: `--var`, then the target's, then the default. */
export const variablesOf = (
  root: Located,
  target: Located | undefined,
  given: Readonly<Record<string, string>>,
): Map<string, Scalar | undefined> => {
  const values = new Map<string, Scalar | undefined>()
  for (const [name, { node }] of entriesOf(get(root, 'variables'))) {
    const fallback = node.kind === 'map' ? get(node, 'default') : node
    const set = get(target, 'variables', name) ?? fallback
    const value = set?.kind === 'scalar' ? set.value : undefined
    const flagged = Object.hasOwn(given, name) ? given[name] : undefined
    values.set(name, flagged === undefined ? value : typed(flagged, value))
  }
  return values
}

/** A flag is text; it takes the type of the value that it replaces, or what it looks like when there is none. */
const typed = (text: string, like: Scalar | undefined): Scalar => {
  if (typeof like === 'string') return text
  if (text === 'true' || text === 'false') return text === 'true'
  return /^-?(0|[1-9]\d{0,14})(\.\d+)?$/.test(text) ? Number(text) : text
}
