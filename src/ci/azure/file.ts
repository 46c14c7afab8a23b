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

const isFiltered = ({ on, changes }: Job): boolean => on.includes('push') && changes.length > 0

const attends = ({ on, changes }: Job): boolean => on.includes('push') && changes.length === 0

const setOf = ({ changes }: Job): string => [...changes].sort().join('\n')

/**
 * Filtered jobs by the pipeline that starts them. A job waits for those of its own pipeline only, so one that needs another is
 * in one with it, although their paths differ: it starts more often than it has to, never before what it needs.
 */
const groupsOf = (jobs: readonly Job[]): Job[][] => {
  const belong = (one: Job, other: Job): boolean =>
    setOf(one) === setOf(other) || one.needs.includes(other.name) || other.needs.includes(one.name)
  const groups = jobs.reduce<Job[][]>((known, job) => {
    const near = known.filter((group) => group.some((other) => belong(job, other)))
    return [...known.filter((group) => !near.includes(group)), [...near.flat(), job]]
  }, [])
  const sorted = groups.map((group) => jobs.filter((job) => group.includes(job)))
  return jobs.flatMap((job) => sorted.filter(([first]) => first === job))
}

/** A pipeline is called by what it deploys; one that deploys both, by the workspace. */
const usualNames: readonly [job: string, path: string, name: string][] = [
  ['sync-workspace', 'workspace/**', 'build-workspace'],
  ['build-cluster', 'pipelines/clusters/**', 'build-cluster'],
]

const elsewhere = ['pull-request', 'promote-model', 'schedule', 'tag']

/** File names of groups, each once. The usual names come first, and a job's own group before another one with its folder. */
const pushNames = (groups: readonly (readonly Job[])[]): Map<readonly Job[], string> => {
  const names = new Map<readonly Job[], string>()
  const taken = new Set(elsewhere)
  const give = (group: readonly Job[], name: string): void => {
    if (names.has(group)) return
    if (taken.has(name)) return give(group, `push-${name}`)
    taken.add(name)
    names.set(group, name)
  }
  for (const [job, path, name] of usualNames) {
    const found =
      groups.find((group) => group.some((other) => other.name === job)) ??
      groups.find((group) => group.some(({ changes }) => changes.includes(path)))
    if (found) give(found, name)
  }
  for (const group of groups) give(group, group[0]?.name ?? '')
  return names
}

/**
 * Branches of the jobs that a set of paths belongs to; and those where nothing but what attends has to run, as far as no other
 * pipeline starts there for the same paths.
 */
const pushBranches = (pipeline: Pipeline, own: readonly Job[]): string[] => {
  const of = (jobs: readonly Job[]) => [...new Set(jobs.flatMap(({ branches }) => branches))]
  const filtered = pipeline.jobs.filter(isFiltered)
  const starts = (branch: string, path: string): boolean =>
    filtered.some((job) => job.changes.includes(path) && job.branches.includes(branch))
  const branches = of(own)
  const paths = own.flatMap(({ changes }) => changes)
  const others = of(pipeline.jobs.filter(attends)).filter(
    (branch) => !branches.includes(branch) && !paths.every((path) => starts(branch, path)),
  )
  return [...branches, ...others]
}

/** Azure filters whole pipelines by path, not jobs: one for each group of jobs, with all that attends. */
const pushFiles = (pipeline: Pipeline): PipelineFile[] => {
  const groups = groupsOf(pipeline.jobs.filter(isFiltered))
  const names = pushNames(groups)
  return groups.map((own) => ({
    name: names.get(own) ?? '',
    event: 'push',
    pipeline,
    jobs: pipeline.jobs.filter((job) => own.includes(job) || attends(job)),
    branches: pushBranches(pipeline, own),
    changes: [...new Set(own.flatMap(({ changes }) => changes))],
  }))
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
