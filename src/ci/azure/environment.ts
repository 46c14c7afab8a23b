// https://learn.microsoft.com/en-us/azure/devops/pipelines/process/variables
import { movesModels } from '../built-in.ts'
import type { Job, Pipeline } from '../model.ts'
import { reports } from '../reports.ts'
import { isOpen } from '../triggers.ts'
import type { PipelineFile } from './file.ts'
import { idOf, isDeployment, literal, scriptStep } from './names.ts'

type Texts = Record<string, string>

/** What the agent would rename on its way to the environment, or may not be set. */
const isVariable = (name: string): boolean =>
  /^[A-Z][A-Z0-9_]*$/.test(name) && !/^(SECRET|ENDPOINT|INPUT|PATH|SECUREFILE)/.test(name)

const split = (job: Job): { variables: Texts; env: Texts } => {
  const all = Object.entries(job.variables).map(([name, value]) => [name, literal(value)] as const)
  return {
    variables: Object.fromEntries([
      ['BRICKRAIL_REPORTS', reports],
      ...all.filter(([name]) => isVariable(name)),
    ]),
    env: Object.fromEntries(all.filter(([name]) => !isVariable(name))),
  }
}

/** Variables that all jobs of a pipeline have in common: said once. */
export const sharedVariables = ({ jobs }: PipelineFile): Texts => {
  const [first = {}, ...others] = jobs.map((job) => split(job).variables)
  return Object.fromEntries(
    Object.entries(first).filter(([name, value]) => others.every((other) => other[name] === value)),
  )
}

/** Outputs of needs, by the variable that a job reads them from. `place` is the stage if it is another one. */
export interface Handed {
  from: Job
  place: string | undefined
}

const outputOf = ({ from, place }: Handed, name: string): string => {
  const id = idOf(from.name)
  const job = place === undefined ? `dependencies.${id}` : `stageDependencies.${place}.${id}`
  const step = isDeployment(from) ? `${id}.${scriptStep}` : scriptStep
  return `$[ ${job}.outputs['${step}.${name}'] ]`
}

const handedName = (from: Job, name: string): string => `${idOf(from.name)}.${name}`

const isSecretive = ({ access, secrets }: Job): boolean => access !== 'none' || secrets.length > 0

/**
 * Whether what the job is given is what merge requests and pushed tags get, too: whoever may push a branch or a tag decides
 * what runs there.
 */
export const onlyReads = (job: Job): boolean =>
  !job.approval && (job.access === 'read' || (job.access === 'none' && isOpen(job)))

const reading = (name: string): string => `${name}_plan`

/**
 * Variable groups are loaded by the jobs that need them and no others.
 * @returns the group of the job's target; for a job that only reads, the one beside it: `databricks_cli_plan`; for one that moves
 * versions of models `databricks_cli_models`
 */
export const groupOf = (job: Job, pipeline: Pipeline): string | undefined => {
  if (!isSecretive(job)) return undefined
  const group = pipeline.azure.groups[job.target ?? pipeline.target]
  if (group === undefined) return undefined
  if (movesModels(job)) return `${group}_models`
  return onlyReads(job) ? reading(group) : group
}

/** The service connection of a job, likewise: `<name>_plan` for those that only read. */
export const connectionOf = (job: Job, { azure }: Pipeline): string | undefined => {
  if (job.auth !== 'azure-cli' || job.access === 'none' || azure.serviceConnection === undefined)
    return undefined
  return onlyReads(job) ? reading(azure.serviceConnection) : azure.serviceConnection
}

/** `variables` of a job, without those that all have. */
export const variablesOf = (
  job: Job,
  file: PipelineFile,
  handed: readonly Handed[],
): Texts | object[] | undefined => {
  const shared = sharedVariables(file)
  const own = Object.entries(split(job).variables).filter(([name]) => !(name in shared))
  const outputs = handed.flatMap((each) =>
    each.from.outputs.map((name) => [handedName(each.from, name), outputOf(each, name)] as const),
  )
  const all = [...own, ...outputs]
  const group = groupOf(job, file.pipeline)
  if (group !== undefined) return [{ group }, ...all.map(([name, value]) => ({ name, value }))]
  return all.length > 0 ? Object.fromEntries(all) : undefined
}

const accessToken: Texts = { SYSTEM_ACCESSTOKEN: '$(System.AccessToken)' }
const host: Texts = { DATABRICKS_HOST: '$(databricks_host)' }

const credentials = {
  token: { ...host, DATABRICKS_TOKEN: '$(databricks_token)' },
  oidc: {
    ...host,
    DATABRICKS_CLIENT_ID: '$(databricks_client_id)',
    DATABRICKS_AUTH_TYPE: 'azure-devops-oidc',
    ...accessToken,
  },
  'azure-cli': { ...host, DATABRICKS_AUTH_TYPE: 'azure-cli' },
} satisfies Record<Job['auth'], Texts>

/** Blanks around what a person typed, or that stand for nothing, are no part of it. */
const inputs = (job: Job, { event }: PipelineFile): Texts =>
  Object.fromEntries(
    job.inputs.map(({ name, default: value }) => [
      name,
      event === 'manual' ? `\${{ trim(parameters.${name}) }}` : literal(value),
    ]),
  )

/** `env` of the script step. Secret variables are in no environment unless they are mapped, and so reach this step only. */
export const envOf = (job: Job, file: PipelineFile, handed: readonly Handed[]): Texts => ({
  ...split(job).env,
  ...inputs(job, file),
  ...Object.fromEntries(
    handed.flatMap(({ from }) => from.outputs.map((name) => [name, `$(${handedName(from, name)})`])),
  ),
  ...(job.access === 'none' ? {} : credentials[job.auth]),
  ...(job.comments || movesModels(job) ? accessToken : {}),
  ...Object.fromEntries(job.secrets.map((name) => [name, `$(${name})`])),
})
