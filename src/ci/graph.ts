import { stages, type Job } from './model.ts'

const rank = (job: Job): number => stages.indexOf(job.stage)

/** By stage, and within a stage needs before those who need them; otherwise as they were given. A cycle is left as it is. */
export const inOrder = (jobs: readonly Job[]): Job[] => {
  const byName = new Map(jobs.map((job) => [job.name, job]))
  const ordered = new Set<Job>()
  const seen = new Set<Job>()
  const visit = (job: Job): void => {
    if (seen.has(job)) return
    seen.add(job)
    for (const need of job.needs) {
      const needed = byName.get(need)
      if (needed && rank(needed) === rank(job)) visit(needed)
    }
    ordered.add(job)
  }
  for (const job of jobs.toSorted((a, b) => rank(a) - rank(b))) visit(job)
  return [...ordered]
}

/** Each cycle of needs once, as the names along it: `['a', 'b']` for a -> b -> a. */
export const cyclesOf = (jobs: readonly Job[]): string[][] => {
  const byName = new Map(jobs.map((job) => [job.name, job]))
  const done = new Set<string>()
  const found: string[][] = []
  const visit = (name: string, trail: readonly string[]): void => {
    const at = trail.indexOf(name)
    if (at >= 0) found.push(trail.slice(at))
    if (at >= 0 || done.has(name)) return
    for (const need of byName.get(name)?.needs ?? []) visit(need, [...trail, name])
    done.add(name)
  }
  for (const { name } of jobs) visit(name, [])
  return found
}
