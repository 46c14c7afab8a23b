import { describe, expect, it } from 'vitest'
import {
  circleIn,
  decide,
  resultOf,
  retryAfter,
  type Node,
  type Standing,
} from '../../src/emulator/runs/decide.ts'
import type { RunIf } from '../../src/wire/jobs.ts'

const upstream = (key: string, standing: Standing, outcome?: string): Node => ({
  key,
  dependsOn: [],
  runIf: 'ALL_SUCCESS',
  standing,
  outcome,
})

const decided = (runIf: RunIf, seen: Standing[]) => {
  const before = seen.map((standing, index) => upstream(`u${index}`, standing))
  const dependsOn = before.map(({ key }) => ({ key }))
  const nodes: Node[] = [...before, { key: 'x', dependsOn, runIf, standing: 'waiting' }]
  return decide(nodes).find(({ key }) => key === 'x')?.next
}

const [ok, bad, off, left]: Standing[] = ['success', 'failed', 'canceled', 'excluded']

describe('run_if', () => {
  it.each<[RunIf, (Standing | undefined)[], string | undefined]>([
    ['ALL_SUCCESS', [], 'start'],
    ['ALL_SUCCESS', [ok, ok], 'start'],
    ['ALL_SUCCESS', [ok, 'active'], undefined],
    ['ALL_SUCCESS', [bad, 'waiting'], undefined],
    ['ALL_SUCCESS', [ok, bad], 'UPSTREAM_FAILED'],
    ['ALL_SUCCESS', [bad, off], 'UPSTREAM_FAILED'],
    ['ALL_SUCCESS', [ok, off], 'UPSTREAM_CANCELED'],
    ['ALL_SUCCESS', [ok, left], 'start'],
    ['ALL_SUCCESS', [left, left], 'EXCLUDED'],
    ['NONE_FAILED', [ok, left], 'start'],
    ['NONE_FAILED', [ok, bad], 'UPSTREAM_FAILED'],
    ['NONE_FAILED', [left], 'EXCLUDED'],
    ['ALL_DONE', [ok, bad, off], 'start'],
    ['ALL_DONE', [bad, 'active'], undefined],
    ['ALL_DONE', [left], 'EXCLUDED'],
    ['AT_LEAST_ONE_SUCCESS', [ok, bad], 'start'],
    ['AT_LEAST_ONE_SUCCESS', [bad, off], 'UPSTREAM_FAILED'],
    ['AT_LEAST_ONE_SUCCESS', [off, left], 'UPSTREAM_CANCELED'],
    ['ALL_FAILED', [bad, bad], 'start'],
    ['ALL_FAILED', [bad, off, left], 'start'],
    ['ALL_FAILED', [bad, ok], 'EXCLUDED'],
    ['AT_LEAST_ONE_FAILED', [ok, bad], 'start'],
    ['AT_LEAST_ONE_FAILED', [ok, off], 'start'],
    ['AT_LEAST_ONE_FAILED', [ok, ok], 'EXCLUDED'],
  ])('%s after %j: %s', (runIf, seen, then) => {
    expect(
      decided(
        runIf,
        seen.map((standing) => standing ?? 'waiting'),
      ),
    ).toBe(then)
  })

  it.each([
    ['true', 'true', 'start'],
    ['true', 'false', 'EXCLUDED'],
    [undefined, 'false', 'start'],
  ])('a dependency on outcome %s of a condition that is %s: %s', (wanted, found, then) => {
    const edge = wanted === undefined ? { key: 'c' } : { key: 'c', outcome: wanted }
    const node: Node = { key: 'x', dependsOn: [edge], runIf: 'ALL_SUCCESS', standing: 'waiting' }
    expect(decide([upstream('c', 'success', found), node])).toEqual([{ key: 'x', next: then }])
  })

  it('does not wait for a task that is left out of the run', () => {
    const node: Node = { key: 'x', dependsOn: [{ key: 'gone' }], runIf: 'ALL_SUCCESS', standing: 'waiting' }
    expect(decide([node])).toEqual([{ key: 'x', next: 'start' }])
  })
})

describe('the result of a run', () => {
  const chain = (first: Standing, last: Standing): Node[] => [
    upstream('a', first),
    { key: 'b', dependsOn: [{ key: 'a' }], runIf: 'ALL_DONE', standing: last },
  ]
  it.each<[Standing, Standing, string]>([
    ['success', 'success', 'SUCCESS'],
    ['failed', 'success', 'SUCCESS_WITH_FAILURES'],
    ['failed', 'failed', 'FAILED'],
    ['success', 'failed', 'FAILED'],
    ['success', 'excluded', 'SUCCESS'],
    ['success', 'canceled', 'CANCELED'],
  ])('%s, then %s: %s', (first, last, result) => {
    expect(resultOf(chain(first, last))).toBe(result)
  })
})

describe('retries', () => {
  it.each([
    [{}, 1, 'FAILED', undefined],
    [{ max_retries: 1 }, 1, 'FAILED', 0],
    [{ max_retries: 1 }, 2, 'FAILED', undefined],
    [{ max_retries: -1, min_retry_interval_millis: 700 }, 99, 'FAILED', 700],
    [{ max_retries: 1 }, 1, 'SUCCESS', undefined],
    [{ max_retries: 1 }, 1, 'CANCELED', undefined],
    [{ max_retries: 1 }, 1, 'TIMEDOUT', undefined],
    [{ max_retries: 1, retry_on_timeout: true }, 1, 'TIMEDOUT', 0],
  ] as const)('%j after %i attempts that ended %s: %s', (policy, attempts, result, wait) => {
    expect(retryAfter(policy, attempts, result)).toBe(wait)
  })
})

describe('circles', () => {
  const task = (key: string, ...on: string[]) => ({ key, dependsOn: on.map((one) => ({ key: one })) })
  it.each([
    [[task('a'), task('b', 'a')], undefined],
    [[task('a', 'a')], ['a']],
    [
      [task('x'), task('a', 'c', 'x'), task('b', 'a'), task('c', 'b')],
      ['a', 'b', 'c'],
    ],
    [[task('a', 'nobody')], undefined],
    [
      [task('below', 'b'), task('a', 'b'), task('b', 'a')],
      ['a', 'b'],
    ],
  ])('%j: %j', (tasks, circle) => {
    expect(circleIn(tasks)).toEqual(circle)
  })
})
