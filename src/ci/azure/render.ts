// https://learn.microsoft.com/en-us/azure/devops/pipelines/yaml-schema/
import { emit } from '../emit.ts'
import type { GeneratedFile, Job, Pipeline, Render } from '../model.ts'
import { sharedVariables } from './environment.ts'
import { pipelineFiles, type PipelineFile } from './file.ts'
import { sharedPool, templatePath } from './job.ts'
import { isDeployment } from './names.ts'
import { placedJobs, stagesOf } from './stages.ts'
import { prepareTemplate, publishTemplate } from './templates.ts'
import { startOf } from './triggers.ts'

type Bodies = Map<Job, object>

/** Jobs that look the same in every pipeline that they are in, and are in more than one. */
const sharedJobs = (all: readonly Bodies[], jobs: readonly Job[]): Bodies =>
  new Map(
    jobs.flatMap((job) => {
      const bodies = all.flatMap((each) => each.get(job) ?? [])
      const [first] = bodies
      const same = new Set(bodies.map((body) => JSON.stringify(body))).size === 1
      return first && same && bodies.length > 1 ? [[job, first] as const] : []
    }),
  )

/**
 * `sequential` lets the runs that wait for an environment's exclusive lock have it one after the other; Azure's own
 * `runLatest` would cancel all but the last.
 */
const documentOf = (file: PipelineFile, bodies: Bodies): object => ({
  ...startOf[file.event](file),
  lockBehavior: file.jobs.some(isDeployment) ? 'sequential' : undefined,
  pool: sharedPool(file),
  variables: sharedVariables(file),
  stages: stagesOf(file, bodies),
})

/** Apart from the steps: a job may have any name. */
const fileOf = ({ name }: Job): string => `jobs/${name}`

const generated = (pipeline: Pipeline, path: string, document: object): GeneratedFile => ({
  path,
  text: emit(pipeline, document),
  owner: 'brickrail',
})

const template = (pipeline: Pipeline, name: string, document: object): GeneratedFile =>
  generated(pipeline, templatePath(name).slice(1), document)

/** Azure Pipelines: one file for each thing that starts a pipeline, and templates of what they have in common. */
export const renderAzure: Render = (pipeline) => {
  const files = pipelineFiles(pipeline)
  const bodies = files.map((file) => new Map(placedJobs(file).map(({ job, body }) => [job, body])))
  const shared = sharedJobs(bodies, pipeline.jobs)
  const references = [...shared.keys()].map((job) => [job, { template: templatePath(fileOf(job)) }] as const)
  return [
    ...files.map((file, index) =>
      generated(
        pipeline,
        `azure-pipelines/${file.name}.yml`,
        documentOf(file, new Map([...(bodies[index] ?? []), ...references])),
      ),
    ),
    ...[...shared].map(([job, body]) => template(pipeline, fileOf(job), { jobs: [body] })),
    template(pipeline, 'prepare', prepareTemplate(pipeline)),
    template(pipeline, 'publish', publishTemplate()),
  ]
}
