import { pipelineFiles } from '../ci/azure/file.ts'
import { isDeployment } from '../ci/azure/names.ts'
import type { Job, Pipeline } from '../ci/model.ts'
import { isUnexpanded, type Env } from '../env.ts'
import type { Wanted, WantedEnvironment, WantedPipeline, WantedSecret } from '../host/bootstrap.ts'
import type { HostName } from './bootstrap-address.ts'

type Reaching = Job & { target: string }

const reaches = (job: Job): job is Reaching => job.access !== 'none' && job.target !== undefined

const upper = (target: string): string => target.replaceAll('-', '_').toUpperCase()

const unique = <T>(items: readonly T[]): T[] => [...new Set(items)]

/** A place where a host keeps credentials, and the jobs that find theirs there. */
interface Shelf {
  target: string
  scope: string | undefined
  /** Added to the names of its variables. */
  suffix: string
  jobs: Reaching[]
}

/** The same rules by which the renderers say where a job finds its credentials. */
const placeOf = (host: HostName, job: Reaching, pipeline: Pipeline): Omit<Shelf, 'jobs' | 'target'> => {
  const { access, approval, environment, target } = job
  if (host === 'azure') return { scope: pipeline.azure.groups[target], suffix: '' }
  if (host === 'gitlab')
    return { scope: access === 'read' && !approval ? `plan/${target}` : environment, suffix: '' }
  if (environment !== undefined) return { scope: environment, suffix: '' }
  return { scope: undefined, suffix: target === pipeline.target ? '' : `_${upper(target)}` }
}

const shelvesOf = (host: HostName, pipeline: Pipeline): Shelf[] => {
  const shelves: Shelf[] = []
  for (const job of pipeline.jobs.filter(reaches)) {
    const place = placeOf(host, job, pipeline)
    const found = shelves.find(
      ({ scope, suffix, target }) =>
        scope === place.scope && suffix === place.suffix && target === job.target,
    )
    if (found) found.jobs.push(job)
    else shelves.push({ ...place, target: job.target, jobs: [job] })
  }
  return shelves
}

/** The first that is set, of those that may hold it. */
const valueIn = (env: Env, names: readonly string[]): string | undefined =>
  names
    .map((name) => env[name])
    .find((value) => value !== undefined && value.trim() !== '' && !isUnexpanded(value))
    ?.trim()

/**
 * Names in the environment of whoever runs bootstrap: for the pipeline's own target as jobs have them, for another one with
 * its name behind. What only reads gets nothing that could write.
 */
const sourcesOf = (name: string, { target, jobs }: Shelf, pipeline: Pipeline, shared: boolean): string[] => {
  const reads = jobs.every(({ access }) => access === 'read') && !shared && name !== 'DATABRICKS_HOST'
  const base = reads ? name.replace('DATABRICKS_', 'BRICKRAIL_PLAN_') : name
  return [`${base}_${upper(target)}`, ...(target === pipeline.target ? [base] : [])]
}

interface Kind {
  /** In the environment of whoever runs bootstrap. */
  source: string
  plain: boolean
}

/** GitHub's files read the address as a secret beside a token, as a variable beside an identity. */
const kindsOf = (host: HostName, { jobs }: Shelf): Kind[] => {
  const auth = unique(jobs.map((job) => job.auth))
  const identity = auth.includes('oidc')
  const token = auth.some((one) => one === 'token' || (one === 'azure-cli' && host !== 'azure'))
  return [
    { source: 'DATABRICKS_HOST', plain: host !== 'github' || identity },
    ...(host === 'github' && identity && token ? [{ source: 'DATABRICKS_HOST', plain: false }] : []),
    ...(token ? [{ source: 'DATABRICKS_TOKEN', plain: false }] : []),
    ...(identity ? [{ source: 'DATABRICKS_CLIENT_ID', plain: true }] : []),
  ]
}

const withValue = (env: Env, sources: readonly string[], secret: Omit<WantedSecret, 'value' | 'about'>) => {
  const value = valueIn(env, sources)
  const about = `set ${sources.at(-1)} here and run this again`
  return { ...secret, about, ...(value === undefined ? {} : { value }) }
}

const credentials = (host: HostName, shelf: Shelf, pipeline: Pipeline, env: Env): WantedSecret[] =>
  kindsOf(host, shelf).map(({ source, plain }) =>
    // Azure has one group for all jobs of a target.
    withValue(env, sourcesOf(source, shelf, pipeline, host === 'azure'), {
      name: host === 'azure' ? source.toLowerCase() : `${source}${shelf.suffix}`,
      plain,
      protected: shelf.jobs.every(({ access }) => access === 'write'),
      ...(shelf.scope === undefined ? {} : { scope: shelf.scope }),
    }),
  )

const isOpen = ({ on }: Job): boolean => on.includes('merge_request') || on.includes('tag')

/** Secrets that jobs name themselves. */
const namedSecrets = (host: HostName, pipeline: Pipeline, env: Env): WantedSecret[] => {
  const uses = pipeline.jobs.flatMap((job) =>
    job.secrets.map((name) => ({
      name,
      open: isOpen(job),
      scope: host === 'azure' ? pipeline.azure.groups[job.target ?? pipeline.target] : undefined,
    })),
  )
  const places = unique(uses.map(({ name, scope }) => `${name}\n${scope ?? ''}`))
  return places.flatMap((place) => {
    const here = uses.filter(({ name, scope }) => `${name}\n${scope ?? ''}` === place)
    const [first] = here
    if (!first) return []
    const { name, scope } = first
    return [
      withValue(env, [name], {
        name,
        plain: false,
        protected: !here.some(({ open }) => open),
        ...(scope === undefined ? {} : { scope }),
      }),
    ]
  })
}

/** Never set from here: whoever runs bootstrap has a token that may do far more than comment. */
const commentToken = (host: HostName, { jobs }: Pipeline): WantedSecret[] =>
  host === 'gitlab' && jobs.some(({ comments }) => comments)
    ? [
        {
          name: 'BRICKRAIL_GITLAB_TOKEN',
          plain: false,
          protected: false,
          about:
            'for the comment in merge requests: make a project access token (role Developer, scope api) in Settings > Access tokens',
        },
      ]
    : []

const isEnvironment = (host: HostName, job: Job): job is Job & { environment: string } => {
  if (job.environment === undefined) return false
  if (host === 'azure') return isDeployment(job)
  return host === 'github' || job.access !== 'read' || job.approval
}

const environmentsOf = (
  host: HostName,
  { jobs, defaultBranch }: Pipeline,
  approvers: readonly string[],
): WantedEnvironment[] => {
  const all = jobs.filter((job) => isEnvironment(host, job))
  return unique(all.map(({ environment }) => environment)).map((name) => {
    const here = all.filter(({ environment }) => environment === name)
    const approval = here.some((job) => job.approval)
    const elsewhere = here.some((job) => isOpen(job) || job.branches.some((one) => one !== defaultBranch))
    return { name, approval, approvers: approval ? approvers : [], defaultBranchOnly: !elsewhere }
  })
}

/** Azure is told of each file, and which groups and environments its jobs use. */
const pipelinesOf = (host: HostName, pipeline: Pipeline): WantedPipeline[] => {
  if (host !== 'azure') return []
  const { azure, target, project } = pipeline
  return pipelineFiles(pipeline).map(({ name, event, jobs }) => {
    const secretive = jobs.filter(({ access, secrets }) => access !== 'none' || secrets.length > 0)
    return {
      name: `${project} ${name}`,
      path: `azure-pipelines/${name}.yml`,
      validates: event === 'merge_request',
      groups: unique(secretive.flatMap((job) => azure.groups[job.target ?? target] ?? [])),
      environments: unique(jobs.filter(isDeployment).map(({ environment }) => environment)),
    }
  })
}

const checksOf = (host: HostName, { jobs }: Pipeline): string[] => {
  if (!jobs.some(({ on }) => on.includes('merge_request'))) return []
  // The job that all others of a pull request lead to; GitLab has one check: the pipeline; Azure has its policy.
  return { github: ['brickrail'], gitlab: ['pipeline'], azure: [] }[host]
}

/** What a host has to know and keep so that the generated pipelines run. Pure. */
export const wantedOf = (
  pipeline: Pipeline,
  { host, env, approvers }: { host: HostName; env: Env; approvers: readonly string[] },
): Wanted => {
  const { project, defaultBranch, jobs, azure } = pipeline
  const connection = host === 'azure' ? azure.serviceConnection : undefined
  const shelves = shelvesOf(host, pipeline)
  const scheduled = jobs.filter(({ on, schedule }) => on.includes('schedule') && schedule !== undefined)
  return {
    project,
    defaultBranch,
    secrets: [
      ...shelves.flatMap((shelf) => credentials(host, shelf, pipeline, env)),
      ...namedSecrets(host, pipeline, env),
      ...commentToken(host, pipeline),
    ],
    environments: environmentsOf(host, pipeline, approvers),
    pipelines: pipelinesOf(host, pipeline),
    // The others have theirs in the files.
    schedules:
      host === 'gitlab' ? scheduled.map(({ name, schedule }) => ({ name, cron: schedule ?? '' })) : [],
    checks: checksOf(host, pipeline),
    locks: host === 'github' ? [] : unique(jobs.flatMap(({ lock }) => lock ?? [])),
    ...(connection === undefined ? {} : { serviceConnection: connection }),
  }
}
