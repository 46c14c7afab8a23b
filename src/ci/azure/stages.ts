// https://learn.microsoft.com/en-us/azure/devops/pipelines/process/stages
import { flow } from '../emit.ts'
import { stages as order, type Job, type Stage } from '../model.ts'
import { startsBrickrail } from '../script.ts'
import { accompanies } from '../triggers.ts'
import { conditionOf, stageCondition } from './conditions.ts'
import type { PipelineFile } from './file.ts'
import { jobOf } from './job.ts'
import { idOf, isDeployment, literal } from './names.ts'
import { refusalsOf } from './triggers.ts'

interface Group {
  id: string
  title: string
  jobs: readonly Job[]
  /** A stage of its own: its condition is the job's. */
  alone: boolean
}

const titleOf = (stage: Stage): string => `${stage.charAt(0).toUpperCase()}${stage.slice(1)}`

/**
 * Approvals and the exclusive lock are asked for by stage, once its condition holds and for all of its jobs at once: where
 * jobs deploy, each is a stage. Jobs that a person chooses are alone as well.
 */
const isApart = (jobs: readonly Job[], { event }: PipelineFile): boolean =>
  jobs.some(isDeployment) || (event === 'manual' && !jobs.every(accompanies))

const groupsOf = (file: PipelineFile): Group[] => {
  const byStage = order.map((stage) => ({ stage, jobs: file.jobs.filter((job) => job.stage === stage) }))
  const apart = byStage.flatMap(({ jobs }) => (isApart(jobs, file) ? jobs : []))
  return byStage.flatMap(({ stage, jobs }): Group[] => {
    if (jobs.every((job) => apart.includes(job)))
      return jobs.map((job) => ({ id: idOf(job.name), title: job.about, jobs: [job], alone: true }))
    const free = (name: string): string =>
      apart.some((job) => job.name === name) ? free(`${name}-stage`) : name
    return [{ id: idOf(free(stage)), title: titleOf(stage), jobs, alone: false }]
  })
}

/** What a job waits for in this pipeline: of the jobs that a person chooses from, only the chosen one is there. */
const needsOf = (job: Job, { jobs, event }: PipelineFile): Job[] =>
  jobs.filter((need) => job.needs.includes(need.name) && (event !== 'manual' || accompanies(need)))

const dependsOn = (ids: readonly string[]): unknown => (ids.length === 1 ? ids[0] : flow(...ids))

/** Commands of Brickrail ask the workspace; a script of one's own may read what the jobs before it have found. */
const readsOutputs = ({ script }: Job, { pipeline: { command } }: PipelineFile): boolean =>
  script.some((line) => !startsBrickrail(line, command))

const homeOf = (job: Job, groups: readonly Group[]): string =>
  groups.find(({ jobs }) => jobs.includes(job))?.id ?? ''

const placed = (job: Job, group: Group, groups: readonly Group[], file: PipelineFile): object => {
  const needs = needsOf(job, file).map((from) => {
    const home = homeOf(from, groups)
    return { from, place: home === group.id ? undefined : home }
  })
  const near = needs.filter(({ place }) => place === undefined).map(({ from }) => idOf(from.name))
  return jobOf(job, file, {
    handed: readsOutputs(job, file) ? needs : [],
    dependsOn: near.length > 0 ? dependsOn(near) : undefined,
    condition: group.alone ? undefined : conditionOf(job, file),
  })
}

/** The jobs of a pipeline as they stand in it, without their stages. */
export const placedJobs = (file: PipelineFile): { job: Job; body: object }[] => {
  const groups = groupsOf(file)
  return groups.flatMap((group) => group.jobs.map((job) => ({ job, body: placed(job, group, groups, file) })))
}

const stageOf = (group: Group, groups: readonly Group[], file: PipelineFile): object => {
  const before = group.jobs.flatMap((job) => needsOf(job, file)).map((need) => homeOf(need, groups))
  const others = [...new Set(before)].filter((id) => id !== group.id)
  const [job] = group.jobs
  const [gate] = groups
  return {
    stage: group.id,
    displayName: literal(group.title),
    // Where no need is in this pipeline, the first stage is still waited for: an empty list would start both at once.
    dependsOn: group === gate || !gate ? undefined : dependsOn(others.length > 0 ? others : [gate.id]),
    condition: group.alone && job ? conditionOf(job, file) : stageCondition(group.jobs, file),
  }
}

/**
 * `stages` of a pipeline. Which job a person chose is known when the templates are expanded: the others are not there.
 * @param bodies what stands for each job: itself, or the template that it comes from
 */
export const stagesOf = (file: PipelineFile, bodies: ReadonlyMap<Job, object>): object[] => {
  const groups = groupsOf(file)
  const stages = groups.map((group) => {
    const jobs = group.jobs.map((job) => bodies.get(job))
    const stage = { ...stageOf(group, groups, file), jobs }
    const [job] = group.jobs
    return file.event === 'manual' && job && !accompanies(job)
      ? { [`\${{ if eq(parameters.job, '${job.name}') }}`]: [stage] }
      : stage
  })
  return [...refusalsOf(file), ...stages]
}
