import { describe, expect, it } from 'vitest'
import { chooseCluster } from '../../src/plan/choose.ts'
import type { DeployedCluster, DesiredCluster, LedgerTail } from '../../src/plan/state.ts'
import { cluster, desired, frozen, ours, planOne, spec, steps, tailOf, tools, unmarked } from './build.ts'

const next = spec({ spark_conf: { a: '1' } })
const record = (id: string): LedgerTail => tailOf(desired({ clusters: [cluster()] }), id)

/** As after deployment `id` and these runs that died. */
const ledgerOf = (id: string | undefined, dead: readonly number[]): LedgerTail => {
  const unsettled = dead.map((number) => ({
    number,
    paths: [],
    attempts: [{ key: 'Main', number, spec: {}, libraries: [] }],
  }))
  return { ...(id ? record(id) : { number: 0 }), unsettled }
}
const failed = { termination_reason: { code: 'X', type: 'CLOUD_FAILURE' } }

interface Case {
  name: string
  declared?: DesiredCluster
  there: Partial<DeployedCluster>
  record?: string
  current?: string
  successor?: string
  leftovers?: string[]
  /** Numbers of runs that died. */
  dead?: number[]
  adopted?: boolean
  warnings?: number
  refusals?: number
}

const old = ours({ id: 'old', generation: 1 })
const green = ours({ id: 'new', generation: 2, spec: next })

const owned: Case[] = [
  { name: 'none', there: {} },
  { name: 'the only one', there: { owned: [old] }, current: 'old' },
  {
    name: 'the recorded one, though another fits as well and is newer: it was left by a dead run',
    there: { owned: [ours({ id: 'new', generation: 2 }), old] },
    record: 'old',
    current: 'old',
    dead: [1, 2, 3],
    leftovers: ['new'],
  },
  {
    name: 'without a record, the newest that fits',
    declared: cluster({ spec: next }),
    there: { owned: [ours({ id: 'c', generation: 3 }), green, old] },
    current: 'new',
    dead: [1, 2, 3],
    leftovers: ['c', 'old'],
  },
  {
    name: 'without a record and a fit, the newest',
    declared: cluster({ spec: spec({ num_workers: 9 }) }),
    there: { owned: [green, old] },
    current: 'new',
    dead: [1, 2, 3],
    leftovers: ['old'],
  },
  {
    name: 'the recorded one was removed by hand',
    there: { owned: [green] },
    record: 'old',
    current: 'new',
  },
  {
    name: 'of two that fit, not the one that failed to start',
    there: { owned: [ours({ id: 'new', generation: 2, state: 'TERMINATED', details: failed }), old] },
    current: 'old',
    dead: [1, 2, 3],
    leftovers: ['new'],
  },
  {
    name: 'a namesake without our marker is told of, and left',
    there: { owned: [old], unowned: [unmarked({ id: 'x' })] },
    record: 'old',
    current: 'old',
    warnings: 1,
  },
]

const interrupted: Case[] = [
  {
    name: 'the replacement that a dead run has created is gone on with',
    declared: cluster({ spec: next }),
    there: { owned: [green, old] },
    record: 'old',
    current: 'old',
    successor: 'new',
  },
  {
    name: 'one that does not fit any more is a leftover',
    declared: cluster({ spec: spec({ spark_conf: { a: '2' } }) }),
    there: { owned: [green, old] },
    record: 'old',
    current: 'old',
    dead: [1, 2, 3],
    leftovers: ['new'],
  },
  ...(['ERROR', 'UNKNOWN', 'TERMINATING'] as const).map((state) => ({
    name: `one in state ${state} is a leftover`,
    declared: cluster({ spec: next }),
    there: { owned: [ours({ id: 'new', generation: 2, spec: next, state }), old] },
    record: 'old',
    current: 'old',
    dead: [1, 2, 3],
    leftovers: ['new'],
  })),
  {
    name: 'one that failed to start is a leftover',
    declared: cluster({ spec: next }),
    there: {
      owned: [ours({ id: 'new', generation: 2, spec: next, state: 'TERMINATED', details: failed }), old],
    },
    record: 'old',
    current: 'old',
    dead: [1, 2, 3],
    leftovers: ['new'],
  },
  {
    name: 'an older one that fits is no successor',
    declared: cluster({ spec: next }),
    there: { owned: [ours({ id: 'c', generation: 2 }), ours({ id: 'a', generation: 1, spec: next })] },
    record: 'c',
    current: 'c',
    dead: [1, 2, 3],
    leftovers: ['a'],
  },
  {
    name: 'a broken current one with a replacement that fits',
    there: { owned: [ours({ id: 'new', generation: 2 }), ours({ id: 'old', state: 'ERROR' })] },
    record: 'old',
    current: 'old',
    successor: 'new',
  },
]

const clones: Case[] = [
  {
    name: 'a clone carries our tags, but no dead run has made it: told of, and left',
    there: { owned: [ours({ id: 'clone', generation: 1 }), ours({ id: 'old', generation: 1 })] },
    record: 'old',
    current: 'old',
    warnings: 1,
  },
  {
    name: 'a clone beside what a dead run has left',
    there: {
      owned: [
        ours({ id: 'dead', generation: 2 }),
        ours({ id: 'clone', generation: 1 }),
        ours({ id: 'old', generation: 1 }),
      ],
    },
    record: 'old',
    dead: [2],
    current: 'old',
    leftovers: ['dead'],
    warnings: 1,
  },
]

const two = [unmarked({ id: 'x' }), unmarked({ id: 'y', state: 'TERMINATED' })]
const adoption: Case[] = [
  {
    name: 'not asked for: told of, and left',
    there: { unowned: [unmarked({ id: 'x' })] },
    warnings: 1,
  },
  {
    name: 'the only one of the name',
    declared: cluster({ adopt: true }),
    there: { unowned: [unmarked({ id: 'x' })] },
    current: 'x',
    adopted: true,
  },
  { name: 'of two: refused', declared: cluster({ adopt: true }), there: { unowned: two }, refusals: 1 },
  {
    name: 'of two, the one named by id',
    declared: cluster({ adopt: 'y' }),
    there: { unowned: two },
    current: 'y',
    adopted: true,
  },
  {
    name: 'an id that is not there: refused',
    declared: cluster({ adopt: 'z' }),
    there: { unowned: two },
    refusals: 1,
  },
  { name: 'nobody is there', declared: cluster({ adopt: true }), there: {} },
  {
    name: 'an own one is there already: adopt is over',
    declared: cluster({ adopt: true }),
    there: { owned: [old], unowned: two },
    current: 'old',
    warnings: 1,
  },
]

describe.each([
  ['by owner', owned],
  ['after an interrupted run', interrupted],
  ['clones', clones],
  ['adoption', adoption],
])('chooseCluster: %s', (_group, cases) => {
  it.each(cases)('$name', (one) => {
    const { declared = cluster(), there, record: id } = one
    const full = frozen({ key: 'Main', owned: [], unowned: [], ...there })
    const choice = chooseCluster(frozen(declared), full, ledgerOf(id, one.dead ?? []), tools)
    expect({
      current: choice.current?.details.cluster_id,
      successor: choice.successor?.details.cluster_id,
      leftovers: choice.leftovers.map(({ details }) => details.cluster_id),
      adopted: choice.adopted,
      warnings: choice.warnings.length,
      refusals: choice.refusals.length,
    }).toEqual({
      current: one.current,
      successor: one.successor,
      leftovers: one.leftovers ?? [],
      adopted: one.adopted ?? false,
      warnings: one.warnings ?? 0,
      refusals: one.refusals ?? 0,
    })
  })
})

describe('what becomes of the choice', () => {
  it('an adopted cluster is edited even when nothing differs, to get our tags', () => {
    const plan = planOne(cluster({ adopt: true }), { unowned: [unmarked({ id: 'x' })] })
    expect(steps(plan)).toEqual(['edit x', 'wait x RUNNING'])
    expect(plan.steps[0]).toMatchObject({ spec: { custom_tags: { brickrail_cluster: 'Main' } } })
  })

  it('a refused plan says what to write', () => {
    const plan = planOne(cluster({ adopt: true }), { unowned: two })
    expect(plan.refusals[0]?.hint).toBe('name the one to take over: `adopt: "x"` under clusters.Main')
  })

  it('a successor is not created again', () => {
    const plan = planOne(
      cluster({ spec: next, strategy: 'blue-green' }),
      { owned: [green, old] },
      { ledger: ledgerOf('old', [2]) },
    )
    expect(steps(plan)).toEqual(['wait new RUNNING', 'remove old'])
  })

  it('a leftover gives back the jobs that the dead run had rewired to it, before it goes', () => {
    const job = {
      job_id: 1,
      name: 'train',
      tasks: [{ task_key: 'a', existing_cluster_id: 'new' }],
      whole: false,
    }
    const left = ours({ id: 'new', generation: 2, spec: next, jobs: [job], pinned: true })
    const plan = planOne(cluster(), { owned: [left, old] }, { ledger: ledgerOf('old', [2]) })
    expect(steps(plan)).toEqual(['rewire-job old', 'unpin new', 'remove new'])
  })

  it('leftovers stay where clusters are not in scope', () => {
    const wanted = cluster({ libraries: [] })
    const plan = planOne(
      wanted,
      { owned: [green, old] },
      { ledger: ledgerOf('old', [2]), scope: ['libraries'] },
    )
    expect(steps(plan)).toEqual([])
  })
})
