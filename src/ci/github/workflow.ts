import type { Event, Job, Pipeline } from '../model.ts'
import { unique } from '../sets.ts'
import { accompanies } from '../triggers.ts'

/** One file under `.github/workflows/`: all jobs of one kind of event. */
export interface Workflow {
  event: Event
  pipeline: Pipeline
  /** In the order of the pipeline. */
  jobs: readonly Job[]
  /** By the name of a job: the one whose end it waits for, however that ends. See `turnsOf`. */
  turns: ReadonlyMap<string, string>
  /** Of `push`: the branches of its jobs. */
  branches: readonly string[]
  /** Of `manual`: the jobs that a person can choose; the others run before each of them. */
  choices: readonly string[]
  /** The lock that the whole run holds. */
  lock?: string
}

/** All jobs among these that must come before a job, also by way of others, in the order of the pipeline. */
export const before = (job: Job, jobs: readonly Job[]): Job[] => {
  const found = new Set<Job>()
  const visit = ({ needs }: Job): void => {
    for (const needed of jobs.filter(({ name }) => needs.includes(name))) {
      if (found.has(needed)) continue
      found.add(needed)
      visit(needed)
    }
  }
  visit(job)
  return jobs.filter((other) => found.has(other))
}

/** Whether both can be in one run. */
const meet = (event: Event, one: Job, other: Job): boolean => {
  if (event === 'schedule') return one.schedule === other.schedule
  return event !== 'manual'
}

/**
 * Within a run, the jobs of one lock wait for each other by `needs`: GitHub's own way of waiting keeps one job, and cancels
 * that for a third one.
 */
const turnsOf = (event: Event, jobs: readonly Job[]): Map<string, string> => {
  const turns = new Map<string, string>()
  for (const [index, job] of jobs.entries()) {
    const rivals = jobs.slice(0, index).filter(({ lock }) => lock !== undefined && lock === job.lock)
    const last = rivals.findLast((rival) => meet(event, rival, job))
    if (last && !before(job, jobs).includes(last)) turns.set(job.name, last.name)
  }
  return turns
}

/** All jobs that are over when this one starts, also those that it does not need. */
export const ahead = (job: Job, { jobs, turns }: Pick<Workflow, 'jobs' | 'turns'>): Job[] => {
  const queued = jobs.map((one) => ({ ...one, needs: [...one.needs, turns.get(one.name) ?? []].flat() }))
  const found = before(queued.find(({ name }) => name === job.name) ?? job, queued)
  return jobs.filter(({ name }) => found.some((other) => other.name === name))
}

/** Jobs that come along with others are no reason to start anything. */
const comesAlong = (event: Event, job: Job): boolean => {
  if (event === 'merge_request') return false
  return event === 'push' ? job.changes.length === 0 : accompanies(job)
}

/** The workflow of an event; undefined if there is nothing to start. */
export const workflow = (event: Event, pipeline: Pipeline): Workflow | undefined => {
  const jobs = pipeline.jobs.filter(({ on }) => on.includes(event))
  const starters = jobs.filter((job) => !comesAlong(event, job))
  if (starters.length === 0) return undefined
  const locks = unique(jobs.flatMap(({ lock }) => lock ?? []))
  const shared = event === 'push' && locks.length === 1 ? locks[0] : undefined
  return {
    event,
    pipeline,
    jobs,
    turns: turnsOf(event, jobs),
    branches: unique(jobs.flatMap((job) => job.branches)),
    choices: event === 'manual' ? starters.map(({ name }) => name) : [],
    ...(shared !== undefined && { lock: shared }),
  }
}
