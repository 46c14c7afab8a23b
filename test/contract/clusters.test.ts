import { describe, expect, it } from 'vitest'
import { isMissing } from '../../src/http/api-error.ts'
import { clusters as table, type ClusterDetails, type ClusterSpec } from '../../src/wire/clusters.ts'
import { computeOf } from './compute.ts'
import { listCases } from './clusters-lists.ts'
import { exercisesEveryEndpointOf } from './coverage.ts'
import { awsOnly, costly, real, open, refused } from './subject.ts'

const subject = await open()
const { client, call, setup, unique } = subject
const { clusters } = client
const compute = computeOf(subject)
const invalidState = { status: 400, errorCode: 'INVALID_STATE' }
const noCluster = '0101-000000-abcdefgh'

/** Created by the client under test, PENDING; removed at the end. */
const create = async (over: ClusterSpec = {}): Promise<string> => {
  const { cluster_id: id } = await clusters.create(await compute.spec(over))
  compute.removeAtEnd(id)
  return id
}
const stateOf = async (id: string) => (await clusters.get({ cluster_id: id })).state

describe('what a cluster can be made of', () => {
  it('node types have what clients choose by', async () => {
    const { node_types: types = [] } = await clusters.listNodeTypes({})
    expect(types.length).toBeGreaterThan(0)
    for (const type of types)
      expect(type).toMatchObject({
        node_type_id: expect.stringMatching(/./),
        instance_type_id: expect.stringMatching(/./),
        description: expect.any(String),
        memory_mb: expect.any(Number),
        num_cores: expect.any(Number),
      })
  })

  it('one runtime at least is an LTS, and its key names Scala', async () => {
    const { versions = [] } = await clusters.sparkVersions({})
    const lts = versions.filter(({ name }) => name.includes('LTS'))
    expect(lts.map(({ key }) => key)).toContainEqual(expect.stringMatching(/^\d+\.\d+\.x-.*scala2\.\d+$/))
  })

  it.skipIf(awsOnly)('zones hold the default one', async () => {
    const { zones, default_zone: zone } = await clusters.listZones({})
    expect(zones).toContain(zone)
  })
})

describe('an unknown cluster', () => {
  it('is a 400, and yet missing', async () => {
    const refusal = await refused(clusters.get({ cluster_id: noCluster }))
    expect(refusal).toMatchObject({ status: 400, errorCode: 'INVALID_PARAMETER_VALUE' })
    expect(refusal.apiMessage).toMatch(/^Cluster .* does not exist/)
    expect(isMissing(refusal)).toBe(true)
    expect(await clusters.find(noCluster)).toBeUndefined()
  })

  it.each(['start', 'restart', 'delete', 'permanentDelete'] as const)('cannot be used: %s', async (key) => {
    expect(isMissing(await refused(clusters[key]({ cluster_id: noCluster })))).toBe(true)
  })
})

describe('clusters/create', () => {
  it.each(['spark_version', 'node_type_id'])('refuses a spec without %s', async (field) => {
    const { [field]: _, ...spec } = await compute.spec()
    expect(await refused(clusters.create(spec))).toMatchObject({ status: 400 })
  })

  it.skipIf(real)('refuses two sizes', async () => {
    const spec = await compute.spec({ num_workers: 1, autoscale: { min_workers: 1, max_workers: 2 } })
    expect(await refused(clusters.create(spec))).toMatchObject({ errorCode: 'INVALID_PARAMETER_VALUE' })
  })

  it.skipIf(costly)('gives an id, and PENDING is seen before RUNNING', async () => {
    const id = await create()
    expect(id).toMatch(/^[0-9]{4}-[0-9]{6}-[0-9a-z]{8}$/)
    expect(await compute.statesUntil(id, 'RUNNING')).toEqual(['PENDING', 'RUNNING'])
  })

  it.skipIf(costly)('keeps num_workers 0', async () => {
    const over = {
      num_workers: 0,
      spark_conf: { 'spark.databricks.cluster.profile': 'singleNode', 'spark.master': 'local[*]' },
      custom_tags: { ResourceClass: 'SingleNode' },
    }
    const found = await clusters.get({ cluster_id: await create(over) })
    expect(found).toMatchObject(over)
    expect(found['spec']).toMatchObject({ num_workers: 0 })
  })

  it.skipIf(costly)('keeps what was asked, fills in the rest, and says who made it', async () => {
    const spec = await compute.spec({ spark_conf: { 'spark.x': '1' }, custom_tags: { team: 'x' } })
    const { cluster_id: id } = await clusters.create(spec)
    compute.removeAtEnd(id)
    const { userName } = await setup.identity.me({})
    expect(await clusters.get({ cluster_id: id })).toMatchObject({
      ...spec,
      driver_node_type_id: spec.node_type_id,
      cluster_source: 'API',
      creator_user_name: userName,
      default_tags: { Vendor: 'Databricks', ClusterName: spec.cluster_name, ClusterId: id },
    })
  })

  it.skipIf(costly)('does not mind a name that another has', async () => {
    const cluster_name = unique('cluster')
    const ids = [await create({ cluster_name }), await create({ cluster_name })]
    const named = (await clusters.all()).filter(({ cluster_name: name }) => name === cluster_name)
    expect(named.map(({ cluster_id: id }) => id).toSorted()).toEqual(ids.toSorted())
  })
})

describe('a RUNNING cluster', () => {
  it.skipIf(costly).each(table.get.alsoAt)('is the same at %s', async (path) => {
    const id = await compute.shared('RUNNING')
    const { spec } = await clusters.get({ cluster_id: id })
    expect(await call({ ...table.get, path }, { cluster_id: id })).toMatchObject({ cluster_id: id, spec })
  })

  it.skipIf(costly)('stays so when it is started', async () => {
    const id = await compute.shared('RUNNING')
    expect(await clusters.start({ cluster_id: id })).toEqual({})
    expect(await stateOf(id)).toBe('RUNNING')
  })

  it.skipIf(costly)('restarts with its new spec when it is edited', async () => {
    const id = await compute.shared('RUNNING')
    const spec = await compute.spec({ spark_conf: { 'spark.edited': '1' } })
    expect(await clusters.edit({ ...spec, cluster_id: id })).toEqual({})
    expect(await compute.statesUntil(id, 'RUNNING')).toEqual(['RESTARTING', 'RUNNING'])
    const found = await clusters.get({ cluster_id: id })
    expect(found).toMatchObject({ cluster_id: id, ...spec })
  })

  it.skipIf(costly)('passes RESIZING to its new size', async () => {
    const id = await compute.shared('RUNNING')
    await clusters.resize({ cluster_id: id, num_workers: 2 })
    expect(await compute.statesUntil(id, 'RUNNING')).toEqual(['RESIZING', 'RUNNING'])
    expect(await clusters.get({ cluster_id: id })).toMatchObject({ num_workers: 2 })
  })

  it.skipIf(costly)('passes RESTARTING when it is restarted', async () => {
    const id = await compute.shared('RUNNING')
    await clusters.restart({ cluster_id: id })
    expect(await compute.statesUntil(id, 'RUNNING')).toEqual(['RESTARTING', 'RUNNING'])
  })

  it.skipIf(costly)('is terminated by delete, and stays listed', async () => {
    const id = await compute.shared('RUNNING')
    await clusters.delete({ cluster_id: id })
    expect(await compute.statesUntil(id, 'TERMINATED')).toEqual(['TERMINATING', 'TERMINATED'])
    const found = (await clusters.all()).find(({ cluster_id: listed }) => listed === id)
    expect(found?.termination_reason).toMatchObject({ code: 'USER_REQUEST', type: 'SUCCESS' })
  })
})

describe('a cluster that is not RUNNING', () => {
  it.skipIf(costly)('while PENDING is neither edited nor resized', async () => {
    const id = await create()
    const edit = clusters.edit({ ...(await compute.spec()), cluster_id: id })
    expect(await refused(edit)).toMatchObject(invalidState)
    const resize = clusters.resize({ cluster_id: id, num_workers: 2 })
    expect(await refused(resize)).toMatchObject(invalidState)
  })

  it.skipIf(costly)('when TERMINATED is not resized', async () => {
    const id = await compute.shared('TERMINATED')
    const refusal = await refused(clusters.resize({ cluster_id: id, num_workers: 2 }))
    expect(refusal).toMatchObject(invalidState)
    expect(refusal.apiMessage).toMatch(/not running/i)
  })

  it.skipIf(costly)('when TERMINATED takes delete and restart as done', async () => {
    const id = await compute.shared('TERMINATED')
    await clusters.delete({ cluster_id: id })
    await clusters.restart({ cluster_id: id })
    expect(await stateOf(id)).toBe('TERMINATED')
  })

  it.skipIf(costly)('when TERMINATED is edited without starting', async () => {
    const id = await compute.shared('TERMINATED')
    const spec = await compute.spec({ custom_tags: { edited: 'yes' } })
    await clusters.edit({ ...spec, cluster_id: id })
    expect(await clusters.get({ cluster_id: id })).toMatchObject({ ...spec, state: 'TERMINATED' })
  })

  it.skipIf(costly)('starts again under the same id', async () => {
    const id = await compute.shared('TERMINATED')
    await clusters.start({ cluster_id: id })
    expect(await compute.statesUntil(id, 'RUNNING')).toEqual(['PENDING', 'RUNNING'])
    expect(await clusters.get({ cluster_id: id })).not.toHaveProperty('termination_reason')
  })
})

describe('clusters/update', () => {
  it.skipIf(costly)('changes the fields of the mask only', async () => {
    const id = await compute.shared('TERMINATED')
    const before = await clusters.get({ cluster_id: id })
    const cluster = { autotermination_minutes: 20, cluster_name: 'not in the mask' }
    await clusters.update({ cluster_id: id, update_mask: 'autotermination_minutes', cluster })
    const after = await clusters.get({ cluster_id: id })
    expect(after).toMatchObject({ autotermination_minutes: 20, cluster_name: before.cluster_name })
  })

  it.skipIf(costly)('swaps a fixed size for a range', async () => {
    const id = await compute.shared('TERMINATED')
    const autoscale = { min_workers: 1, max_workers: 2 }
    await clusters.update({ cluster_id: id, update_mask: 'autoscale', cluster: { autoscale } })
    const { spec, ...found } = await clusters.get({ cluster_id: id })
    expect(found).toMatchObject({ autoscale })
    expect(spec).not.toHaveProperty('num_workers')
    const cluster = { num_workers: 1 }
    await clusters.update({ cluster_id: id, update_mask: 'num_workers', cluster })
    expect(await clusters.get({ cluster_id: id })).not.toHaveProperty('autoscale')
  })
})

describe('pins', () => {
  it.skipIf(costly)('are set and taken any number of times', async () => {
    const id = await compute.shared('TERMINATED')
    const pinned = async () => {
      const { clusters: found = [] } = await clusters.list({ 'filter_by.is_pinned': true })
      return found.some(({ cluster_id: listed }: ClusterDetails) => listed === id)
    }
    for (const _ of [1, 2]) await clusters.pin({ cluster_id: id })
    expect(await pinned()).toBe(true)
    for (const _ of [1, 2]) await clusters.unpin({ cluster_id: id })
    expect(await pinned()).toBe(false)
  })

  it.skipIf(costly)('keep a cluster from permanent deletion, and nothing else does', async () => {
    const id = await create()
    await clusters.pin({ cluster_id: id })
    const refusal = await refused(clusters.permanentDelete({ cluster_id: id }))
    expect(refusal.status).toBe(400)
    expect(refusal.apiMessage).toContain('unpin the cluster first')
    await clusters.unpin({ cluster_id: id })
    await clusters.permanentDelete({ cluster_id: id })
    expect(await clusters.find(id)).toBeUndefined()
    expect(isMissing(await refused(clusters.start({ cluster_id: id })))).toBe(true)
  })
})

describe('the owner', () => {
  it.skipIf(costly)('is not changed while the cluster runs', async () => {
    const id = await compute.shared('RUNNING')
    const { userName: owner_username } = await setup.identity.me({})
    const refusal = await refused(clusters.changeOwner({ cluster_id: id, owner_username }))
    expect(refusal.status).toBe(400)
  })

  it.skipIf(real)('changes when the cluster is TERMINATED', async () => {
    const id = await compute.shared('TERMINATED')
    await subject.control('principals', { user: 'other@example.com' })
    await clusters.changeOwner({ cluster_id: id, owner_username: 'other@example.com' })
    expect((await clusters.get({ cluster_id: id })).creator_user_name).toBe('other@example.com')
  })
})

listCases(subject, compute, await open('fetch'))

exercisesEveryEndpointOf('clusters', subject)
