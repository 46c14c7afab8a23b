import type { Choice } from './choose.ts'
import type { LibraryChange } from './libraries.ts'
import type { ClusterSpec } from '../wire/clusters.ts'
import type { ClusterAction, ClusterRef, ObservedCluster, Step } from './state.ts'

export interface StepInputs {
  key: string
  /** Complete body, tags included. */
  spec: ClusterSpec
  choice: Choice
  action: ClusterAction
  libraries: LibraryChange
  /** Clusters of dead runs that this one takes the place of, too. */
  heirlooms: readonly ObservedCluster[]
}

const replacing = new Set<ClusterAction>(['create', 'blue-green', 'recreate'])

export const keepsId = (action: ClusterAction): boolean => !replacing.has(action)

/** What leaves the Python processes as they are, with the libraries that they have loaded. */
export const keepsRunning = (action: ClusterAction): boolean => action === 'none' || action === 'resize'

const moving = new Set(['PENDING', 'RESTARTING', 'RESIZING'])

const refTo = (key: string, cluster: ObservedCluster): ClusterRef => ({ key, id: cluster.details.cluster_id })

/** A pinned cluster cannot be deleted: unpin first (terraform-provider-databricks#113). */
export const removalSteps = (key: string, cluster: ObservedCluster, why: string): Step[] => [
  ...(cluster.pinned ? [{ do: 'cluster.unpin' as const, cluster: refTo(key, cluster) }] : []),
  { do: 'cluster.remove', cluster: refTo(key, cluster), why },
]

const installSteps = (cluster: ClusterRef, { install, wanted, skipped }: LibraryChange): Step[] => [
  ...(install.length > 0 ? [{ do: 'libraries.install' as const, cluster, libraries: install }] : []),
  ...(wanted.length > 0
    ? [{ do: 'libraries.wait' as const, cluster, libraries: wanted, ...(skipped && { skipped }) }]
    : []),
]

/** All that hangs on the old ids moves to the new one before an old one goes. */
const handOver = (from: readonly ObservedCluster[], to: ClusterRef): Step[] => {
  const acl = from.flatMap((cluster) => cluster.acl)
  const jobs = from.flatMap((cluster) => cluster.jobs)
  return [
    ...(acl.length > 0 ? [{ do: 'cluster.copy-acl' as const, cluster: to, acl }] : []),
    ...(from.some(({ pinned }) => pinned) ? [{ do: 'cluster.pin' as const, cluster: to }] : []),
    ...jobs.map((job) => ({ do: 'cluster.rewire-job' as const, cluster: to, job })),
  ]
}

const bringUp = ({ key, spec, choice, libraries }: StepInputs, onFailure: 'keep' | 'remove') => {
  const { successor } = choice
  const ref: ClusterRef = successor ? refTo(key, successor) : { key, new: true }
  const create: Step[] = successor ? [] : [{ do: 'cluster.create', key, spec, onFailure }]
  const steps: Step[] = [
    ...create,
    { do: 'cluster.wait', cluster: ref, until: 'RUNNING' },
    ...installSteps(ref, libraries),
  ]
  return { ref, steps }
}

const replaceSteps = (inputs: StepInputs, old: ObservedCluster): Step[] => {
  const { ref, steps } = bringUp(inputs, 'remove')
  const inherited = handOver([old, ...inputs.heirlooms], ref)
  return [...steps, ...inherited, ...removalSteps(inputs.key, old, 'replaced')]
}

const recreateSteps = (inputs: StepInputs, old: ObservedCluster): Step[] => {
  const { ref, steps } = bringUp(inputs, 'keep')
  const inherited = handOver([old, ...inputs.heirlooms], ref)
  return [...removalSteps(inputs.key, old, 'recreated'), ...steps, ...inherited]
}

const reach = ({ key, spec, action }: StepInputs, current: ObservedCluster): Step[] => {
  const cluster = refTo(key, current)
  const { state } = current.details
  const settle: Step[] =
    moving.has(state) || state === 'TERMINATING' ? [{ do: 'cluster.wait', cluster, until: 'STABLE' }] : []
  const wait: Step = { do: 'cluster.wait', cluster, until: 'RUNNING' }
  const stays = state === 'TERMINATED' || state === 'TERMINATING'
  if (action === 'resize') {
    const size = spec.autoscale ? { autoscale: spec.autoscale } : { num_workers: spec.num_workers ?? 0 }
    return [...settle, { do: 'cluster.resize', cluster, size }, wait]
  }
  if (action === 'edit') {
    // One that stays TERMINATED is looked at, too: the wait checks that it has become what was sent.
    const after: Step = stays ? { do: 'cluster.wait', cluster, until: 'STABLE' } : wait
    return [...settle, { do: 'cluster.edit', cluster, spec }, after]
  }
  if (action === 'start') return [{ do: 'cluster.start', cluster }, wait]
  return moving.has(state) ? [wait] : []
}

/** Libraries install on a RUNNING cluster only; on a terminated one they would wait unseen until somebody starts it. */
const changeLibraries = (inputs: StepInputs, current: ObservedCluster, up: boolean): Step[] => {
  const { key, action, libraries } = inputs
  const cluster = refTo(key, current)
  const { install, restart, pending } = libraries
  const wait: Step = { do: 'cluster.wait', cluster, until: 'RUNNING' }
  const wake = !up && install.length > 0
  const again = restart && up && keepsRunning(action)
  const disturbed =
    install.length > 0 || (up && (pending || again || action === 'edit' || action === 'start'))
  return [
    ...(wake ? [{ do: 'cluster.start' as const, cluster }, wait] : []),
    ...(again ? [{ do: 'cluster.restart' as const, cluster }, wait] : []),
    ...(disturbed ? installSteps(cluster, libraries) : []),
  ]
}

/** Before the change: a restart that comes anyway then removes them as well. */
const uninstallSteps = ({ key, libraries }: StepInputs, current: ObservedCluster): Step[] =>
  libraries.uninstall.length > 0
    ? [{ do: 'libraries.uninstall', cluster: refTo(key, current), libraries: libraries.uninstall }]
    : []

/** The one that is in use when all is done. */
const refToResult = ({ key, choice, action }: StepInputs): ClusterRef => {
  const { current, successor } = choice
  if (current && keepsId(action)) return refTo(key, current)
  return successor ? refTo(key, successor) : { key, new: true }
}

/** A dead run may have rewired jobs to a cluster that is not wanted any more: they come back before it goes. */
const tidySteps = (inputs: StepInputs): Step[] => {
  const { key, choice } = inputs
  const cluster = refToResult(inputs)
  return choice.leftovers.flatMap((left) => [
    ...left.jobs.map((job) => ({ do: 'cluster.rewire-job' as const, cluster, job })),
    ...removalSteps(key, left, 'left over from an interrupted run'),
  ])
}

/** The steps of one cluster, in order. */
export const clusterSteps = (inputs: StepInputs): Step[] => {
  const { action, heirlooms } = inputs
  const { current } = inputs.choice
  const tidy = tidySteps(inputs)
  if (!current) {
    const { ref, steps } = bringUp(inputs, 'keep')
    return [...steps, ...handOver(heirlooms, ref), ...tidy]
  }
  if (action === 'blue-green') return [...replaceSteps(inputs, current), ...tidy]
  if (action === 'recreate') return [...recreateSteps(inputs, current), ...tidy]
  const up =
    action === 'start' || !['TERMINATED', 'TERMINATING', 'ERROR', 'UNKNOWN'].includes(current.details.state)
  return [
    ...uninstallSteps(inputs, current),
    ...reach(inputs, current),
    ...changeLibraries(inputs, current, up),
    ...handOver(heirlooms, refToResult(inputs)),
    ...tidy,
  ]
}
