import { movesModels } from '../built-in.ts'
import type { Job, Pipeline } from '../model.ts'
import { replacingShell, startsBrickrail } from '../script.ts'
import { checkout, setupNode, upload, type Step } from './actions.ts'
import { literal, start } from './conditions.ts'
import { before, type Workflow } from './workflow.ts'

const given = (expression: string): string => `\${{ ${expression} }}`

/**
 * Jobs with an environment read that environment's secrets. The others read those of the repository, where only the
 * pipeline's own target goes without a suffix.
 */
const suffixOf = ({ environment, target }: Job, pipeline: Pipeline): string =>
  environment !== undefined || target === undefined || target === pipeline.target
    ? ''
    : `_${target.replaceAll('-', '_').toUpperCase()}`

/** GitHub's token for Databricks is asked for by Brickrail itself; `azure-cli` is no way in from here. */
const byIdentity = (job: Job): boolean => job.access !== 'none' && job.auth === 'oidc'

const credentials = (job: Job, pipeline: Pipeline): Record<string, string> => {
  if (job.access === 'none') return {}
  const suffix = suffixOf(job, pipeline)
  if (!byIdentity(job))
    return {
      DATABRICKS_HOST: given(`secrets.DATABRICKS_HOST${suffix}`),
      DATABRICKS_TOKEN: given(`secrets.DATABRICKS_TOKEN${suffix}`),
    }
  return {
    DATABRICKS_AUTH_TYPE: 'github-oidc',
    DATABRICKS_HOST: given(`vars.DATABRICKS_HOST${suffix}`),
    DATABRICKS_CLIENT_ID: given(`vars.DATABRICKS_CLIENT_ID${suffix}`),
    ...(pipeline.audience !== '' && { DATABRICKS_TOKEN_AUDIENCE: pipeline.audience }),
  }
}

/** A manual workflow is one form for all its jobs: where their defaults differ, an empty field is the job's own default. */
const inputsOf = (job: Job, { event }: Workflow): Record<string, string> =>
  Object.fromEntries(
    job.inputs.map(({ name, default: value }) => [
      name,
      event === 'manual'
        ? given(value === '' ? `inputs.${name}` : `inputs.${name} || ${literal(value)}`)
        : value,
    ]),
  )

/** What the needs have found out, for scripts of a user's own; Brickrail's commands read none of it. */
const outputsOf = (job: Job, workflow: Workflow): Record<string, string> => {
  if (job.script.every((line) => startsBrickrail(line, workflow.pipeline.command))) return {}
  const needed = before(job, workflow.jobs).filter(({ name }) => job.needs.includes(name))
  return Object.fromEntries(
    needed.flatMap(({ name, outputs }) =>
      outputs.map((output) => [output, given(`needs.${name}.outputs.${output}`)]),
    ),
  )
}

/** Whatever is only known at run time comes in here: text of a script is never put together by GitHub. */
const environment = (job: Job, workflow: Workflow): Record<string, string> | undefined => {
  const env = {
    ...outputsOf(job, workflow),
    ...credentials(job, workflow.pipeline),
    ...Object.fromEntries(job.secrets.map((name) => [name, given(`secrets.${name}`)])),
    ...inputsOf(job, workflow),
    ...((job.comments || movesModels(job)) && { GITHUB_TOKEN: given('github.token') }),
  }
  return Object.keys(env).length > 0 ? env : undefined
}

/** Of a job that is granted these, every other permission is `none`. */
const permissions = (job: Job): Record<string, string> => ({
  contents: 'read',
  ...(byIdentity(job) && { 'id-token': 'write' }),
  ...(job.comments && { 'pull-requests': 'write', statuses: 'write' }),
  // To ask who has approved it.
  ...(movesModels(job) && { actions: 'read' }),
})

/** `run` of a step: several lines are a block. */
export const lines = (texts: readonly string[]): string =>
  texts.length > 1 ? `${texts.join('\n')}\n` : texts.join('')

/** A cancelled job's signal goes to the shell: so the last command takes the shell's place. */
export const script = (texts: readonly string[], command: string): string =>
  lines(replacingShell(texts, command))

export const prepare = (history: boolean, install: readonly string[]): Step[] => [
  checkout(history),
  setupNode(),
  ...(install.length > 0 ? [{ name: 'Install', run: lines(install) }] : []),
]

const kept = (job: Job): string[] => [...job.artifacts, ...(job.junit === undefined ? [] : [job.junit])]

const steps = (job: Job, workflow: Workflow): Step[] => [
  ...prepare(job.history, job.install ?? workflow.pipeline.install),
  {
    id: job.outputs.length > 0 ? 'script' : undefined,
    run: script(job.script, workflow.pipeline.command),
    env: environment(job, workflow),
  },
  ...(kept(job).length > 0 ? [upload(job.name, kept(job))] : []),
]

const concurrency = ({ lock }: Job, workflow: Workflow): object =>
  lock === undefined || lock === workflow.lock
    ? {}
    : { concurrency: { group: lock, 'cancel-in-progress': false } }

/** A job of a workflow, as `emit` takes it. */
export const renderJob = (job: Job, workflow: Workflow): object => ({
  name: job.about,
  ...start(job, workflow),
  'runs-on': job.runner.runsOn,
  'timeout-minutes': job.timeout,
  permissions: permissions(job),
  ...(job.environment !== undefined && { environment: job.environment }),
  ...concurrency(job, workflow),
  ...(Object.keys(job.variables).length > 0 && { env: job.variables }),
  ...(job.outputs.length > 0 && {
    outputs: Object.fromEntries(job.outputs.map((name) => [name, given(`steps.script.outputs.${name}`)])),
  }),
  steps: steps(job, workflow),
})
