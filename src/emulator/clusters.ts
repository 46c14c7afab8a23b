import type { clusters } from '../wire/clusters.ts'
import { demand, kindOfPrincipal, putGrant } from './acl.ts'
import { changeSpec, masked, resize } from './cluster/change.ts'
import { detailsOf } from './cluster/details.ts'
import { addEvent, pageOfEvents } from './cluster/events.ts'
import { readSpec } from './cluster/fields.ts'
import { pageOfClusters } from './cluster/list.ts'
import { beginStart, beginTermination, existing, shown, unexpectedState } from './cluster/machine.ts'
import { nodeTypes } from './cluster/node-types.ts'
import { allRecords, forget, newRecord, save, type ClusterRecord } from './cluster/record.ts'
import { check, specRules } from './cluster/rules.ts'
import { sparkVersions } from './cluster/spark-versions.ts'
import type { Call, Handlers } from './server/call.ts'
import { findPrincipal, isAdmin } from './server/principals.ts'
import { neededText } from './server/read.ts'
import { absent, badState, badValue, denied } from './server/refused.ts'

type Level = 'CAN_ATTACH_TO' | 'CAN_RESTART' | 'CAN_MANAGE'

const reach = (call: Call, id: unknown, level: Level): ClusterRecord => {
  const record = existing(call, neededText(id, 'cluster_id'))
  demand(call, 'clusters', [`/clusters/${record.cluster_id}`], level)
  return record
}

const adminOnly = (call: Call, what: string): void => {
  if (!isAdmin(call.me)) throw denied(`Only workspace admins can ${what} clusters, not ${call.me.user}.`)
}

/** https://docs.databricks.com/compute/clusters-manage#pin-a-compute */
const mostPinned = 100

const pin = (call: Call, record: ClusterRecord): void => {
  if (record.pinned_by !== undefined) return
  if (allRecords(call.db).filter(({ pinned_by: by }) => by !== undefined).length >= mostPinned)
    throw badValue(`At most ${mostPinned} clusters can be pinned`)
  record.pinned_by = call.me.user
  save(call.db, record)
  addEvent(call.db, record.cluster_id, call.now, 'PINNED', { user: call.me.user })
}

const unpin = (call: Call, record: ClusterRecord): void => {
  if (record.pinned_by === undefined) return
  record.pinned_by = undefined
  save(call.db, record)
  addEvent(call.db, record.cluster_id, call.now, 'UNPINNED', { user: call.me.user })
}

/** A start of a RUNNING cluster does nothing; in a passing state the real service refuses it. */
const start = (call: Call, record: ClusterRecord): void => {
  if (record.source === 'JOB')
    throw badValue(`Cluster ${record.cluster_id} was created by the Jobs service and cannot be started.`)
  if (record.state === 'RUNNING') return
  if (record.state !== 'TERMINATED' && record.state !== 'ERROR') throw unexpectedState(record)
  addEvent(call.db, record.cluster_id, call.now, 'STARTING', { user: call.me.user })
  beginStart(call, record, 'PENDING')
  save(call.db, record)
}

const terminate = (call: Call, record: ClusterRecord): void => {
  if (record.state === 'TERMINATED' || record.state === 'TERMINATING') return
  const parameters = { username: call.me.user }
  beginTermination(call, record, { code: 'USER_REQUEST', type: 'SUCCESS', parameters })
  save(call.db, record)
}

export const clustersHandlers: Handlers<typeof clusters> = {
  create: (input, call) => {
    const { db, me, now } = call
    if (!isAdmin(me) && !me.entitlements.includes('allow-cluster-create'))
      throw denied('You are not authorized to create clusters. Please contact your administrator.')
    const spec = readSpec(input)
    check(spec, specRules)
    const record = newRecord(db, spec, me.user, 'API', now)
    beginStart(call, record, 'PENDING')
    save(db, record)
    addEvent(db, record.cluster_id, now, 'CREATING', { attributes: spec, user: me.user })
    const grant = { kind: kindOfPrincipal(me), principal: me.user, level: 'CAN_MANAGE' }
    putGrant(db, `/clusters/${record.cluster_id}`, grant)
    return { cluster_id: record.cluster_id }
  },
  edit: (input, call) => {
    changeSpec(call, reach(call, input.cluster_id, 'CAN_MANAGE'), readSpec(input))
    return {}
  },
  update: (input, call) => {
    const record = reach(call, input.cluster_id, 'CAN_MANAGE')
    changeSpec(call, record, masked(record, input))
    return {}
  },
  resize: (input, call) => {
    resize(call, reach(call, input.cluster_id, 'CAN_MANAGE'), input)
    return {}
  },
  start: (input, call) => {
    start(call, reach(call, input.cluster_id, 'CAN_RESTART'))
    return {}
  },
  restart: (input, call) => {
    const record = reach(call, input.cluster_id, 'CAN_RESTART')
    if (record.state === 'RUNNING') {
      addEvent(call.db, record.cluster_id, call.now, 'RESTARTING', { user: call.me.user })
      beginStart(call, record, 'RESTARTING')
      save(call.db, record)
    }
    return {}
  },
  delete: (input, call) => {
    terminate(call, reach(call, input.cluster_id, 'CAN_MANAGE'))
    return {}
  },
  permanentDelete: (input, call) => {
    const record = reach(call, input.cluster_id, 'CAN_MANAGE')
    if (record.pinned_by !== undefined)
      throw badValue(`Cluster ${record.cluster_id} is pinned and cannot be deleted; unpin the cluster first.`)
    forget(call.db, record.cluster_id)
    return {}
  },
  pin: (input, call) => {
    adminOnly(call, 'pin')
    pin(call, existing(call, neededText(input.cluster_id, 'cluster_id')))
    return {}
  },
  unpin: (input, call) => {
    adminOnly(call, 'unpin')
    unpin(call, existing(call, neededText(input.cluster_id, 'cluster_id')))
    return {}
  },
  changeOwner: (input, call) => {
    adminOnly(call, 'change the owner of')
    const record = existing(call, neededText(input.cluster_id, 'cluster_id'))
    const owner = neededText(input.owner_username, 'owner_username')
    if (findPrincipal(call.db, owner) === undefined) throw absent(`User ${owner} does not exist`)
    if (record.state !== 'TERMINATED')
      throw badState(`Cluster ${record.cluster_id} must be terminated to change its owner.`)
    save(call.db, { ...record, creator: owner })
    return {}
  },
  get: (input, call) => detailsOf(call.db, shown(call, reach(call, input.cluster_id, 'CAN_ATTACH_TO'))),
  list: (input, call) => {
    const { items, ...tokens } = pageOfClusters(call, input)
    const found = items.map((record) => detailsOf(call.db, shown(call, record)))
    return found.length === 0 ? tokens : { clusters: found, ...tokens }
  },
  events: (input, call) => {
    reach(call, input.cluster_id, 'CAN_ATTACH_TO')
    return pageOfEvents(call.db, input)
  },
  listNodeTypes: () => ({ node_types: [...nodeTypes] }),
  sparkVersions: () => ({ versions: [...sparkVersions] }),
  listZones: () => ({
    zones: ['us-west-2a', 'us-west-2b', 'us-west-2c', 'us-west-2d'],
    default_zone: 'us-west-2a',
  }),
}
