import { attemptsOf } from './attempts.ts'
import { compareSpec } from './compare.ts'
import type { PlanTools } from './fields.ts'
import { generationOf } from './marker.ts'
import type { DeployedCluster, DesiredCluster, LedgerTail, ObservedCluster } from './state.ts'

/** Which of the clusters of one key is the one in use, and what the others are. */
export interface Choice {
  current?: ObservedCluster
  /** A replacement that a dead run has created and that fits: the blue-green change goes on with it. */
  successor?: ObservedCluster
  /** Ours, but neither of the two. */
  leftovers: ObservedCluster[]
  adopted: boolean
  warnings: string[]
  refusals: { what: string; owner?: string; hint: string }[]
}

/** It ended by itself while starting: only another start can tell whether it works now. */
export const failedToStart = ({ details }: ObservedCluster): boolean =>
  details.state === 'TERMINATED' && (details.termination_reason?.type ?? 'SUCCESS') !== 'SUCCESS'

const usable = (cluster: ObservedCluster): boolean =>
  !['ERROR', 'UNKNOWN', 'TERMINATING'].includes(cluster.details.state) && !failedToStart(cluster)

const describe = ({ details }: ObservedCluster): string =>
  `${details.cluster_id} (${details.state}${details.creator_user_name ? `, by ${details.creator_user_name}` : ''})`

/** A second cluster must not come up because an id has a typing mistake. */
const unknownId = ({ key }: DesiredCluster, id: string): Choice['refusals'][number] => ({
  what: `cluster ${id}, which clusters.${key} wants to adopt, is not there, or is that of another project or target`,
  hint: `look up its id in the workspace, or remove \`adopt\` to have a new cluster created`,
})

const adopt = (desired: DesiredCluster, { unowned }: DeployedCluster): Choice => {
  const name = desired.spec.cluster_name ?? desired.key
  const none: Choice = { leftovers: [], adopted: false, warnings: [], refusals: [] }
  const list = unowned.map(describe).join(', ')
  const asked =
    typeof desired.adopt === 'string'
      ? unowned.filter(({ details }) => details.cluster_id === desired.adopt)
      : desired.adopt
        ? unowned
        : []
  const [only, ...others] = asked
  if (typeof desired.adopt === 'string' && !only)
    return { ...none, refusals: [unknownId(desired, desired.adopt)] }
  if (only && others.length === 0) return { ...none, current: only, adopted: true }
  if (only) {
    const hint = `name the one to take over: \`adopt: "${only.details.cluster_id}"\` under clusters.${desired.key}`
    return {
      ...none,
      refusals: [{ what: `${asked.length} clusters are called ${name}: ${list}`, hint }],
    }
  }
  if (unowned.length === 0) return none
  const advice = `to take it over instead, set \`adopt: true\` (or its id) under clusters.${desired.key}`
  return { ...none, warnings: [`not ours and left alone, though also called ${name}: ${list}; ${advice}`] }
}

/**
 * Made by a run that died. A clone of our cluster carries our tags too, but with the generation of a finished
 * deployment: it is somebody's, and stays.
 */
export const isOfDeadRun = (ledger: LedgerTail): ((cluster: ObservedCluster) => boolean) => {
  const dead = new Set(attemptsOf(ledger).map(({ number }) => number))
  return ({ details }) => dead.has(generationOf(details))
}

/**
 * The current cluster is the recorded one; without a record, the newest that fits; else the newest.
 * Clusters of the same name without our marker are reported, and taken over only when `adopt` says so.
 */
export const chooseCluster = (
  desired: DesiredCluster,
  deployed: DeployedCluster,
  ledger: LedgerTail,
  tools: PlanTools,
): Choice => {
  const { owned } = deployed
  const { state } = ledger
  if (owned.length === 0) return adopt(desired, deployed)
  const recorded = state?.clusters?.[desired.key]
  const fits = (cluster: ObservedCluster) =>
    compareSpec(desired.spec, cluster.details, recorded?.spec, tools.fields).length === 0
  const current =
    owned.find(({ details }) => details.cluster_id === recorded?.id) ??
    owned.find((cluster) => usable(cluster) && fits(cluster)) ??
    owned[0]
  const newer = (cluster: ObservedCluster) =>
    current !== undefined && generationOf(cluster.details) > generationOf(current.details)
  const successor =
    current && !(fits(current) && usable(current))
      ? owned.find((cluster) => cluster !== current && newer(cluster) && usable(cluster) && fits(cluster))
      : undefined
  const rest = owned.filter((cluster) => cluster !== current && cluster !== successor)
  const leftovers = rest.filter(isOfDeadRun(ledger))
  const clones = rest.filter((cluster) => !leftovers.includes(cluster)).map(describe)
  const others = deployed.unowned.map(describe)
  const warnings = [
    ...(others.length > 0 ? [`not ours and left alone, though of the same name: ${others.join(', ')}`] : []),
    ...(clones.length > 0 ? [`left alone, though marked as ours (clones?): ${clones.join(', ')}`] : []),
  ]
  return {
    ...(current ? { current } : {}),
    ...(successor ? { successor } : {}),
    leftovers,
    adopted: false,
    warnings,
    refusals: [],
  }
}
