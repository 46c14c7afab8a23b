import type { Event, Job, Pipeline } from '../model.ts'
import { accompanies } from '../triggers.ts'

/** One pipeline of Azure: what starts it, and the jobs that are in it. */
export interface PipelineFile {
  /** Without folder and ending. */
  name: string
  event: Event
  pipeline: Pipeline
  jobs: readonly Job[]
  /** Of a push: the branches and paths that start it. */
  branches: readonly string[]
  changes: readonly string[]
}

export const branchesOf = (job: Job, { defaultBranch }: Pipeline): readonly string[] =>
  job.branches.length > 0 ? job.branches : [defaultBranch]

const isFiltered = ({ on, changes }: Job): boolean => on.includes('push') && changes.length > 0

const attends = ({ on, changes }: Job): boolean => on.includes('push') && changes.length === 0

const setOf = ({ changes }: Job): string => [...changes].sort().join('\n')

/** A set of paths is called by what it deploys. */
const usualNames: readonly [job: string, path: string, name: string][] = [
  ['build-cluster', 'pipelines/clusters/**', 'build-cluster'],
  ['sync-workspace', 'workspace/**', 'build-workspace'],
]

const elsewhere = ['pull-request', 'promote-model', 'schedule', 'tag']

/** File names by set of paths; a job's own set comes before another one with the same folder. */
const pushNames = (jobs: readonly Job[]): Map<string, string> => {
  const names = new Map<string, string>()
  const give = (set: string, name: string): void => {
    const taken = [...names.values(), ...elsewhere].includes(name)
    if (!names.has(set)) names.set(set, taken ? `push-${name}` : name)
  }
  for (const [job, path, name] of usualNames) {
    const found =
      jobs.find((other) => other.name === job) ?? jobs.find(({ changes }) => changes.includes(path))
    if (found) give(setOf(found), name)
  }
  for (const job of jobs) give(setOf(job), job.name)
  return names
}

/**
 * Branches of the jobs that a set of paths belongs to; and those where nothing but what attends has to run, as far as no other
 * pipeline starts there for the same paths.
 */
const pushBranches = (pipeline: Pipeline, own: readonly Job[]): string[] => {
  const of = (jobs: readonly Job[]) => [...new Set(jobs.flatMap((job) => branchesOf(job, pipeline)))]
  const filtered = pipeline.jobs.filter(isFiltered)
  const starts = (branch: string, path: string): boolean =>
    filtered.some((job) => job.changes.includes(path) && branchesOf(job, pipeline).includes(branch))
  const branches = of(own)
  const paths = own.flatMap(({ changes }) => changes)
  const others = of(pipeline.jobs.filter(attends)).filter(
    (branch) => !branches.includes(branch) && !paths.every((path) => starts(branch, path)),
  )
  return [...branches, ...others]
}

/** Azure filters whole pipelines by path, not jobs: one for each set of paths, with all that attends. */
const pushFiles = (pipeline: Pipeline): PipelineFile[] => {
  const filtered = pipeline.jobs.filter(isFiltered)
  const names = pushNames(filtered)
  return [...new Set(filtered.map(setOf))].map((set) => {
    const own = filtered.filter((job) => setOf(job) === set)
    const jobs = pipeline.jobs.filter((job) => own.includes(job) || attends(job))
    return {
      name: names.get(set) ?? '',
      event: 'push',
      pipeline,
      jobs,
      branches: pushBranches(pipeline, own),
      changes: own[0]?.changes ?? [],
    }
  })
}

/** None where nothing but what comes along would run. */
const eventFile = (pipeline: Pipeline, event: Event, name: string): PipelineFile[] => {
  const jobs = pipeline.jobs.filter(({ on }) => on.includes(event))
  const needed = event === 'merge_request' ? jobs.length > 0 : !jobs.every(accompanies)
  return needed ? [{ name, event, pipeline, jobs, branches: [], changes: [] }] : []
}

/** Every pipeline of the project, those of pushes first. */
export const pipelineFiles = (pipeline: Pipeline): PipelineFile[] => [
  ...pushFiles(pipeline),
  ...eventFile(pipeline, 'merge_request', 'pull-request'),
  ...eventFile(pipeline, 'manual', 'promote-model'),
  ...eventFile(pipeline, 'schedule', 'schedule'),
  ...eventFile(pipeline, 'tag', 'tag'),
]
