import type { JobTask } from '../../wire/jobs.ts'
import { addEvent } from '../cluster/events.ts'
import { readSpec } from '../cluster/fields.ts'
import { beginStart, beginTermination, shown } from '../cluster/machine.ts'
import { findRecord, newRecord, save, type ClusterRecord } from '../cluster/record.ts'
import { findLibrary, saveLibrary } from '../library/rows.ts'
import type { Call } from '../server/call.ts'
import { tasksOf, type Ending, type RunRecord } from './record.ts'

export type Where = Pick<Call, 'db' | 'mode' | 'now'>

/** A task's cluster: ready for code, passing by itself at `due`, or a reason why it will never be. */
export type Readiness =
  | { ready: true; cluster?: string }
  | { ready: false; cluster?: string; due: number }
  | { fault: Ending }

const fault = (code: string, message: string): { fault: Ending } => ({
  fault: { life: 'INTERNAL_ERROR', result: 'FAILED', code, message },
})

const keyOf = (task: JobTask): string => task.job_cluster_key ?? `task:${task.task_key}`

const make = (at: Where, run: RunRecord, key: string, given: unknown): ClusterRecord => {
  const body = typeof given === 'object' && given !== null ? given : {}
  const spec = {
    ...readSpec(body),
    cluster_name: `job-${run.job}-run-${run.id}-${key.replace(/^task:/, '')}`,
  }
  const record = newRecord(at.db, spec, run.runAs, 'JOB', at.now)
  beginStart(at, record, 'PENDING')
  save(at.db, record)
  addEvent(at.db, record.cluster_id, at.now, 'CREATING', { attributes: spec, user: run.runAs })
  run.clusters[key] = record.cluster_id
  for (const task of tasksOf(run.settings).filter((one) => keyOf(one) === key))
    for (const library of task.libraries ?? [])
      if (findLibrary(at.db, record.cluster_id, library) === undefined)
        saveLibrary(at.db, record.cluster_id, { library, added_at: at.now })
  return record
}

const ofRun = (at: Where, run: RunRecord, task: JobTask): ClusterRecord | undefined => {
  const shared = task.job_cluster_key
  const key = keyOf(task)
  const known = run.clusters[key]
  if (known !== undefined) return findRecord(at.db, known)
  const given =
    shared === undefined
      ? task.new_cluster
      : run.settings.job_clusters?.find((one) => one.job_cluster_key === shared)?.new_cluster
  return make(at, run, key, given)
}

/** Like the service, a run starts a cluster that is TERMINATED. */
const begin = (at: Where, run: RunRecord, record: ClusterRecord): void => {
  addEvent(at.db, record.cluster_id, at.now, 'STARTING', { user: run.runAs })
  beginStart(at, record, 'PENDING')
  save(at.db, record)
}

const reasonOf = (record: ClusterRecord): string => {
  const { termination_reason: reason, state_message: message } = record
  const told = message === '' ? '' : ` ${message}`
  return `Cluster ${record.cluster_id} did not reach RUNNING: ${reason?.code ?? record.state}.${told}`
}

const readiness = (at: Where, run: RunRecord, record: ClusterRecord, begun: boolean): Readiness => {
  const id = record.cluster_id
  const { state } = shown(at, record)
  if (state === 'RUNNING' || state === 'RESIZING') {
    record.active_at = at.now
    save(at.db, record)
    return { ready: true, cluster: id }
  }
  const ending = state === 'TERMINATED' || state === 'TERMINATING'
  if (state === 'ERROR' || (ending && begun)) return fault('CLUSTER_ERROR', reasonOf(record))
  if (state === 'TERMINATED') {
    begin(at, run, record)
    return readiness(at, run, record, true)
  }
  const due = Math.max(record.due ?? at.now, at.now)
  return ending ? { ready: false, due } : { ready: false, due, cluster: id }
}

/** @param begun the attempt waits for a start of this cluster already, so an end of it is an end of the attempt */
export const clusterFor = (at: Where, run: RunRecord, task: JobTask, begun: boolean): Readiness => {
  const existing = task.existing_cluster_id
  if (existing !== undefined) {
    const record = findRecord(at.db, existing)
    if (record === undefined) return fault('INVALID_CLUSTER_REQUEST', `Cluster ${existing} does not exist`)
    return readiness(at, run, record, begun)
  }
  // Serverless compute: no cluster to be seen.
  if (task.job_cluster_key === undefined && task.new_cluster === undefined) return { ready: true }
  const record = ofRun(at, run, task)
  return record === undefined
    ? fault('CLUSTER_ERROR', `The cluster of task ${task.task_key} was deleted during the run`)
    : readiness(at, run, record, true)
}

/** Why code that runs on that cluster cannot go on, or undefined. */
export const lostCluster = (at: Where, id: string | undefined): Ending | undefined => {
  if (id === undefined) return undefined
  const record = findRecord(at.db, id)
  const state = record?.state ?? 'deleted'
  if (state === 'RUNNING' || state === 'RESIZING') return undefined
  return fault('CLUSTER_ERROR', `Cluster ${id} is ${state}: it was ended while the task ran on it.`).fault
}

/** Keeps autotermination away while code runs. */
export const touchCluster = (at: Where, id: string): void => {
  const record = findRecord(at.db, id)
  if (record !== undefined && at.now - record.active_at > 60_000)
    save(at.db, { ...record, active_at: at.now })
}

/** Clusters that were made for a run go with it. */
export const endClusters = (at: Where, run: RunRecord): void => {
  for (const id of Object.values(run.clusters)) {
    const record = findRecord(at.db, id)
    if (record === undefined || record.state.startsWith('TERMINAT')) continue
    beginTermination(at, record, { code: 'JOB_FINISHED', type: 'SUCCESS' })
    save(at.db, record)
  }
}
