import { canonical } from './canonical.ts'
import { planCluster, type ClusterPlan } from './cluster.ts'
import type { PlanTools } from './fields.ts'
import { planFiles, type FilesPlan } from './files.ts'
import { planRemoval } from './removal.ts'
import type { Deployed, Desired, DesiredFiles, Plan, Scope, Step } from './state.ts'

const planClusters = (
  desired: Desired,
  deployed: Deployed,
  scope: Scope,
  tools: PlanTools,
): ClusterPlan[] => {
  const names = { project: desired.project, target: desired.target }
  const { ledger } = deployed
  const declared = desired.clusters.map((cluster) => {
    const found = deployed.clusters.find(({ key }) => key === cluster.key)
    const there = found ?? { key: cluster.key, owned: [], unowned: [] }
    return planCluster({ desired: cluster, deployed: there, ledger, names, scope, tools })
  })
  const gone = deployed.clusters.filter(({ key }) => !desired.clusters.some((cluster) => cluster.key === key))
  const removed = scope.includes('cluster') ? gone.map((cluster) => planRemoval(cluster, ledger)) : []
  return [...declared, ...removed.filter((plan) => plan !== undefined)]
}

/** Whether a step changes the workspace; a wait only looks. */
export const isWrite = (step: Step): boolean => step.do !== 'cluster.wait' && step.do !== 'libraries.wait'

/** How many things the plan changes; 0 means «nothing changed, nothing touched». */
export const countWrites = (plan: Pick<Plan, 'steps'>): number => plan.steps.filter(isWrite).length

/** Ids of the clusters whose jobs, runs, pin and permissions must be known before this plan can be shown or applied. */
export const needsImpact = (plan: Pick<Plan, 'clusters' | 'steps'>): string[] => {
  const changed = plan.clusters.flatMap(({ id, action, restart }) =>
    id !== undefined && (restart || ['blue-green', 'recreate', 'delete'].includes(action)) ? [id] : [],
  )
  const removed = plan.steps.flatMap((step) =>
    step.do === 'cluster.remove' && 'id' in step.cluster ? [step.cluster.id] : [],
  )
  return [...new Set([...changed, ...removed])]
}

/** Files that were deployed and are no longer declared at all: nothing is wanted where they are. */
const undeclaredFiles = ({ ledger }: Deployed): DesiredFiles | undefined => {
  const recorded = ledger.state?.files
  return recorded && { root: recorded.root, exclusive: false, files: [] }
}

/**
 * The difference between what is declared and what is there, as data. Pure: the same inputs give the same plan.
 * A plan with refusals must not be applied.
 */
export const makePlan = (desired: Desired, deployed: Deployed, scope: Scope, tools: PlanTools): Plan => {
  const inScope = scope.includes('cluster') || scope.includes('libraries')
  const clusters = inScope ? planClusters(desired, deployed, scope, tools) : []
  const declaredFiles = desired.files ?? undeclaredFiles(deployed)
  const files: FilesPlan | undefined =
    scope.includes('files') && declaredFiles && deployed.files
      ? planFiles(declaredFiles, deployed.files, deployed.ledger)
      : undefined
  const parts = [...clusters, ...(files ? [files] : [])]
  return {
    version: 1,
    project: desired.project,
    target: desired.target,
    base: deployed.ledger.number,
    scope,
    declared: tools.digest(canonical(desired)),
    clusters: clusters.map(({ change }) => change),
    ...(files ? { files: files.change } : {}),
    warnings: parts.flatMap(({ warnings }) => warnings),
    refusals: parts.flatMap(({ refusals }) => refusals),
    steps: parts.flatMap(({ steps }) => steps),
    settles: deployed.ledger.unsettled.length > 0,
  }
}
