import type { Job, Runner } from '../model.ts'
import { junitReports } from '../reports.ts'
import { envOf, variablesOf, type Handed } from './environment.ts'
import type { PipelineFile } from './file.ts'
import { idOf, isDeployment, literal } from './names.ts'
import { bashText, scriptOf } from './script.ts'

/** From the root of the repository, so that it holds in pipelines and in templates. */
export const templatePath = (name: string): string => `/azure-pipelines/templates/${name}.yml`

/** `pool` of a runner. */
export const poolOf = ({ pool }: Runner): object =>
  pool.startsWith('pool:') ? { name: pool.slice('pool:'.length) } : { vmImage: pool }

/** What all jobs of a pipeline run on, if it is the same: said once. */
export const sharedPool = ({ jobs }: PipelineFile): object | undefined => {
  const [first] = jobs
  const same = jobs.every(({ runner }) => runner.pool === first?.runner.pool)
  return first && same ? poolOf(first.runner) : undefined
}

const isGlob = (path: string): boolean => /[*?]/.test(path)

/** The task copies files, and of a folder only what a pattern names. */
const patterns = (artifacts: readonly string[]): string =>
  artifacts
    .map((path) => path.replace(/\/$/, ''))
    .flatMap((path) => (isGlob(path) ? [path] : [path, `${path}/**`]))
    .join('\n')

const publish = (job: Job): object[] => {
  const junit = job.junit === junitReports ? {} : { junit: job.junit ?? '' }
  const artifacts = job.artifacts.length > 0 ? { artifacts: patterns(job.artifacts) } : {}
  if (job.junit === undefined && job.artifacts.length === 0) return []
  return [{ template: templatePath('publish'), parameters: { job: job.name, ...junit, ...artifacts } }]
}

const prepare = ({ history, install }: Job): object[] => {
  const parameters = { ...(history && { fetchDepth: 0 }), ...(install && { install: 'none' }) }
  return [
    { template: templatePath('prepare'), ...(Object.keys(parameters).length > 0 && { parameters }) },
    ...(install && install.length > 0 ? [{ bash: bashText(install), displayName: 'install' }] : []),
  ]
}

/** A name with a dot would be read as environment and resource. */
const environmentOf = (name: string): string | object => (name.includes('.') ? { name } : name)

export interface Placing {
  dependsOn: unknown
  condition: string | undefined
  handed: readonly Handed[]
}

/** A job, or a deployment job: only these are known to an environment, and only an environment asks for approval. */
export const jobOf = (job: Job, file: PipelineFile, { handed, dependsOn, condition }: Placing): object => {
  const steps = [...prepare(job), scriptOf(file.pipeline, job, envOf(job, file, handed)), ...publish(job)]
  const body = {
    displayName: literal(job.about),
    dependsOn,
    condition,
    environment: isDeployment(job) ? environmentOf(job.environment) : undefined,
    pool: sharedPool(file) === undefined ? poolOf(job.runner) : undefined,
    timeoutInMinutes: job.timeout,
    variables: variablesOf(job, file, handed),
  }
  return isDeployment(job)
    ? {
        deployment: idOf(job.name),
        ...body,
        // A deployment would begin with a download of all that the jobs before it have published.
        strategy: { runOnce: { deploy: { steps: [{ download: 'none' }, ...steps] } } },
      }
    : { job: idOf(job.name), ...body, steps }
}
