import type { ClusterState, TerminationReason } from '../../wire/clusters.ts'
import { dropMarked } from '../library/rows.ts'
import { wake } from '../library/wake.ts'
import type { Call } from '../server/call.ts'
import { takes, type Duration } from '../server/clock.ts'
import { takeClusterOutcome } from '../server/outcomes.ts'
import { badState } from '../server/refused.ts'
import { addEvent } from './events.ts'
import { findRecord, forget, save, unknownCluster, type ClusterRecord } from './record.ts'

type Where = Pick<Call, 'db' | 'mode' | 'now'>

/** The states that pass by themselves, and how long each takes. */
const passing: Partial<Record<ClusterState, Duration>> = {
  PENDING: 'start',
  RESTARTING: 'restart',
  RESIZING: 'resize',
  TERMINATING: 'terminate',
}

const day = 24 * 60 * 60 * 1000
/** Terminated clusters that are not pinned leave the list, and are forgotten later on. */
export const listedDays = 30 * day
const keptDays = 60 * day

const enter = (at: Where, record: ClusterRecord, state: ClusterState, from: number): void => {
  const duration = passing[state]
  record.state = state
  record.seen = undefined
  record.due = duration === undefined ? undefined : from + takes(at.mode, duration)
}

const workers = (record: ClusterRecord): number =>
  record.spec.num_workers ?? record.spec.autoscale?.min_workers ?? 0

/** A start or restart: nodes are new, so marked libraries go, and a scripted failure is decided. */
export const beginStart = (at: Where, record: ClusterRecord, state: 'PENDING' | 'RESTARTING'): void => {
  enter(at, record, state, at.now)
  record.state_message = state === 'PENDING' ? 'Finding instances for new nodes' : 'Restarting Spark'
  record.running_since = undefined
  record.terminated_time = undefined
  record.termination_reason = undefined
  record.fails = takeClusterOutcome(at.db, record.spec.cluster_name ?? '')
  if (state === 'RESTARTING') record.last_restarted_time = at.now
  else record.start_time = at.now
  dropMarked(at.db, record.cluster_id)
  wake(at.db)
}

export const beginResize = (at: Where, record: ClusterRecord, user: string): void => {
  enter(at, record, 'RESIZING', at.now)
  record.state_message = ''
  addEvent(at.db, record.cluster_id, at.now, 'RESIZING', {
    target_num_workers: workers(record),
    cause: 'USER_REQUEST',
    user,
  })
}

export const beginTermination = (
  at: Where,
  record: ClusterRecord,
  reason: TerminationReason,
  from = at.now,
  message = '',
): void => {
  enter(at, record, 'TERMINATING', from)
  record.state_message = message
  record.running_since = undefined
  record.termination_reason = reason
  addEvent(at.db, record.cluster_id, from, 'TERMINATING', { reason })
}

const defaultReason: TerminationReason = {
  code: 'CLOUD_PROVIDER_LAUNCH_FAILURE',
  type: 'CLOUD_FAILURE',
  parameters: { databricks_error_message: 'The cloud provider could not launch the instances.' },
}

const started = (at: Where, record: ClusterRecord, when: number): void => {
  const { fails } = record
  record.fails = undefined
  if (fails !== undefined) {
    const reason = fails.termination_reason ?? defaultReason
    const message =
      fails.messages?.join('\n') ?? reason.parameters?.['databricks_error_message'] ?? reason.code
    beginTermination(at, record, reason, when, message)
    if (fails.state === 'ERROR') enter(at, record, 'ERROR', when)
    return
  }
  enter(at, record, 'RUNNING', when)
  record.state_message = ''
  record.running_since = when
  record.active_at = when
  const count = workers(record)
  const size = { current_num_workers: count, target_num_workers: count }
  addEvent(at.db, record.cluster_id, when, 'RUNNING', size)
  addEvent(at.db, record.cluster_id, when, 'DRIVER_HEALTHY')
}

const pass = (at: Where, record: ClusterRecord, when: number): void => {
  if (record.state === 'PENDING' || record.state === 'RESTARTING') return started(at, record, when)
  if (record.state === 'TERMINATING') {
    record.terminated_time = when
    return enter(at, record, 'TERMINATED', when)
  }
  const count = workers(record)
  addEvent(at.db, record.cluster_id, when, 'UPSIZE_COMPLETED', {
    current_num_workers: count,
    target_num_workers: count,
  })
  record.active_at = when
  return enter(at, record, 'RUNNING', when)
}

const idleSince = (record: ClusterRecord): number | undefined => {
  const minutes = record.spec.autotermination_minutes ?? 0
  return record.state === 'RUNNING' && minutes > 0 ? record.active_at + minutes * 60_000 : undefined
}

/** Let time pass: everything that is due, and was seen, happens at the moment when it was both. */
const settle = (at: Where, record: ClusterRecord): boolean => {
  let changed = false
  for (;;) {
    const idle = idleSince(record)
    if (record.due !== undefined && record.seen !== undefined && at.now >= record.due)
      pass(at, record, Math.max(record.due, record.seen))
    else if (idle !== undefined && at.now >= idle) {
      const minutes = `${record.spec.autotermination_minutes}`
      const reason = { code: 'INACTIVITY', type: 'SUCCESS', parameters: { inactivity_duration_min: minutes } }
      beginTermination(at, record, reason, idle)
    } else return changed
    changed = true
  }
}

/** Settled, for a write to decide on. */
export const settled = (at: Where, record: ClusterRecord): ClusterRecord => {
  if (settle(at, record)) save(at.db, record)
  return record
}

/** Settled, and about to be shown: only a state that was shown once may pass. */
export const shown = (at: Where, record: ClusterRecord): ClusterRecord => {
  const changed = settle(at, record)
  const first = record.due !== undefined && record.seen === undefined
  if (first) record.seen = at.now
  if (changed || first) save(at.db, record)
  return record
}

const expired = (at: Where, record: ClusterRecord): boolean =>
  record.pinned_by === undefined &&
  record.terminated_time !== undefined &&
  at.now - record.terminated_time > keptDays

/** @throws Refused 400 `Cluster X does not exist` */
export const existing = (at: Where, id: string): ClusterRecord => {
  const record = findRecord(at.db, id)
  if (record === undefined) throw unknownCluster(id)
  if (!expired(at, record)) return settled(at, record)
  forget(at.db, id)
  throw unknownCluster(id)
}

const word = (state: ClusterState): string => `${state[0]}${state.slice(1).toLowerCase()}`

export const unexpectedState = (record: ClusterRecord) =>
  badState(`Cluster ${record.cluster_id} is in unexpected state ${word(record.state)}.`)
