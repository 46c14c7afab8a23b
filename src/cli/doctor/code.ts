import type { Check, Finding } from './check.ts'

const dbfsRoots = ({ apps = [], packages = [] }: Parameters<Check>[0]['desired']): string[] => [
  ...apps.map(({ root }) => root),
  ...packages.flatMap(({ path }) => (path.startsWith('dbfs:') ? [path.slice('dbfs:'.length)] : [])),
]

/** Some workspaces have their DBFS root turned off: only a call tells. A path that is not there yet is fine. */
export const checkDbfs: Check = async ({ client, desired }) => {
  const roots = dbfsRoots(desired)
  if (roots.length === 0) return []
  await Promise.all(roots.map((root) => client.dbfs.find(`dbfs:${root}`)))
  return [{ check: 'DBFS', verdict: 'ok', detail: `${roots.length} declared path(s) can be looked at` }]
}

export const checkJobs: Check = async ({ client, desired }) => {
  if ((desired.jobs ?? []).length === 0) return []
  await client.jobs.list({ limit: 1 })
  return [{ check: 'jobs', verdict: 'ok', detail: 'jobs can be listed' }]
}

/** Wheels are built here, and the embedded workspace runs its code here; no other target needs Python on this machine. */
export const checkPython: Check = async ({ desired, env, embedded }) => {
  const builds = (desired.packages ?? []).length > 0
  if (!builds && !embedded) return []
  const { lookUpAbilities } = await import('../../compute/abilities.ts')
  const { python } = lookUpAbilities(env)
  if (!('missing' in python))
    return [{ check: 'Python', verdict: 'ok', detail: `${python.version} with venv, ${python.path}` }]
  const finding: Finding = {
    check: 'Python',
    verdict: builds ? 'failed' : 'warning',
    detail: builds ? `${python.missing}: packages cannot be built` : `${python.missing}: no code runs here`,
    fix: 'install Python >= 3.8 with venv on this machine',
  }
  return [finding]
}
