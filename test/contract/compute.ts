import { systemClock as clock } from '../../src/http/clock.ts'
import { poll } from '../../src/http/poll.ts'
import type { ClusterSpec, ClusterState, NodeType } from '../../src/wire/clusters.ts'
import { real, type Subject } from './subject.ts'

const { BRICKRAIL_CONTRACT_NODE_TYPE: nodeType, BRICKRAIL_CONTRACT_SPARK_VERSION: sparkVersion } = process.env

/** Nothing takes time in the embedded workspace. */
export const pace: { firstMs: number; maxMs: number; timeoutMs: number } = real
  ? { firstMs: 1000, maxMs: 10_000, timeoutMs: 1_500_000 }
  : { firstMs: 1, maxMs: 1, timeoutMs: 5000 }

const flag = (type: NodeType, name: string): boolean => type[name] === true

/** As databricks-sdk-py select_node_type: neither deprecated nor hidden nor with a GPU, then the smallest. */
const smallest = (types: readonly NodeType[]): string => {
  const fit = types.filter(
    (type) =>
      !flag(type, 'is_deprecated') && !flag(type, 'is_hidden') && !type.num_gpus && type.num_cores >= 4,
  )
  const [first] = fit.toSorted((a, b) => a.num_cores - b.num_cores || a.memory_mb - b.memory_mb)
  if (first === undefined) throw new Error('no node type fits; set BRICKRAIL_CONTRACT_NODE_TYPE')
  return first.node_type_id
}

const newestLts = (versions: readonly { key: string; name: string }[]): string => {
  const fit = versions.filter(
    ({ name, key }) => name.includes('LTS') && !/ML|GPU|Photon|Beta|aarch64/.test(name + key),
  )
  const [first] = fit.toSorted((a, b) => Number.parseFloat(b.key) - Number.parseFloat(a.key))
  if (first === undefined) throw new Error('no LTS runtime; set BRICKRAIL_CONTRACT_SPARK_VERSION')
  return first.key
}

export interface Compute {
  /** The smallest cluster that can be resized; it ends itself should the run be killed. */
  readonly spec: (over?: ClusterSpec) => Promise<ClusterSpec>
  /** A new cluster's id; it is PENDING. Removed at the end. */
  readonly create: (over?: ClusterSpec) => Promise<string>
  /** Remove it at the end, pinned or not. */
  readonly removeAtEnd: (id: string) => void
  /** The one cluster that the cases of a suite share, in that state, with as few changes as can be. */
  readonly shared: (state: 'RUNNING' | 'TERMINATED') => Promise<string>
  /** Every state seen until that one, without repeats. */
  readonly statesUntil: (id: string, state: ClusterState) => Promise<ClusterState[]>
}

/** @throws Error when the cluster ends without ever being in that state */
const statesUntil = async (subject: Subject, id: string, wanted: ClusterState): Promise<ClusterState[]> => {
  const seen: ClusterState[] = []
  await poll({
    read: async () => {
      const { state, state_message: message } = await subject.setup.clusters.get({ cluster_id: id })
      if (seen.at(-1) !== state) seen.push(state)
      const ended = (state === 'TERMINATED' || state === 'ERROR') && seen.length > 1
      if (ended && state !== wanted) throw new Error(`cluster ${id} is ${state}: ${message}`)
      return state
    },
    done: (state) => state === wanted,
    state: (state) => state,
    what: `cluster ${id} to be ${wanted}`,
    hint: 'look at its events',
    clock,
    ...pace,
  })
  return seen
}

const specOf = async ({ setup, unique }: Subject, over: ClusterSpec): Promise<ClusterSpec> => ({
  cluster_name: unique('cluster'),
  spark_version: sparkVersion ?? newestLts((await setup.clusters.sparkVersions({})).versions ?? []),
  node_type_id: nodeType ?? smallest((await setup.clusters.listNodeTypes({})).node_types ?? []),
  ...(over.autoscale === undefined ? { num_workers: 1 } : {}),
  autotermination_minutes: 10,
  ...over,
})

const remove = async ({ setup }: Subject, id: string): Promise<void> => {
  const { clusters } = await setup.clusters.list({ 'filter_by.is_pinned': true })
  if (clusters?.some(({ cluster_id: pinned }) => pinned === id))
    await setup.clusters.unpin({ cluster_id: id })
  await setup.clusters.permanentDelete({ cluster_id: id })
}

export const computeOf = (subject: Subject): Compute => {
  const { setup } = subject
  let made: Promise<string> | undefined
  const removeAtEnd = (id: string) => subject.undo(() => remove(subject, id))
  const create: Compute['create'] = async (over = {}) => {
    const { cluster_id: id } = await setup.clusters.create(await specOf(subject, over))
    removeAtEnd(id)
    return id
  }
  const shared: Compute['shared'] = async (wanted) => {
    made ??= create()
    const id = await made
    const { state } = await setup.clusters.get({ cluster_id: id })
    if (wanted === 'TERMINATED') await setup.clusters.delete({ cluster_id: id })
    if (wanted === 'RUNNING' && state === 'TERMINATING') await statesUntil(subject, id, 'TERMINATED')
    if (wanted === 'RUNNING' && state.startsWith('TERMINAT')) await setup.clusters.start({ cluster_id: id })
    await statesUntil(subject, id, wanted)
    return id
  }
  return {
    spec: (over = {}) => specOf(subject, over),
    create,
    removeAtEnd,
    shared,
    statesUntil: (id, state) => statesUntil(subject, id, state),
  }
}
