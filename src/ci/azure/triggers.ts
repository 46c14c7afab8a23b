// https://learn.microsoft.com/en-us/azure/devops/pipelines/repos/azure-repos-git
import { flow } from '../emit.ts'
import type { Input } from '../model.ts'
import { accompanies } from '../triggers.ts'
import type { PipelineFile } from './file.ts'
import { literal } from './names.ts'

/** A filter is a prefix: the folder stands for all that is in it. */
const prefix = (path: string): string => path.replace(/\/\*\*$/, '')

/** With `batch`, a run that waits for an approval or for the lock would hold back all pushes after it. */
const push = ({ branches, changes }: PipelineFile): object => ({
  trigger: {
    batch: false,
    branches: { include: flow(...branches) },
    paths: { include: changes.map(prefix) },
  },
  pr: 'none',
})

/** Azure Repos pay no heed to `pr`: there, the build validation of the branch starts this pipeline. */
const mergeRequest = (): object => ({ trigger: 'none', pr: { branches: { include: flow('*') } } })

/** UTC. Without `always` nothing would run while nobody pushes. */
const schedule = ({ jobs, pipeline }: PipelineFile): object => ({
  trigger: 'none',
  pr: 'none',
  schedules: jobs
    .filter((job) => job.schedule !== undefined)
    .map((job) => ({
      cron: job.schedule,
      displayName: job.name,
      branches: { include: flow(pipeline.defaultBranch) },
      always: true,
    })),
})

/** The form to run a pipeline does not take an empty text; a blank it does. */
const parameter = ({ name, about, default: value }: Input): object => ({
  name,
  displayName: literal(about),
  type: 'string',
  default: value === '' ? ' ' : literal(value),
})

/** Inputs of the form, each once. */
const formOf = ({ jobs }: PipelineFile): Input[] => [
  ...new Map(jobs.flatMap((job) => job.inputs.map((input) => [input.name, input] as const))).values(),
]

/**
 * The agent would replace `$(name)` in a value that somebody typed, also by a secret. Such a run is refused when it is
 * compiled, by a key that no stage has:
 * https://learn.microsoft.com/en-us/azure/devops/pipelines/process/templates#extend-from-a-template
 */
export const refusalsOf = (file: PipelineFile): object[] =>
  file.event === 'manual'
    ? formOf(file).map(({ name }) => ({
        [`\${{ if contains(parameters.${name}, '$(') }}`]: [
          { [`\${{ '${name} must not contain $(' }}`]: 'error' },
        ],
      }))
    : []

/** What a person is asked. The first value stands preselected, so it is the one that does nothing. */
const manual = (file: PipelineFile): object => {
  const choices = file.jobs.filter((job) => !accompanies(job))
  return {
    trigger: 'none',
    pr: 'none',
    parameters: [
      {
        name: 'job',
        displayName: 'Job',
        type: 'string',
        default: 'none',
        values: ['none', ...choices.map(({ name }) => name)],
      },
      ...formOf(file).map(parameter),
    ],
  }
}

const tag = (): object => ({ trigger: { tags: { include: flow('*') } }, pr: 'none' })

/** What starts a pipeline, and what it asks a person for. */
export const startOf = {
  push,
  merge_request: mergeRequest,
  schedule,
  manual,
  tag,
} satisfies Record<PipelineFile['event'], (file: PipelineFile) => object>
