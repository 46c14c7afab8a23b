import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonical, same } from '../../src/plan/canonical.ts'
import { countWrites, isWrite, makePlan, needsImpact } from '../../src/plan/plan.ts'
import type { Deployed, Desired, Scope } from '../../src/plan/state.ts'
import {
  cluster,
  deployed,
  desired,
  everything,
  file,
  frozen,
  objects,
  ours,
  plan,
  planOne,
  pypi,
  root,
  spec,
  status,
  steps,
  tailOf,
  tools,
} from './build.ts'

const files = (names: readonly string[]) => ({
  root,
  exclusive: false,
  files: names.map((name) => file(name)),
})

const world = (): [Desired, Deployed] => {
  const before = desired({
    clusters: [cluster({ libraries: [pypi('x==1')] })],
    files: files(['a.txt', 'b.txt']),
  })
  const now = desired({
    clusters: [cluster({ libraries: [pypi('x==2')], spec: spec({ spark_conf: { z: '1', a: '2' } }) })],
    files: files(['a.txt', 'c/d.txt']),
  })
  const there = deployed({
    clusters: [{ key: 'Main', owned: [ours({ libraries: [status('x==1', 'INSTALLED')] })], unowned: [] }],
    files: { root, objects: objects(['a.txt', 'b.txt']) },
    ledger: tailOf(before),
  })
  return [now, there]
}

/** The same data with the keys of every object in another order. */
const reordered = <T>(value: T): T => {
  if (Array.isArray(value)) return value.map((item: unknown) => reordered(item)) as T
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, member]) => [key, reordered(member as unknown)] as const)
  return Object.fromEntries(entries.reverse()) as T
}

describe('scope', () => {
  const rows: [Scope, string[]][] = [
    [
      everything,
      [
        'libraries.uninstall old',
        'edit old',
        'wait old RUNNING',
        'libraries.install old',
        'libraries.wait old',
        'files.mkdirs',
        'files.upload',
        'files.delete',
      ],
    ],
    [['cluster'], ['edit old', 'wait old RUNNING']],
    [
      ['libraries'],
      [
        'libraries.uninstall old',
        'restart old',
        'wait old RUNNING',
        'libraries.install old',
        'libraries.wait old',
      ],
    ],
    [['files'], ['files.mkdirs', 'files.upload', 'files.delete']],
    [[], []],
  ]
  it.each(rows)('%j', (scope, expected) => {
    expect(steps(plan(...world(), scope))).toEqual(expected)
  })

  it('libraries only: the spec that differs is told of, and left', () => {
    const [now, there] = world()
    const [change] = plan(now, there, ['libraries']).clusters
    expect(change).toMatchObject({ action: 'none', fields: [] })
    expect(change?.notes).toEqual(['its spec differs too; this command changes libraries only'])
  })

  it('libraries only: nothing can be installed on a cluster that is not there', () => {
    const made = planOne(cluster({ libraries: [pypi('x')] }), {}, { scope: ['libraries'] })
    expect(made.steps).toEqual([])
    expect(made.refusals[0]?.hint).toBe('run `brickrail build-cluster` first')
  })

  it('a cluster that is no longer declared goes only where clusters are in scope', () => {
    const there = deployed({
      clusters: [{ key: 'Gone', owned: [ours({ id: 'g' }), ours({ id: 'h' })], unowned: [] }],
    })
    expect(steps(plan(desired(), there))).toEqual(['remove g', 'remove h'])
    expect(steps(plan(desired(), there, ['libraries', 'files']))).toEqual([])
  })

  it('files that are not declared at all are not planned', () => {
    const there = deployed({ files: { root, objects: objects(['a.txt']) } })
    expect(plan(desired(), there).files).toBeUndefined()
  })
})

describe('the plan as a whole', () => {
  it('is numbered on the newest record, and closes the story of dead runs', () => {
    const ledger = { number: 7, unsettled: [{ number: 7, paths: [] }] }
    expect(plan(desired(), deployed({ ledger }))).toMatchObject({
      version: 1,
      base: 7,
      settles: true,
      steps: [],
    })
    expect(plan(desired(), deployed()).settles).toBe(false)
  })

  it('tells a changed repository by its digest, and only that', () => {
    const [now, there] = world()
    const { declared } = plan(now, there)
    expect(plan(now, deployed()).declared).toBe(declared)
    expect(plan({ ...now, clusters: [] }, there).declared).not.toBe(declared)
  })

  it('counts what changes the workspace, not what only waits', () => {
    const made = plan(...world())
    expect(made.steps.filter((step) => !isWrite(step)).map((step) => step.do)).toEqual([
      'cluster.wait',
      'libraries.wait',
    ])
    expect(countWrites(made)).toBe(6)
  })

  it.each([
    ['nothing', spec(), 'auto', []],
    ['a resize', spec({ num_workers: 9 }), 'auto', []],
    ['a restart', spec({ spark_conf: { a: '1' } }), 'auto', ['old']],
    ['a replacement', spec({ spark_conf: { a: '1' } }), 'blue-green', ['old']],
  ] as const)('asks what it hits before %s', (_name, wanted, strategy, ids) => {
    const made = planOne(cluster({ spec: wanted, strategy }), { owned: [ours()] })
    expect(needsImpact(made)).toEqual(ids)
  })

  it('asks what it hits before a leftover or a whole key is removed', () => {
    const made = planOne(
      cluster(),
      { owned: [ours({ generation: 2, id: 'new' }), ours()] },
      {
        ledger: {
          ...tailOf(desired({ clusters: [cluster()] })),
          unsettled: [
            { number: 2, paths: [], attempts: [{ key: 'Main', number: 2, spec: {}, libraries: [] }] },
          ],
        },
      },
    )
    expect(needsImpact(made)).toEqual(['new'])
  })
})

describe('pure', () => {
  it('gives the same plan for the same inputs, whatever the order of their keys, and changes neither', () => {
    const [now, there] = world()
    const first = plan(now, there)
    expect(plan(now, there)).toEqual(first)
    expect(makePlan(reordered(now), reordered(there), everything, tools)).toEqual(first)
    expect([now, there]).toEqual(world())
  })

  const name = fc.constantFrom<string[]>('a.txt', 'b', 'lib/a', 'lib/b.txt', 'lib/deep/c.txt', 'x/y/z')
  const sets = fc.uniqueArray(name, { maxLength: 6 })

  it('brings the folder to what is declared from whatever is there, and then has nothing to do', () => {
    fc.assert(
      fc.property(sets, sets, sets, (declared, before, there) => {
        const wanted = frozen(desired({ files: files(declared) }))
        const tail = tailOf(desired({ files: files(before) }))
        const seen = objects(there).map((object) => ({ ...object, object_type: 'FILE' as const }))
        const made = plan(wanted, deployed({ files: { root, objects: seen }, ledger: tail }))
        const uploads = made.steps.flatMap((step) => (step.do === 'files.upload' ? step.files : []))
        const deleted = made.steps.flatMap((step) => (step.do === 'files.delete' ? step.paths : []))
        const after = new Set(
          there.filter((path) => !deleted.some((gone) => gone.path === `${root}/${path}`)),
        )
        for (const { path } of uploads) after.add(path)
        // All that is declared is there, and nothing of ours besides.
        expect(declared.filter((path) => !after.has(path))).toEqual([])
        expect(before.filter((path) => after.has(path) && !declared.includes(path))).toEqual([])
        // Nothing foreign was deleted.
        expect(there.filter((path) => !after.has(path) && !before.includes(path))).toEqual([])
      }),
    )
  })
})

describe('canonical', () => {
  it('is the same for equal values, and JSON apart from bigint', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(same(reordered(value), value)).toBe(true)
        expect(same(JSON.parse(canonical(value)), value)).toBe(true)
      }),
    )
  })

  it.each([
    ['unset and absent', { a: undefined }, {}, true],
    ['null and absent', { a: null }, {}, false],
    ['another order of a list', [1, 2], [2, 1], false],
    ['a small bigint and its number', 1n, 1, true],
    ['int64 that a number would round', 9_007_199_254_740_993n, 9_007_199_254_740_992n, false],
    ['a text and a number', '1', 1, false],
  ])('%s', (_name, a, b, equal) => {
    expect(same(a, b)).toBe(equal)
  })
})
