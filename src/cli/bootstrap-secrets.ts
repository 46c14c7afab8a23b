import { movesModels } from '../ci/built-in.ts'
import type { Job, Pipeline } from '../ci/model.ts'
import { isUnexpanded, type Env } from '../env.ts'
import type { WantedSecret } from '../host/bootstrap.ts'
import type { HostName } from './bootstrap-address.ts'
import { unique } from '../ci/sets.ts'
import { isOpen } from '../ci/triggers.ts'
import { isClosed, scopeOf } from './bootstrap-places.ts'

type Reaching = Job & { target: string }

const reaches = (job: Job): job is Reaching => job.access !== 'none' && job.target !== undefined

const upper = (target: string): string => target.replaceAll('-', '_').toUpperCase()

/** A place where a host keeps credentials, and the jobs that find theirs there. */
interface Shelf {
  target: string
  scope: string | undefined
  /** Added to the names of its variables. */
  suffix: string
  jobs: Reaching[]
}

/** Only GitHub has jobs without a place of their own: those of another target tell theirs by name. */
const placeOf = (host: HostName, job: Reaching, pipeline: Pipeline): Omit<Shelf, 'jobs' | 'target'> => {
  const scope = scopeOf(host, job, pipeline)
  const named = host === 'github' && scope === undefined && job.target !== pipeline.target
  return { scope, suffix: named ? `_${upper(job.target)}` : '' }
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
 * its name behind. What only reads gets nothing that could write. What moves models may have an identity of its own.
 */
const sourcesOf = (name: string, { target, jobs }: Shelf, pipeline: Pipeline): string[] => {
  const reads = jobs.every(({ access }) => access === 'read') && name !== 'DATABRICKS_HOST'
  const base = reads ? name.replace('DATABRICKS_', 'BRICKRAIL_PLAN_') : name
  const own = `${base}_${upper(target)}`
  return [
    ...(jobs.every(movesModels) ? [`${own}_MODELS`] : []),
    own,
    ...(target === pipeline.target ? [base] : []),
  ]
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

const scoped = (scope: string | undefined): { scope?: string } => (scope === undefined ? {} : { scope })

const withValue = (env: Env, sources: readonly string[], secret: Omit<WantedSecret, 'value' | 'about'>) => {
  const value = valueIn(env, sources)
  const about = `set ${sources.at(-1)} here and run this again`
  return { ...secret, about, ...(value === undefined ? {} : { value }) }
}

/** Whether a place holds what deploys: it stays closed, whatever else looks there. */
const isGuarded = (host: HostName, scope: string | undefined, pipeline: Pipeline): boolean =>
  scope !== undefined && pipeline.jobs.some((job) => isClosed(job) && scopeOf(host, job, pipeline) === scope)

const credentials = (host: HostName, shelf: Shelf, pipeline: Pipeline, env: Env): WantedSecret[] =>
  kindsOf(host, shelf).map(({ source, plain }) =>
    withValue(env, sourcesOf(source, shelf, pipeline), {
      name: host === 'azure' ? source.toLowerCase() : `${source}${shelf.suffix}`,
      plain,
      protected: isGuarded(host, shelf.scope, pipeline),
      ...scoped(shelf.scope),
    }),
  )

/**
 * Secrets that jobs name themselves: each in the environment (Azure: the group) of its jobs, so that no other job can read it.
 * A job without an environment reads what the whole project has.
 */
const namedSecrets = (host: HostName, pipeline: Pipeline, env: Env): WantedSecret[] =>
  unique(pipeline.jobs.flatMap(({ secrets }) => secrets)).flatMap((name) => {
    const users = pipeline.jobs.filter(({ secrets }) => secrets.includes(name))
    const all = unique(users.map((job) => scopeOf(host, job, pipeline)))
    const scopes = all.includes(undefined) ? [undefined] : all
    return scopes.map((scope) => {
      const here = scope === undefined ? users : users.filter((job) => scopeOf(host, job, pipeline) === scope)
      return withValue(env, [name], {
        name,
        plain: false,
        protected: isGuarded(host, scope, pipeline) || !here.some(isOpen),
        ...scoped(scope),
      })
    })
  })

const commentAbout =
  'for the comment in merge requests: make a project access token (role Developer, scope api) in Settings > Access tokens'

/** Never set from here: whoever runs bootstrap has a token that may do far more than comment. */
const commentToken = (host: HostName, pipeline: Pipeline): WantedSecret[] => {
  if (host !== 'gitlab') return []
  const scopes = pipeline.jobs.filter(({ comments }) => comments).map((job) => scopeOf(host, job, pipeline))
  const everywhere = ', for all environments: the job that comments has none, so every job can read it'
  return unique(scopes).map((scope) => ({
    name: 'BRICKRAIL_GITLAB_TOKEN',
    plain: false,
    protected: false,
    about: scope === undefined ? `${commentAbout}${everywhere}` : commentAbout,
    ...scoped(scope),
  }))
}

/** All that the jobs of a host read: credentials of workspaces, secrets of their own, the token for comments. */
export const secretsOf = (host: HostName, pipeline: Pipeline, env: Env): WantedSecret[] => [
  ...shelvesOf(host, pipeline).flatMap((shelf) => credentials(host, shelf, pipeline, env)),
  ...namedSecrets(host, pipeline, env),
  ...commentToken(host, pipeline),
]
