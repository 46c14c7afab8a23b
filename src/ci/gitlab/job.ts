// https://docs.gitlab.com/ci/yaml/#job-keywords
import { runner } from '../job.ts'
import type { Job, Pipeline } from '../model.ts'
import { junitReports, reports } from '../reports.ts'
import { isClicked } from './rules.ts'

/** What an environment, a lock and credentials take; jobs of one target have it in common. */
export interface Reach {
  interruptible?: false
  retry?: 0
  resource_group?: string
  environment?: { name: string; action?: 'access'; deployment_tier?: 'other'; url?: string }
  id_tokens?: { DATABRICKS_OIDC_TOKEN: { aud: string } }
}

/**
 * GitLab hands out variables by environment: a job that only reads has one of its own, so that it never sees the variables
 * of those that write. It counts as no deployment, and as no tier that a group may have protected.
 */
export const environmentOf = ({ access, approval, target, environment }: Job): Reach['environment'] => {
  if (access === 'read' && !approval && target !== undefined)
    return { name: `plan/${target}`, action: 'access', deployment_tier: 'other' }
  if (environment === undefined) return undefined
  return { name: environment, ...(access === 'write' && { url: '$DATABRICKS_HOST' }) }
}

/** A runner that dies may have written already: what writes is run again by a person, not by GitLab. */
export const reachOf = ({ audience }: Pipeline, job: Job): Reach => {
  const environment = environmentOf(job)
  return {
    ...(environment && { environment }),
    ...(job.lock !== undefined && { resource_group: job.lock }),
    ...((job.access === 'write' || job.lock !== undefined) && { interruptible: false, retry: 0 }),
    ...(job.auth === 'oidc' &&
      job.access !== 'none' && { id_tokens: { DATABRICKS_OIDC_TOKEN: { aud: audience } } }),
  }
}

type Variable = string | { value: string; expand: false }

/** A value is what the spec says: a `$` in it names no variable of GitLab. */
const variable = (value: string): Variable => (value.includes('$') ? { value, expand: false } : value)

const variablesOf = ({ variables, inputs, history }: Job): Record<string, Variable> =>
  Object.fromEntries([
    ...(history ? [['GIT_DEPTH', '0'] as const] : []),
    ...Object.entries(variables).map(([name, value]) => [name, variable(value)] as const),
    ...inputs.map(({ name, default: value }) => [name, variable(value)] as const),
  ])

const hasArtifacts = ({ artifacts, outputs }: Job): boolean => artifacts.length > 0 || outputs.length > 0

/** Without a token for comments the plan is a click away in the merge request. Patterns would not be shown there. */
const exposed = { expose_as: 'Brickrail', paths: [`${reports}/`] }

const artifactsOf = (job: Job): Record<string, unknown> => {
  const paths = [...(job.comments ? exposed.paths : []), ...job.artifacts]
  const found = {
    ...(job.junit !== undefined && job.junit !== junitReports && { junit: job.junit }),
    ...(job.outputs.length > 0 && { dotenv: `${reports}/outputs.env` }),
  }
  return {
    ...(job.comments && { expose_as: exposed.expose_as }),
    ...(paths.length > 0 && { paths }),
    ...(Object.keys(found).length > 0 && { reports: found }),
  }
}

/** Without `artifacts: false` the reports of one job would be handed in again by the next. */
export const needsOf = (pipeline: Pipeline, job: Job): object[] =>
  pipeline.jobs
    .filter(({ name }) => job.needs.includes(name))
    .map((need) => ({ job: need.name, optional: true, ...(!hasArtifacts(need) && { artifacts: false }) }))

/** GitLab shows no descriptions of a job's variables: the question before the start names them. */
const confirmation = (job: Job): string | undefined => {
  if (!isClicked(job) || !(job.approval || job.access === 'write')) return undefined
  const asked = job.inputs.map(({ name, about }) => (about === '' ? name : `${name} (${about})`))
  const where = job.target === undefined ? '' : ` (${job.target})`
  return [`${job.about}${where}?`, ...(asked.length > 0 ? [`Variables: ${asked.join('; ')}.`] : [])].join(' ')
}

const filled = <T extends object>(value: T): T | undefined =>
  Object.keys(value).length > 0 ? value : undefined

/** Debian's Python comes without what a virtual environment takes; an image of the user's own has what its user wants. */
const python = [
  "python3 -c 'import ensurepip' || { apt-get update -qq && apt-get install -y -qq --no-install-recommends python3-venv; }",
]

const beforeOf = ({ install }: Pipeline, job: Job): readonly string[] | undefined =>
  job.install ?? (job.python && job.runner.image === runner.image ? [...python, ...install] : undefined)

/** What no other job has; `extends`, `rules` and what is shared come from elsewhere. */
export const bodyOf = (pipeline: Pipeline, job: Job): Record<string, unknown> => ({
  manual_confirmation: confirmation(job),
  variables: filled(variablesOf(job)),
  before_script: beforeOf(pipeline, job),
  script: job.script,
  artifacts: filled(artifactsOf(job)),
})
