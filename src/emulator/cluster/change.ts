import type { ClusterSpec, clusters } from '../../wire/clusters.ts'
import type { InputOf } from '../../wire/endpoint.ts'
import type { Call } from '../server/call.ts'
import { neededText, members, type Loose } from '../server/read.ts'
import { badState, badValue } from '../server/refused.ts'
import { addEvent } from './events.ts'
import { fields, readSpec } from './fields.ts'
import { beginResize, beginStart, unexpectedState } from './machine.ts'
import { save, type ClusterRecord } from './record.ts'
import { check, sizeRules, specRules } from './rules.ts'

const refuseJobCluster = (record: ClusterRecord): void => {
  if (record.source === 'JOB')
    throw badValue(`Cluster ${record.cluster_id} was created by the Jobs service and cannot be changed.`)
}

/** Replace the spec: a RUNNING cluster restarts with it, a TERMINATED one stays so; any other state is refused. */
export const changeSpec = (call: Call, record: ClusterRecord, spec: ClusterSpec): void => {
  refuseJobCluster(record)
  check(spec, specRules)
  if (record.state !== 'RUNNING' && record.state !== 'TERMINATED') throw unexpectedState(record)
  addEvent(call.db, record.cluster_id, call.now, 'EDITED', {
    previous_attributes: record.spec,
    attributes: spec,
    user: call.me.user,
  })
  record.spec = spec
  if (record.state === 'RUNNING') {
    addEvent(call.db, record.cluster_id, call.now, 'RESTARTING', { user: call.me.user })
    beginStart(call, record, 'RESTARTING')
  }
  save(call.db, record)
}

type Update = Loose<InputOf<typeof clusters.update>>

/** The size is one of two fields: naming one in the mask clears the other. */
const other: Record<string, string> = { num_workers: 'autoscale', autoscale: 'num_workers' }

/**
 * clusters/update: the fields of the mask are replaced, or cleared when `cluster` lacks them.
 * @throws Refused 400 for a field of the mask that is none of a cluster
 */
export const masked = (record: ClusterRecord, input: Update): ClusterSpec => {
  const mask = neededText(input.update_mask, 'update_mask')
  const body = readSpec(members(input.cluster, 'cluster') ?? {})
  if (mask === '*') return body
  const spec: ClusterSpec = { ...record.spec }
  for (const part of mask.split(',')) {
    const field = part.trim().split('.')[0] ?? ''
    if (fields[field] === undefined) throw badValue(`Invalid update_mask: unknown field ${part.trim()}`)
    if (body[field] === undefined) delete spec[field]
    else {
      spec[field] = body[field]
      const replaced = other[field]
      if (replaced !== undefined) delete spec[replaced]
    }
  }
  return spec
}

/** Only a RUNNING cluster can be resized; it stays usable meanwhile. */
export const resize = (call: Call, record: ClusterRecord, input: Loose<ClusterSpec>): void => {
  refuseJobCluster(record)
  const { num_workers, autoscale } = readSpec({
    num_workers: input.num_workers,
    autoscale: input.autoscale,
  })
  check({ ...(num_workers === undefined ? {} : { num_workers }), ...(autoscale && { autoscale }) }, sizeRules)
  if (record.state !== 'RUNNING')
    throw badState(`Cluster is not running: ${record.cluster_id} is in state ${record.state}`)
  const { num_workers: _, autoscale: __, ...rest } = record.spec
  record.spec = autoscale === undefined ? { ...rest, num_workers: num_workers ?? 0 } : { ...rest, autoscale }
  beginResize(call, record, call.me.user)
  save(call.db, record)
}
