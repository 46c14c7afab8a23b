import { describe, expect, it } from 'vitest'
import { changeNeeded, compareSpec } from '../../src/plan/compare.ts'
import { marked } from '../../src/plan/marker.ts'
import type { ClusterSpec } from '../../src/wire/clusters.ts'
import { frozen, spec, tools, without } from './build.ts'
import { groups } from './compare-cases.ts'

const show = (value: unknown): string => (value === undefined ? 'unset' : JSON.stringify(value))

describe.each(groups)('compareSpec: %s', (_group, cases) => {
  it.each(cases)('$name', ({ declared = spec(), observed = {}, absent = [], recorded, differs }) => {
    const there = frozen({ ...without(declared, ...absent), ...observed })
    const found = compareSpec(frozen(declared), there, frozen(recorded), tools.fields)
    expect(found.map(({ path, old, new: now }) => `${path}: ${show(old)} -> ${show(now)}`).sort()).toEqual(
      [...differs].sort(),
    )
  })
})

describe('changeNeeded', () => {
  const cases: [string[], string][] = [
    [[], 'none'],
    [['num_workers'], 'resize'],
    [['autoscale.max_workers'], 'resize'],
    [['num_workers', 'autoscale'], 'resize'],
    [['num_workers', 'spark_conf.spark.x'], 'edit'],
    [['spark_version'], 'edit'],
    [['cluster_name'], 'edit'],
    [['num_workers', 'spark_version', 'idempotency_token'], 'new'],
    [['clone_from'], 'new'],
  ]
  it.each(cases)('%j -> %s', (paths, needed) => {
    const changes = paths.map((path) => ({ path, old: 1, new: 2 }))
    expect(changeNeeded(changes, tools.fields)).toBe(needed)
  })
})

describe('marked', () => {
  const mark = { project: 'p', target: 'dev', key: 'Main', generation: 3 }

  it('adds tags that are never a difference, and keeps those declared', () => {
    const sent = marked(frozen(spec({ custom_tags: { Team: 'x' } })), mark, tools)
    expect(sent.custom_tags).toMatchObject({ Team: 'x', brickrail_project: 'p', brickrail_generation: '3' })
    expect(compareSpec(spec({ custom_tags: { Team: 'x' } }), sent, undefined, tools.fields)).toEqual([])
  })

  it('has a digest that a resize leaves alone, because tags cannot change without a restart', () => {
    const digestOf = (fields: ClusterSpec) =>
      marked(spec(fields), mark, tools).custom_tags?.['brickrail_spec']
    expect(digestOf({ num_workers: 9 })).toBe(digestOf({}))
    expect(digestOf({ spark_version: 'x' })).not.toBe(digestOf({}))
  })

  it('gives each generation a token of its own: a known one would answer with the old cluster', () => {
    const tokenOf = (generation: number) =>
      marked(spec({ idempotency_token: 'a' }), { ...mark, generation }, tools).idempotency_token
    expect(tokenOf(1)).not.toBe(tokenOf(2))
    expect(tokenOf(1)).toBe(tokenOf(1))
    expect(tokenOf(1)).toMatch(/^[0-9a-f]{64}$/)
  })
})
