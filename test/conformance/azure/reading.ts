import { idOf } from '../../../src/ci/azure/names.ts'
import type { Job } from '../../../src/ci/model.ts'
import { nameOf, stepsOf, type AzureJob, type AzurePipeline, type AzureStage, type Step } from './expand.ts'
import { filesOf, pipelineOf, sections } from './sample.ts'
import { service } from './service.ts'

export type Name = keyof typeof sections
export const names = Object.keys(sections) as Name[]

/** Reading all files takes a while, and they do not change. */
const once = <T>(make: (name: Name) => T): ((name: Name) => T) => {
  const made = new Map<Name, T>()
  return (name) => {
    const known = made.get(name) ?? make(name)
    made.set(name, known)
    return known
  }
}

export const spec = once((name) => pipelineOf(sections[name]))
export const azure = once((name) => service(filesOf(sections[name]), 'master'))

/** Names of the spec for ids of Azure, in the order of the spec. */
export const named = (name: Name, ids: readonly string[]): string[] =>
  spec(name)
    .jobs.filter((job) => ids.includes(idOf(job.name)))
    .map((job) => job.name)

export const every = once((name): { path: string; pipeline: AzurePipeline }[] => {
  const { expand, paths } = azure(name)
  return paths.flatMap((path) => {
    const choices = expand(path).parameters?.find((one) => one.name === 'job')?.values
    const given = choices?.map((job) => ({ job })) ?? [{}]
    return given.map((parameters) => ({ path, pipeline: expand(path, parameters) }))
  })
})

export const stageOf = ({ stages }: AzurePipeline, id: string): AzureStage => {
  const found = stages.find(({ stage }) => stage === id)
  if (!found) throw new Error(`there is no stage ${id}`)
  return found
}

export const jobsOf = (pipeline: AzurePipeline): AzureJob[] => pipeline.stages.flatMap(({ jobs }) => jobs)

export const pairs = (name: Name): { path: string; job: Job; body: AzureJob }[] =>
  every(name).flatMap(({ path, pipeline }) =>
    jobsOf(pipeline).flatMap((body) => {
      const job = spec(name).jobs.find((one) => idOf(one.name) === nameOf(body))
      return job ? [{ path, job, body }] : []
    }),
  )

export const scriptStep = (body: AzureJob): Step | undefined =>
  stepsOf(body).find((step) => step.name === 'run')
export const scriptText = (body: AzureJob): string => {
  const step = scriptStep(body)
  return step?.bash ?? String(step?.inputs?.['inlineScript'])
}
