import { canonical } from './canonical.ts'
import type { CodeStep, DeployedPackage, DesiredPackage, PackageChange } from './state-code.ts'
import type { Deployed, Desired, Plan, Scope } from './state.ts'

export interface PackagePlan {
  change: PackageChange
  steps: CodeStep[]
  warnings: string[]
  refusals: Plan['refusals']
}

/** The newest wheels that stay, the declared one among them: a job that is paused, or a rollback, may still want them. */
const kept = 5

/** Whether a cluster or a job of this project names it: then it stays, however old. */
const isNamed = (path: string, { clusters, jobs = [] }: Desired): boolean =>
  clusters.some(({ libraries }) => libraries.some(({ whl }) => whl === path)) ||
  jobs.some(({ settings }) => canonical(settings).includes(path))

/** Present, and written by a deployment of ours that said which bytes it wrote. */
const isCurrent = (
  wheel: DesiredPackage,
  there: DeployedPackage | undefined,
  { ledger }: Deployed,
): boolean => {
  const recorded = ledger.state?.packages?.[wheel.key]
  return recorded?.path === wheel.path && there?.size !== undefined && there.size === recorded.size
}

const planOne = (
  wheel: DesiredPackage,
  desired: Desired,
  deployed: Deployed,
  mayDelete: boolean,
): PackagePlan => {
  const { key, version, path } = wheel
  const there = (deployed.packages ?? []).find((one) => one.key === key)
  const upload = !isCurrent(wheel, there, deployed)
  const old = mayDelete ? (there?.old ?? []).slice(kept - 1) : []
  const gone = old.filter((one) => !isNamed(one, desired))
  const named = old.length - gone.length
  const steps: CodeStep[] = [
    ...(upload ? [{ do: 'package.upload', package: wheel } as const] : []),
    ...(gone.length > 0 ? [{ do: 'package.delete', key, paths: gone } as const] : []),
  ]
  const recorded = deployed.ledger.state?.packages?.[key]
  const lost = upload && recorded?.path === path && there?.size === undefined
  const notes = [
    ...(lost ? ['the wheel was removed in the workspace since the last deployment'] : []),
    ...(named > 0 ? [`${named} older wheel(s) stay: a cluster or a job still names them`] : []),
  ]
  const action = upload ? 'upload' : gone.length > 0 ? 'delete' : 'none'
  return { change: { key, action, version, path, delete: gone, notes }, steps, warnings: [], refusals: [] }
}

/** No longer declared: its wheels go, as far as nothing that stays names them. */
const planRemoval = (
  { key, old = [] }: DeployedPackage,
  desired: Desired,
  deployed: Deployed,
): PackagePlan[] => {
  const recorded = deployed.ledger.state?.packages?.[key]
  const gone = old.filter((path) => !isNamed(path, desired))
  if (!recorded || gone.length === 0) return []
  const { version, path } = recorded
  return [
    {
      change: { key, action: 'delete', version, path, delete: gone, notes: [] },
      steps: [{ do: 'package.delete', key, paths: gone }],
      warnings: [],
      refusals: [],
    },
  ]
}

/** Plan the packages: what is declared, and what was deployed and no longer is. */
export const planPackages = (desired: Desired, deployed: Deployed, scope: Scope): PackagePlan[] => {
  const declared = desired.packages ?? []
  // What clusters and jobs name is what this very deployment makes them name: without them in scope nobody knows.
  const mayDelete = scope.includes('cluster') && scope.includes('libraries') && scope.includes('job')
  const gone = (deployed.packages ?? []).filter(({ key }) => !declared.some((wheel) => wheel.key === key))
  return [
    ...declared.map((wheel) => planOne(wheel, desired, deployed, mayDelete)),
    ...(mayDelete ? gone.flatMap((there) => planRemoval(there, desired, deployed)) : []),
  ]
}
