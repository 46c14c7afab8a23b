import type { Pipeline } from '../ci/model.ts'
import type { Wanted, WantedEnvironment } from '../host/bootstrap.ts'
import type { HostName } from './bootstrap-address.ts'

type Note = Wanted['notes'][number]

const tagWords: Readonly<Record<HostName, (environment: string, jobs: string) => string>> = {
  gitlab: (environment, jobs) =>
    `variables of ${environment} reach protected tags only: protect those that start ${jobs} in Settings > Repository > Protected tags`,
  github: (_environment, jobs) =>
    `whoever may push a tag starts ${jobs}: say who may in Settings > Rules > Rulesets, New tag ruleset`,
  azure: (environment, jobs) =>
    `Branch control lets branches through only: add the tags that start ${jobs} (refs/tags/…) in Approvals and checks of the environment ${environment} and of the variable group of ${jobs}; and say who may push tags in Project settings > Repositories > Security, Create tag`,
}

const tagNotes = (host: HostName, { jobs }: Pipeline, { name, tags }: WantedEnvironment): Note[] => {
  if (!tags) return []
  const started = jobs.filter(({ environment, on }) => environment === name && on.includes('tag'))
  const names = started.map((job) => job.name).join(', ')
  return [{ what: `tags that deploy to ${name}`, why: tagWords[host](name, names) }]
}

/** Azure's own token names the pipeline and no branch, and is to be had without any resource that a check could guard. */
const identityNotes = (host: HostName, { jobs, defaultBranch }: Pipeline): Note[] => {
  if (host !== 'azure' || !jobs.some(({ access, auth }) => access === 'write' && auth === 'oidc')) return []
  const why = `Databricks knows a pipeline by its name, whatever branch its file is on: let nobody but those who may change ${defaultBranch} run pipelines or push branches; or use auth token or azure-cli, which Branch control guards`
  return [{ what: 'identities that deploy', why }]
}

/** What bootstrap cannot see to, for the owner of the project. */
export const notesOf = (
  host: HostName,
  pipeline: Pipeline,
  environments: readonly WantedEnvironment[],
): Note[] => [
  ...environments.flatMap((environment) => tagNotes(host, pipeline, environment)),
  ...identityNotes(host, pipeline),
]
