import * as v from 'valibot'
import type { Fault } from '../errors.ts'
import { didYouMean, faultAt, nearest } from './faults.ts'
import { get, mapScalars, placeOf, plain, type Located, type Path } from './located.ts'
import { knownKeys, mustBe } from './schema-words.ts'

/**
 * Every place where a value does not have the shape of a schema.
 * @param owner what the paths in the messages start from: `task train`
 */
export const shapeFaults = (node: Located, schema: v.GenericSchema, owner?: string): Fault[] => {
  // valibot tells bigint from number; a file does not.
  const shape = mapScalars(node, (value) => (typeof value === 'bigint' ? Number(value) : value))
  const { issues } = v.safeParse(schema, plain(shape))
  const faults = (issues ?? []).flatMap((issue) => explain(issue, [], node))
  return owner === undefined
    ? faults
    : faults.map((fault) => ({ ...fault, message: `${owner}: ${fault.message}` }))
}

type Issue = v.BaseIssue<unknown>

const pathOf = (issue: Issue): Path =>
  (issue.path ?? []).map(({ key }) => (typeof key === 'number' ? key : String(key)))

/** One issue of valibot as faults: a union is explained by the branch that fits best. */
const explain = (issue: Issue, base: Path, node: Located): Fault[] => {
  const path = [...base, ...pathOf(issue)]
  const inner = issue.type === 'union' ? deepest(issue.issues ?? []) : []
  if (inner.length > 0) return inner.flatMap((sub) => explain(sub, path, node))
  const name = String(path.at(-1) ?? '')
  if (issue.type === 'never' && issue.message.startsWith(knownKeys)) {
    const known = issue.message.slice(knownKeys.length).split(', ')
    return [
      faultAt(placeOf(node, path, 'key'), 'unknown-key', `unknown key «${name}»`, didYouMean(name, known)),
    ]
  }
  if (issue.received === 'undefined' && issue.type !== 'regex')
    return [faultAt(placeOf(node, path), 'missing-key', `«${name}» is missing`, `add ${path.join('.')}`)]
  return [mismatch(issue, path, node)]
}

/** In a union, the branch that got furthest into the value is the one that was meant. */
const deepest = (issues: readonly Issue[]): Issue[] => issues.filter((issue) => (issue.path ?? []).length > 0)

const mismatch = (issue: Issue, path: Path, node: Located): Fault => {
  const where = path.join('.') || 'the file'
  const isKey = issue.path?.at(-1)?.origin === 'key'
  const at = placeOf(node, path, isKey ? 'key' : 'value')
  const found = get(node, ...path)
  if (issue.message.startsWith(mustBe))
    return faultAt(at, 'wrong-type', `${where} ${issue.message}, not ${shown(found && plain(found))}`)
  if (issue.type === 'regex')
    return faultAt(
      at,
      'bad-name',
      `«${String(issue.input)}» is not a good ${isKey ? 'key' : where}`,
      issue.message,
    )
  if (issue.type === 'picklist' && typeof issue.input === 'string') {
    const known = (issue.expected ?? '').match(/"([^"]*)"/g)?.map((word) => word.slice(1, -1)) ?? []
    const close = nearest(issue.input, known)
    const hint = `${close === undefined ? '' : `did you mean «${close}»? `}one of ${known.join(', ')}`
    return faultAt(at, 'unknown-value', `${where} cannot be «${issue.input}»`, hint)
  }
  return faultAt(
    at,
    'wrong-type',
    `${where} must be ${expected(issue)}, not ${kindOf(found && plain(found))}`,
  )
}

const words: Record<string, string> = {
  Object: 'a map',
  Array: 'a list',
  string: 'text',
  boolean: 'true or false',
}
const expected = (issue: Issue): string =>
  (issue.expected ?? '')
    .replace(/^\(|\)$/g, '')
    .split(' | ')
    .filter((word) => word !== 'null')
    .map((word) => words[word] ?? word)
    .join(' or ')

/** A number or a word as it is: what is wrong with «two» or 2.5 is not its type. */
const shown = (value: unknown): string => {
  if (typeof value === 'string') return `«${value}»`
  return typeof value === 'number' || typeof value === 'bigint' ? String(value) : kindOf(value)
}

/** What a value is, in words. */
export const kindOf = (value: unknown): string => {
  if (value === null || value === undefined) return 'empty'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a map'
  if (typeof value === 'string') return 'text'
  return typeof value === 'boolean' ? 'true or false' : 'a number'
}
