import type { Plan } from '../plan/state.ts'
import type { DesiredPackage, RecordedApp, RecordedPackage } from '../plan/state-code.ts'
import type { Done } from './done.ts'
import { isKept } from './kept.ts'

type Packages = Record<string, RecordedPackage>

/** Digest -> number of the deployment whose pack holds the bytes. */
const packsOf = ({ deployed: { ledger } }: Done): Map<string, number> => {
  const { files, apps, packages } = ledger.state ?? {}
  const all = [
    ...(files?.files ?? []),
    ...Object.values(apps ?? {}).flatMap((app) => app.files),
    ...Object.values(packages ?? {}).map(({ sha256, in: number }) => ({ digest: sha256, in: number })),
  ]
  return new Map(all.filter((one) => one.in > 0).map((one) => [one.digest, one.in]))
}

const deleted = ({ steps }: Plan): Set<string> =>
  new Set(steps.flatMap((step) => (step.do === 'package.delete' ? step.paths : [])))

const recordPackage = (done: Done, wheel: DesiredPackage): RecordedPackage | undefined => {
  const { plan, deployed, wheels } = done
  const before = deployed.ledger.state?.packages?.[wheel.key]
  const built = wheels.get(wheel.key)
  const same = before?.path === wheel.path ? before : undefined
  const bytes = built ?? (same && { sha256: same.sha256, size: same.size })
  if (!bytes) return undefined
  const gone = deleted(plan)
  const left = deployed.packages?.find(({ key }) => key === wheel.key)?.old ?? []
  const old = left.filter((path) => !gone.has(path))
  const { path, version, sources } = wheel
  const number = packsOf(done).get(bytes.sha256) ?? (built && isKept(built) ? plan.base + 1 : 0)
  return { path, version, sources, ...bytes, in: number, ...(old.length > 0 ? { old } : {}) }
}

/** Wheels of packages that are no longer declared stay known until they are gone. */
const leftovers = ({ desired, plan, deployed }: Done): Packages => {
  const gone = deleted(plan)
  const before = Object.entries(deployed.ledger.state?.packages ?? {})
  const kept = before.filter(([key]) => {
    if (desired.packages?.some((wheel) => wheel.key === key)) return false
    return deployed.packages?.find((one) => one.key === key)?.old?.some((path) => !gone.has(path))
  })
  return Object.fromEntries(kept)
}

/** What this deployment leaves of packages; undefined when there never were any. */
export const recordPackages = (done: Done): Packages | undefined => {
  const before = done.deployed.ledger.state?.packages
  if (!done.plan.scope.includes('package')) return before
  if (!done.desired.packages && !before) return undefined
  const declared = (done.desired.packages ?? []).flatMap((wheel) => {
    const recorded = recordPackage(done, wheel)
    return recorded ? [[wheel.key, recorded] as const] : []
  })
  return { ...leftovers(done), ...Object.fromEntries(declared) }
}

/** What this deployment leaves of apps; undefined when there never were any. */
export const recordApps = (done: Done): Record<string, RecordedApp> | undefined => {
  const { desired, plan, deployed } = done
  const before = deployed.ledger.state?.apps
  if (!plan.scope.includes('app')) return before
  if (!desired.apps && !before) return undefined
  const packs = packsOf(done)
  const sent = new Set(
    plan.steps
      .flatMap((step) => (step.do === 'app.upload' ? step.files.filter(isKept) : []))
      .map(({ digest }) => digest),
  )
  const apps = (desired.apps ?? []).map(({ key, files, ...app }): [string, RecordedApp] => {
    const inPack = (digest: string): number => packs.get(digest) ?? (sent.has(digest) ? plan.base + 1 : 0)
    return [key, { ...app, files: files.map((file) => ({ ...file, in: inPack(file.digest) })) }]
  })
  return Object.fromEntries(apps)
}
