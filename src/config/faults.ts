import { distance } from 'fastest-levenshtein'
import type { Fault } from '../errors.ts'
import type { Place } from './located.ts'

/** What was found so far; the loaders add to it, so that one run reports everything. */
export interface Findings {
  faults: Fault[]
  warnings: Fault[]
}

/** A fault at a place. */
export const faultAt = (at: Place, rule: string, message: string, hint?: string): Fault => ({
  file: at.file,
  line: at.line,
  column: at.column,
  rule,
  message,
  ...(hint === undefined ? {} : { hint }),
})

/** A fault of a whole file. */
export const faultOf = (file: string, rule: string, message: string, hint?: string): Fault =>
  faultAt({ file, line: 0, column: 0 }, rule, message, hint)

/** The known name that was most likely meant: about a third of it mistyped at most. */
export const nearest = (name: string, known: readonly string[]): string | undefined => {
  const lower = name.toLowerCase()
  const ranked = known
    .map((candidate) => ({ candidate, far: distance(lower, candidate.toLowerCase()) }))
    .sort((a, b) => a.far - b.far)
  const best = ranked[0]
  return best && best.far <= Math.max(1, Math.ceil(best.candidate.length / 3)) ? best.candidate : undefined
}

/** «did you mean …?», or the list of what is known. */
export const didYouMean = (name: string, known: readonly string[]): string => {
  const names = known.filter((one) => one !== '')
  const best = nearest(name, names)
  return best === undefined ? `known: ${names.toSorted().join(', ') || 'none'}` : `did you mean «${best}»?`
}

/** By file, line and column, each once: the first of those that only differ in their hint. */
export const inOrder = (faults: readonly Fault[]): Fault[] => {
  const unique = new Map(
    faults.toReversed().map((fault) => [`${placeKey(fault)} ${fault.rule} ${fault.message}`, fault]),
  )
  return [...unique.values()].sort(
    (a, b) =>
      compare(a.file, b.file) || a.line - b.line || a.column - b.column || compare(a.message, b.message),
  )
}

const unresolved = new Set([
  'unknown-reference',
  'variable-without-value',
  'circular-reference',
  'env-not-set',
])
const placeKey = ({ file, line, column }: Fault): string => `${file}:${line}:${column}`

/** Without what follows from a reference that did not resolve: its text is still there and fits nothing. */
export const withoutEchoes = (faults: readonly Fault[]): Fault[] => {
  const roots = new Set(faults.filter(({ rule }) => unresolved.has(rule)).map(placeKey))
  return faults.filter((fault) => unresolved.has(fault.rule) || !roots.has(placeKey(fault)))
}

/** Order by code units, the same on every machine. */
export const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
