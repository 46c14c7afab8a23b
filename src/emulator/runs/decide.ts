/** What a run does next: pure rules. https://docs.databricks.com/jobs/run-if, https://docs.databricks.com/jobs/control-flow */
import type { RunIf } from '../../wire/jobs.ts'
import type { ResultState } from '../../wire/runs.ts'

/** How a task stands, as those that depend on it see it. */
export type Standing = 'waiting' | 'active' | 'success' | 'failed' | 'canceled' | 'excluded'

export interface Node {
  key: string
  dependsOn: readonly { key: string; outcome?: string }[]
  runIf: RunIf
  standing: Standing
  /** What a condition_task found: `true` or `false`. */
  outcome?: string | undefined
}

type Upstream = 'EXCLUDED' | 'UPSTREAM_FAILED' | 'UPSTREAM_CANCELED'
export interface Decision {
  key: string
  next: 'start' | Upstream
}

const standings: Partial<Record<ResultState, Standing>> = {
  SUCCESS: 'success',
  SUCCESS_WITH_FAILURES: 'success',
  EXCLUDED: 'excluded',
  DISABLED: 'excluded',
  CANCELED: 'canceled',
  UPSTREAM_CANCELED: 'canceled',
}

export const standingOf = (result: ResultState): Standing => standings[result] ?? 'failed'

/** An edge that wants another outcome of a condition is not taken. */
const through = (edge: { outcome?: string }, from: Node): Standing =>
  from.standing === 'success' && edge.outcome !== undefined && edge.outcome !== from.outcome
    ? 'excluded'
    : from.standing

const unmet = (seen: readonly Standing[]): Upstream => {
  if (seen.includes('failed')) return 'UPSTREAM_FAILED'
  return seen.includes('canceled') ? 'UPSTREAM_CANCELED' : 'EXCLUDED'
}

const broken = (standing: Standing): boolean => standing === 'failed' || standing === 'canceled'

/** Excluded tasks count as successful, except that somebody must have succeeded for AT_LEAST_ONE_SUCCESS. */
const rules: Record<RunIf, (seen: readonly Standing[]) => 'start' | Upstream> = {
  ALL_SUCCESS: (seen) => (seen.some(broken) ? unmet(seen) : 'start'),
  NONE_FAILED: (seen) => (seen.some(broken) ? unmet(seen) : 'start'),
  ALL_DONE: () => 'start',
  AT_LEAST_ONE_SUCCESS: (seen) => (seen.includes('success') ? 'start' : unmet(seen)),
  ALL_FAILED: (seen) => (seen.every((one) => broken(one) || one === 'excluded') ? 'start' : 'EXCLUDED'),
  AT_LEAST_ONE_FAILED: (seen) => (seen.some(broken) ? 'start' : 'EXCLUDED'),
}

const decideOne = (node: Node, byKey: ReadonlyMap<string, Node>): Decision['next'] | undefined => {
  // A task that is left out of the run (`only`) is no reason to wait.
  const seen = node.dependsOn.flatMap((edge) => {
    const from = byKey.get(edge.key)
    return from === undefined ? [] : [through(edge, from)]
  })
  if (seen.includes('waiting') || seen.includes('active')) return undefined
  if (seen.length === 0) return 'start'
  // Whatever run_if says: https://docs.databricks.com/jobs/run-if
  return seen.every((one) => one === 'excluded') ? 'EXCLUDED' : rules[node.runIf](seen)
}

/** For each waiting task with all of its upstream tasks ended: start it, or how it ends without a start. */
export const decide = (nodes: readonly Node[]): Decision[] => {
  const byKey = new Map(nodes.map((node) => [node.key, node]))
  return nodes.flatMap((node) => {
    const next = node.standing === 'waiting' ? decideOne(node, byKey) : undefined
    return next === undefined ? [] : [{ key: node.key, next }]
  })
}

/**
 * What the leaves make of the whole: a leaf that failed fails the run; failures above leaves that all succeeded are
 * SUCCESS_WITH_FAILURES. Excluded leaves count as successful.
 */
export const resultOf = (
  nodes: readonly Node[],
): 'SUCCESS' | 'SUCCESS_WITH_FAILURES' | 'FAILED' | 'CANCELED' => {
  const inner = new Set(nodes.flatMap(({ dependsOn }) => dependsOn.map(({ key }) => key)))
  const leaves = nodes.filter(({ key }) => !inner.has(key)).map(({ standing }) => standing)
  if (leaves.includes('failed')) return 'FAILED'
  if (leaves.includes('canceled')) return 'CANCELED'
  return nodes.some(({ standing }) => broken(standing)) ? 'SUCCESS_WITH_FAILURES' : 'SUCCESS'
}

export interface RetryPolicy {
  /** -1: without end. */
  max_retries?: number
  min_retry_interval_millis?: number
  retry_on_timeout?: boolean
}

/**
 * How long to wait before the next attempt, in ms; undefined: no other attempt.
 * @param attempts how many there have been
 */
export const retryAfter = (
  policy: RetryPolicy,
  attempts: number,
  result: ResultState,
): number | undefined => {
  const most = policy.max_retries ?? 0
  if (most !== -1 && attempts > most) return undefined
  if (result !== 'FAILED' && !(result === 'TIMEDOUT' && policy.retry_on_timeout === true)) return undefined
  return policy.min_retry_interval_millis ?? 0
}

interface Linked {
  key: string
  dependsOn: readonly { key: string }[]
}

/** Along the first dependency of each, until one comes again: what is only below the circle is left behind. */
const turn = (tasks: readonly Linked[]): string[] => {
  const byKey = new Map(tasks.map((task) => [task.key, task]))
  const path: string[] = []
  let at = tasks[0]
  while (at !== undefined && !path.includes(at.key)) {
    path.push(at.key)
    at = at.dependsOn.flatMap(({ key }) => byKey.get(key) ?? [])[0]
  }
  return at === undefined ? path : path.slice(path.indexOf(at.key))
}

/** Names of one circle of dependencies, or undefined. Edges to unknown tasks do not count. */
export const circleIn = (tasks: readonly Linked[]): string[] | undefined => {
  let left = [...tasks]
  for (;;) {
    const keys = new Set(left.map(({ key }) => key))
    const blocked = left.filter(({ dependsOn }) => dependsOn.some(({ key }) => keys.has(key)))
    if (blocked.length === 0) return undefined
    if (blocked.length === left.length) return turn(left).toSorted()
    left = blocked
  }
}
