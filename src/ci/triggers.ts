import { events, type Event, type Job, type Pipeline } from './model.ts'
import { touches } from './paths.ts'

/** Something that happened on a CI host. */
export interface Happening {
  event: Event
  /** Branch that was pushed to, or on which a person starts something; the default branch if nothing is said. */
  branch?: string
  /** Of a push: paths from the root of the repository. `unknown` counts as everything (the first push of a branch). */
  changed?: readonly string[] | 'unknown'
  /** Of a merge request: whether it comes from a fork. */
  fork?: boolean
  /** Of a schedule: the cron expression that was due; all of them if nothing is said. */
  schedule?: string
}

/** Names of jobs, in the order of the pipeline. */
export interface Outcome {
  runs: string[]
  /** Waiting for a person's click. */
  offered: string[]
}

type Spec = Pick<Pipeline, 'jobs' | 'relevant' | 'defaultBranch'>

/** Whether a job is part of every pipeline, whatever starts it: `check-pipelines` is. */
export const accompanies = (job: Pick<Job, 'on'>): boolean => events.every((event) => job.on.includes(event))

/** Whether a merge request or a tag starts it: whoever may push either decides what its code is. */
export const isOpen = ({ on }: Pick<Job, 'on'>): boolean => on.includes('merge_request') || on.includes('tag')

/** Whether the paths of a push start a job. One without `changes` of its own attends what any other job is started by. */
export const startedBy = (
  job: Pick<Job, 'changes'>,
  changed: readonly string[] | 'unknown',
  { relevant }: Pick<Pipeline, 'relevant'>,
): boolean => touches(job.changes.length > 0 ? job.changes : relevant, changed)

const startsIn = (job: Job, happening: Happening, spec: Spec): boolean => {
  const { event, branch = spec.defaultBranch, changed = 'unknown', fork = false, schedule } = happening
  if (!job.on.includes(event)) return false
  if (event === 'push') return job.branches.includes(branch) && startedBy(job, changed, spec)
  if (event === 'merge_request') return !fork || job.forks
  if (event === 'schedule')
    return (
      branch === spec.defaultBranch &&
      (accompanies(job) || schedule === undefined || job.schedule === schedule)
    )
  return true
}

/**
 * Which jobs run: the truth that every host's files have to come to. Only Azure may start more: the jobs of one pipeline, see
 * azure/file.ts. Of a pipeline that a person starts, one job is
 * chosen; the others that accompany it run by themselves. Schedules, and what a person may start, are of the default branch only.
 * What accompanies every pipeline makes none by itself.
 */
export const jobsFor = (spec: Spec, happening: Happening): Outcome => {
  const started = spec.jobs.filter((job) => startsIn(job, happening, spec))
  const alone = started.every(accompanies) && !['push', 'merge_request'].includes(happening.event)
  if (alone) return { runs: [], offered: [] }
  const byHand = (job: Job): boolean => happening.event === 'manual' && !accompanies(job)
  const onDefault = (happening.branch ?? spec.defaultBranch) === spec.defaultBranch
  return {
    runs: started.filter((job) => !byHand(job)).map(({ name }) => name),
    offered: onDefault ? started.filter(byHand).map(({ name }) => name) : [],
  }
}
