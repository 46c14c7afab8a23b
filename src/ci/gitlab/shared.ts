import type { Job, Pipeline } from '../model.ts'
import { junitReports, reports } from '../reports.ts'
import { needsOf, reachOf, type Reach } from './job.ts'

export const base = '.brickrail'

/** What befalls a runner and not a script. */
const mishaps = ['runner_system_failure', 'stuck_or_timeout_failure', 'scheduler_failure', 'api_failure']

const isNpm = (line: string): boolean => /\bnpm (ci|i|install)\b/.test(line)

/** What every job has, and most jobs alike. */
export type Traits = Record<'image' | 'tags' | 'needs' | 'timeout', unknown>

const traitsOf = (pipeline: Pipeline, job: Job): Traits => ({
  image: job.runner.image,
  tags: job.runner.tags,
  needs: needsOf(pipeline, job),
  timeout: `${job.timeout} minutes`,
})

const equal = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

/** The first of those that come most often. */
const mostOften = (values: readonly unknown[]): unknown => {
  const counts = new Map<string, number>()
  for (const key of values.map((value) => JSON.stringify(value))) counts.set(key, (counts.get(key) ?? 0) + 1)
  const most = Math.max(...counts.values())
  return values.find((value) => counts.get(JSON.stringify(value)) === most)
}

/** What most jobs have; those that have something else say so. Tags only if all have them: none cannot be said. */
export const commonTraits = (pipeline: Pipeline): Traits => {
  const each = pipeline.jobs.map((job) => traitsOf(pipeline, job))
  return {
    image: mostOften(each.map(({ image }) => image)),
    tags: each.every(({ tags }) => equal(tags, each[0]?.tags)) ? each[0]?.tags : [],
    needs: mostOften(each.map(({ needs }) => needs)),
    timeout: mostOften(each.map(({ timeout }) => timeout)),
  }
}

const cache = {
  key: { files: ['package-lock.json'] },
  paths: ['.npm/'],
  policy: 'pull',
}

const orNone = (value: unknown): unknown => (equal(value, []) ? undefined : value)

/** The hidden job that all of ours extend: nothing is said globally, so nothing of it reaches the user's own jobs. */
export const baseJob = (
  pipeline: Pipeline,
  { image, tags, needs, timeout }: Traits,
): Record<string, unknown> => {
  const npm = pipeline.install.some(isNpm)
  return {
    image,
    tags: orNone(tags),
    needs: orNone(needs),
    interruptible: true,
    timeout,
    retry: { max: 1, when: mishaps },
    variables: { BRICKRAIL_REPORTS: reports, ...(npm && { npm_config_cache: '.npm' }) },
    cache: npm ? cache : undefined,
    before_script: orNone(pipeline.install),
    artifacts: { when: 'always', reports: { junit: junitReports, metrics: `${reports}/*.metrics.txt` } },
  }
}

/** Where a job differs from the hidden one. The first of a pipeline fills the cache for the others. */
export const differences = (pipeline: Pipeline, common: Traits, job: Job): Record<string, unknown> => {
  const own = Object.entries(traitsOf(pipeline, job)).filter(
    ([name, value]) => !equal(value, common[name as keyof Traits]),
  )
  const fills = job === pipeline.jobs[0] && pipeline.install.some(isNpm)
  return { ...Object.fromEntries(own), ...(fills && { cache: { policy: 'pull-push' } }) }
}

/** A hidden job for a target, and how it is reached. */
export interface Shared {
  name: string
  reach: Reach
}

const nameOf = ({ environment, resource_group: lock }: Reach): string =>
  [base, ...(environment?.name ?? lock ?? 'job').split(/[^A-Za-z0-9]+/)].join('-')

/** What several jobs have in common besides the base; the first of a name. */
export const sharedReaches = (pipeline: Pipeline): Shared[] => {
  const used = pipeline.jobs
    .map((job) => reachOf(pipeline, job))
    .filter((reach) => Object.keys(reach).length > 0)
    .map((reach) => ({ name: nameOf(reach), reach }))
  return used.filter(
    ({ name, reach }, index) =>
      used.findIndex((other) => other.name === name) === index &&
      used.some((other, at) => at !== index && equal(other.reach, reach)),
  )
}

/** `extends` of a job, and of its reach what no hidden job says. */
export const inheritance = (
  pipeline: Pipeline,
  shared: readonly Shared[],
  job: Job,
): { extends: string } & Reach => {
  const reach = reachOf(pipeline, job)
  const found = shared.find((other) => equal(other.reach, reach))
  return found ? { extends: found.name } : { extends: base, ...reach }
}
