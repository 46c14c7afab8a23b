import { chooseCluster } from './choose.ts'
import type { ClusterPlan } from './cluster.ts'
import type { PlanTools } from './fields.ts'
import type { ClusterIds } from './job-refs.ts'
import type { Deployed, Desired } from './state.ts'

/** A replacement that is there already, made by a run that died: the plan waits for it by its id. */
const successorOf = ({ steps }: ClusterPlan): string | undefined =>
  steps
    .flatMap((step) => (step.do === 'cluster.wait' && 'id' in step.cluster ? [step.cluster.id] : []))
    .at(-1)

const idsOf = (plan: ClusterPlan): ClusterIds => {
  const { change, steps } = plan
  const rewired =
    steps.some((step) => step.do === 'cluster.rewire-job') && change.id !== undefined ? [change.id] : []
  if (change.keepsId) return change.id === undefined ? { rewired: [] } : { now: change.id, rewired: [] }
  if (steps.some((step) => step.do === 'cluster.create')) return { rewired }
  const now = successorOf(plan)
  return now === undefined ? { rewired } : { now, rewired }
}

/**
 * What the clusters of a project are called when the plan is done, by key: those that there will be.
 * @param plans of the clusters, when they are in scope
 */
export const clusterIds = (
  desired: Desired,
  deployed: Deployed,
  plans: readonly ClusterPlan[],
  tools: PlanTools,
): Map<string, ClusterIds> => {
  const ids = new Map<string, ClusterIds>()
  for (const { key, owned } of deployed.clusters) {
    const declared = desired.clusters.find((cluster) => cluster.key === key)
    const found = declared
      ? chooseCluster(declared, { key, owned, unowned: [] }, deployed.ledger, tools).current
      : owned[0]
    if (found) ids.set(key, { now: found.details.cluster_id, rewired: [] })
  }
  for (const plan of plans)
    if (plan.change.action === 'delete') ids.delete(plan.change.key)
    else ids.set(plan.change.key, idsOf(plan))
  return ids
}
