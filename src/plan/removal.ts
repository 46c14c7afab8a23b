import { removalSteps } from './cluster-steps.ts'
import { isOfDeadRun } from './choose.ts'
import type { ClusterPlan } from './cluster.ts'
import { hitsOf } from './hits.ts'
import type { DeployedCluster, LedgerTail, ObservedCluster } from './state.ts'

/** The recorded cluster and those of dead runs. Without a record the tags alone say what is ours. */
const oursOf = ({ key, owned }: DeployedCluster, ledger: LedgerTail): ObservedCluster[] => {
  const recorded = ledger.state?.clusters?.[key]
  if (recorded === undefined) return owned
  const isDead = isOfDeadRun(ledger)
  return owned.filter((cluster) => cluster.details.cluster_id === recorded.id || isDead(cluster))
}

/** A cluster of this project and target that is no longer declared. */
export const planRemoval = (deployed: DeployedCluster, ledger: LedgerTail): ClusterPlan | undefined => {
  const { key } = deployed
  const ours = oursOf(deployed, ledger)
  const clones = deployed.owned.filter((cluster) => !ours.includes(cluster))
  const [first] = ours
  const warnings = clones.map(
    ({ details }) => `cluster ${key}: ${details.cluster_id} is left alone, though marked as ours (a clone?)`,
  )
  if (!first) return undefined
  return {
    change: {
      key,
      name: first.details.cluster_name ?? key,
      action: 'delete',
      id: first.details.cluster_id,
      fields: [],
      restart: false,
      keepsId: false,
      hits: ours.flatMap((cluster) => hitsOf(cluster, 'delete', false)),
      install: [],
      uninstall: [],
      notes: ours.slice(1).map(({ details }) => `also removes ${details.cluster_id}`),
    },
    steps: ours.flatMap((cluster) => removalSteps(key, cluster, 'no longer declared')),
    warnings,
    refusals: [],
  }
}
