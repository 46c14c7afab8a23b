import { describe, expect, it } from 'vitest'
import type { Strategy } from '../../src/plan/state.ts'
import type { ClusterSpec, ClusterState } from '../../src/wire/clusters.ts'
import { cluster, desired, ours, planOne, short, spec, steps, tailOf } from './build.ts'

const strategies = ['auto', 'edit', 'blue-green', 'recreate'] as const
type Way = readonly [action: string, ...steps: string[]]

/** What is declared now, where the cluster has spec() and so was recorded. */
const changes: Record<string, ClusterSpec> = {
  none: spec(),
  size: spec({ num_workers: 5 }),
  field: spec({ spark_conf: { a: '1' } }),
  creation: spec({ idempotency_token: 'b' }),
}

const replaced = ['create', 'wait new RUNNING', 'remove old']
const again = ['remove old', 'create', 'wait new RUNNING']
const nothing: Way = ['none']
const edited: Way = ['edit', 'edit old', 'wait old STABLE']
const waited: Way = ['edit', 'wait old STABLE', 'edit old', 'wait old RUNNING']
const refused: Way = ['blue-green', ...replaced, 'refused']
const green: Way = ['blue-green', ...replaced]
const anew: Way = ['recreate', ...again]
const resized: Way = ['resize', 'resize old', 'wait old RUNNING']

/** state -> change -> what auto, edit, blue-green and recreate do. */
const table: Record<string, Record<string, readonly [Way, Way, Way, Way]>> = {
  RUNNING: {
    none: [nothing, nothing, nothing, nothing],
    size: [resized, ['edit', 'edit old', 'wait old RUNNING'], resized, anew],
    field: [['edit', 'edit old', 'wait old RUNNING'], ['edit', 'edit old', 'wait old RUNNING'], green, anew],
    creation: [green, refused, green, anew],
  },
  TERMINATED: {
    none: [nothing, nothing, nothing, nothing],
    size: [edited, edited, edited, anew],
    field: [edited, edited, green, anew],
    creation: [green, refused, green, anew],
  },
  RESIZING: {
    none: [
      ['none', 'wait old RUNNING'],
      ['none', 'wait old RUNNING'],
      ['none', 'wait old RUNNING'],
      ['none', 'wait old RUNNING'],
    ],
    size: [
      ['resize', 'wait old STABLE', 'resize old', 'wait old RUNNING'],
      waited,
      ['resize', 'wait old STABLE', 'resize old', 'wait old RUNNING'],
      anew,
    ],
    field: [waited, waited, green, anew],
  },
  PENDING: {
    none: [
      ['none', 'wait old RUNNING'],
      ['none', 'wait old RUNNING'],
      ['none', 'wait old RUNNING'],
      ['none', 'wait old RUNNING'],
    ],
    size: [waited, waited, waited, anew],
    field: [waited, waited, green, anew],
  },
  RESTARTING: { field: [waited, waited, green, anew] },
  TERMINATING: {
    none: [nothing, nothing, nothing, nothing],
    field: [
      ['edit', 'wait old STABLE', 'edit old', 'wait old STABLE'],
      ['edit', 'wait old STABLE', 'edit old', 'wait old STABLE'],
      green,
      anew,
    ],
  },
  ERROR: { none: [green, refused, green, anew], field: [green, refused, green, anew] },
  UNKNOWN: { none: [green, refused, green, anew] },
}

const rows = Object.entries(table).flatMap(([state, byChange]) =>
  Object.entries(byChange).flatMap(([change, ways]) =>
    strategies.map((strategy, index) => ({ state, change, strategy, way: ways[index] ?? nothing })),
  ),
)

const before = { ...tailOf(desired({ clusters: [cluster({ spec: spec({ idempotency_token: 'a' }) })] })) }
const plain = tailOf(desired({ clusters: [cluster()] }))

const planned = (state: string, change: string, strategy: Strategy) =>
  planOne(
    cluster({ spec: changes[change] ?? spec(), strategy }),
    { owned: [ours({ state: state as ClusterState })] },
    { ledger: change === 'creation' ? before : plain },
  )

describe('the way from what is there to what is declared', () => {
  it.each(rows)('$state, $change differs, strategy $strategy', ({ state, change, strategy, way }) => {
    const plan = planned(state, change, strategy)
    const [action, ...expected] = way
    expect(plan.clusters[0]?.action).toBe(action)
    expect([...steps(plan), ...plan.refusals.map(() => 'refused')]).toEqual(expected)
    expect(plan.clusters[0]?.keepsId).toBe(!['blue-green', 'recreate'].includes(action))
  })

  it.each(rows)('$state, $change, $strategy: no restart without saying so', ({ state, change, strategy }) => {
    const plan = planned(state, change, strategy)
    const up = ['RUNNING', 'PENDING', 'RESTARTING', 'RESIZING'].includes(state)
    const restarts = plan.steps.some((step) => ['edit', 'restart'].includes(short(step).split(' ')[0] ?? ''))
    expect(plan.clusters[0]?.restart).toBe(up && restarts)
  })

  it('creates what is not there', () => {
    const plan = planOne(cluster(), {})
    expect(steps(plan)).toEqual(['create', 'wait new RUNNING'])
    expect(plan.clusters[0]).toMatchObject({ action: 'create', restart: false, fields: [] })
    expect(plan.steps[0]).toMatchObject({
      onFailure: 'keep',
      spec: { custom_tags: { brickrail_generation: '1' } },
    })
  })

  it('removes a replacement that does not come up, and keeps a first cluster for its event log', () => {
    const plan = planned('RUNNING', 'field', 'blue-green')
    expect(plan.steps[0]).toMatchObject({ do: 'cluster.create', onFailure: 'remove' })
  })

  it('sends the size as the service wants it: 0 is sent, and never beside autoscale', () => {
    const zero = planOne(cluster({ spec: spec({ num_workers: 0 }) }), { owned: [ours()] }, { ledger: plain })
    expect(zero.steps[0]).toMatchObject({ do: 'cluster.resize', size: { num_workers: 0 } })
    const { num_workers: _, ...rest } = spec()
    const autoscale = { min_workers: 0, max_workers: 3 }
    const scaled = planOne(cluster({ spec: { ...rest, autoscale } }), { owned: [ours()] }, { ledger: plain })
    expect(scaled.steps[0]).toEqual({
      do: 'cluster.resize',
      cluster: { key: 'Main', id: 'old' },
      size: { autoscale },
    })
  })

  it.each([
    ['CLOUD_FAILURE', ['start old', 'wait old RUNNING']],
    ['CLIENT_ERROR', ['start old', 'wait old RUNNING']],
    ['SUCCESS', []],
    [undefined, []],
  ])('a cluster that ended with type %s', (type, expected) => {
    const reason = { code: 'X', ...(type === undefined ? {} : { type }) }
    const there = ours({ state: 'TERMINATED', details: { termination_reason: reason } })
    expect(steps(planOne(cluster(), { owned: [there] }, { ledger: plain }))).toEqual(expected)
  })
})

describe('what hangs on a replaced cluster', () => {
  const job = {
    job_id: 7n,
    name: 'train',
    tasks: [{ task_key: 'a', existing_cluster_id: 'old' }],
    whole: false,
  }
  const grant = { user_name: 'bob', all_permissions: [{ permission_level: 'CAN_RESTART' }] }
  const there = ours({
    pinned: true,
    jobs: [job],
    acl: [grant],
    activeRuns: [{ run_id: 9n, run_name: 'nightly' }],
  })
  const declared = (strategy: Strategy) => cluster({ spec: changes['field'] ?? spec(), strategy })

  it('moves to the new one before the old one goes', () => {
    const plan = planOne(declared('blue-green'), { owned: [there] }, { ledger: plain })
    expect(steps(plan)).toEqual([
      'create',
      'wait new RUNNING',
      'copy-acl new',
      'pin new',
      'rewire-job new',
      'unpin old',
      'remove old',
    ])
    expect(plan.clusters[0]?.hits).toEqual([
      'interrupts 1 active run(s): nightly',
      '1 job(s) are rewired to the new id: train',
      '1 permission(s) are copied to the new cluster',
      'the pin moves to the new cluster',
      'the id changes: attached notebooks, JDBC/ODBC paths and dashboards still point to the old one',
    ])
  })

  it('is told that there is no cluster meanwhile, when recreated', () => {
    const plan = planOne(declared('recreate'), { owned: [there] }, { ledger: plain })
    expect(steps(plan).slice(0, 3)).toEqual(['unpin old', 'remove old', 'create'])
    expect(plan.clusters[0]?.hits).toContain('there is no cluster until the new one runs')
  })

  it('is told of a restart', () => {
    const plan = planOne(declared('edit'), { owned: [there] }, { ledger: plain })
    expect(plan.clusters[0]?.hits).toEqual([
      'interrupts 1 active run(s): nightly',
      'attached notebooks lose their state',
    ])
  })

  it('loses its cluster, when that is no longer declared', () => {
    const plan = planOne(cluster({ key: 'Other' }), { key: 'Main', owned: [there] })
    expect(plan.clusters.find(({ key }) => key === 'Main')).toMatchObject({
      action: 'delete',
      hits: [
        'interrupts 1 active run(s): nightly',
        '1 job(s) lose their cluster: train',
        'it is pinned, and is unpinned first',
      ],
    })
    expect(steps(plan)).toEqual(['create', 'wait new RUNNING', 'unpin old', 'remove old'])
  })

  it('names three of many', () => {
    const activeRuns = ['a', 'b', 'c', 'd', 'e'].map((run_name, run_id) => ({ run_id, run_name }))
    const plan = planOne(declared('edit'), { owned: [ours({ activeRuns })] }, { ledger: plain })
    expect(plan.clusters[0]?.hits[0]).toBe('interrupts 5 active run(s): a, b, c and 2 more')
  })
})
