import type { ClusterSpec } from '../wire/clusters.ts'
import type { Attempt, Desired, LedgerTail, Scope } from './state.ts'

/** What dead runs may have made of clusters. */
export const attemptsOf = (tail: LedgerTail): Attempt[] => [
  ...(tail.state?.attempts ?? []),
  ...tail.unsettled.flatMap(({ attempts }) => attempts ?? []),
]

/** What a run in this scope is about to make of clusters. */
export const attemptsIn = (desired: Desired, scope: Scope, number: number): Attempt[] =>
  scope.includes('cluster') || scope.includes('libraries')
    ? desired.clusters.map(({ key, spec, libraries }) => ({ key, number, spec, libraries }))
    : []

const isMap = (value: unknown): value is Record<string, string> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Fields of both, members of maps too: where they differ, those of `last`. */
const merged = (first: ClusterSpec, last: ClusterSpec): ClusterSpec => {
  const both = { ...first, ...last }
  for (const [name, value] of Object.entries(first)) {
    const other = last[name]
    if (isMap(value) && isMap(other)) both[name] = { ...value, ...other }
  }
  return both
}

/** The tail as if the last finished deployment had also declared what dead runs have: so that it is known as ours. */
export const withAttempts = (tail: LedgerTail, key: string): LedgerTail => {
  const attempts = attemptsOf(tail).filter((attempt) => attempt.key === key)
  if (attempts.length === 0) return tail
  const known = tail.state?.clusters?.[key] ?? { id: '', spec: {}, libraries: [], strategy: 'auto' as const }
  const spec = merged(
    attempts.reduce<ClusterSpec>((all, attempt) => merged(all, attempt.spec), {}),
    known.spec,
  )
  const libraries = [...known.libraries, ...attempts.flatMap((attempt) => attempt.libraries)]
  const clusters = { ...tail.state?.clusters, [key]: { ...known, spec, libraries } }
  return { ...tail, state: { ...tail.state, clusters } }
}
