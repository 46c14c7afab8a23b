import { planApps } from './app.ts'
import { canonical } from './canonical.ts'
import { planCluster, type ClusterPlan } from './cluster.ts'
import type { PlanTools } from './fields.ts'
import { planFiles, type FilesPlan } from './files.ts'
import { clusterIds } from './job-clusters.ts'
import type { JobPlan } from './job.ts'
import { planJobs } from './jobs.ts'
import { planPackages } from './package.ts'
import { planRemoval } from './removal.ts'
import type { Deployed, DeployedCluster, Desired, DesiredFiles, Plan, Scope, Step } from './state.ts'

/** What becomes of our own jobs is in this very plan: none of them loses its cluster. */
const withoutOwnJobs = (cluster: DeployedCluster, { jobs }: Deployed): DeployedCluster => {
  const own = new Set((jobs?.owned ?? []).map(({ job_id }) => String(job_id)))
  const owned = cluster.owned.map((one) => ({
    ...one,
    jobs: one.jobs.filter(({ job_id }) => !own.has(String(job_id))),
  }))
  return { ...cluster, owned }
}

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
  const removed = scope.includes('cluster')
    ? gone.map((cluster) => planRemoval(withoutOwnJobs(cluster, deployed), ledger))
    : []
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

const planJobKind = (
  desired: Desired,
  deployed: Deployed,
  clusters: readonly ClusterPlan[],
  tools: PlanTools,
): JobPlan[] =>
  deployed.jobs === undefined
    ? []
    : planJobs(desired, {
        deployed: deployed.jobs,
        ledger: deployed.ledger,
        names: { project: desired.project, target: desired.target },
        clusters: clusterIds(desired, deployed, clusters, tools),
        tools,
      })

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
  const jobs = scope.includes('job') ? planJobKind(desired, deployed, clusters, tools) : []
  const packages = scope.includes('package') ? planPackages(desired, deployed, scope) : []
  const apps = scope.includes('app') ? planApps(desired, deployed) : []
  const parts = [...packages, ...clusters, ...(files ? [files] : []), ...apps, ...jobs]
  return {
    version: 1,
    project: desired.project,
    target: desired.target,
    base: deployed.ledger.number,
    scope,
    declared: tools.digest(canonical(desired)),
    clusters: clusters.map(({ change }) => change),
    ...(files ? { files: files.change } : {}),
    ...(packages.length > 0 ? { packages: packages.map(({ change }) => change) } : {}),
    ...(apps.length > 0 ? { apps: apps.map(({ change }) => change) } : {}),
    ...(jobs.length > 0 ? { jobs: jobs.map(({ change }) => change) } : {}),
    warnings: parts.flatMap(({ warnings }) => warnings),
    refusals: parts.flatMap(({ refusals }) => refusals),
    steps: parts.flatMap(({ steps }) => steps),
    settles: deployed.ledger.unsettled.length > 0,
  }
}
