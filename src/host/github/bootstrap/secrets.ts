import { Fail } from '../../../errors.ts'
import type { BootstrapOptions, BootstrapStep, Wanted, WantedSecret } from '../../bootstrap.ts'
import { ask, orNothing } from '../../bootstrap-ask.ts'
import { done, forOwner, orOwner, toCreate, toUpdate } from '../../bootstrap-steps.ts'
import type { Github } from './client.ts'
import { seal } from './seal.ts'

/** What there is at one place: the repository, or one of its environments. */
interface Shelf {
  secrets: readonly string[]
  variables: ReadonlyMap<string, string>
}

/** An environment that is about to be created has nothing yet. */
const read = async ({ api, paginate, at }: Github, scope: string | undefined): Promise<Shelf> => {
  const where = scope === undefined ? 'the repository' : `environment ${scope}`
  const place = { ...at, per_page: 100, environment_name: scope ?? '' }
  // GitHub gives 30 variables at most.
  const narrow = { ...place, per_page: 30 }
  const secrets = await orNothing(() =>
    ask(`to list the secrets of ${where}`, () =>
      scope === undefined
        ? paginate(api.actions.listRepoSecrets, { ...at, per_page: 100 })
        : paginate(api.actions.listEnvironmentSecrets, place),
    ),
  )
  const variables = await orNothing(() =>
    ask(`to list the variables of ${where}`, () =>
      scope === undefined
        ? paginate(api.actions.listRepoVariables, { ...at, per_page: 30 })
        : paginate(api.actions.listEnvironmentVariables, narrow),
    ),
  )
  return {
    secrets: secrets?.map(({ name }) => name) ?? [],
    variables: new Map(variables?.map(({ name, value }) => [name, value])),
  }
}

const putSecret = async ({ api, at }: Github, { name, scope }: WantedSecret, value: string) => {
  const key = await ask('to read the key that secrets are sealed with', () =>
    scope === undefined
      ? api.actions.getRepoPublicKey(at)
      : api.actions.getEnvironmentPublicKey({ ...at, environment_name: scope }),
  )
  const sealed = {
    ...at,
    secret_name: name,
    encrypted_value: await seal(value, key.data.key),
    key_id: key.data.key_id,
  }
  await ask(`to set secret ${name}`, () =>
    scope === undefined
      ? api.actions.createOrUpdateRepoSecret(sealed)
      : api.actions.createOrUpdateEnvironmentSecret({ ...sealed, environment_name: scope }),
  )
}

const createVariable = async ({ api, at }: Github, { name, scope }: WantedSecret, value: string) =>
  await ask(`to create variable ${name}`, () =>
    scope === undefined
      ? api.actions.createRepoVariable({ ...at, name, value })
      : api.actions.createEnvironmentVariable({ ...at, environment_name: scope, name, value }),
  )

const updateVariable = async ({ api, at }: Github, { name, scope }: WantedSecret, value: string) =>
  await ask(`to change variable ${name}`, () =>
    scope === undefined
      ? api.actions.updateRepoVariable({ ...at, name, value })
      : api.actions.updateEnvironmentVariable({ ...at, environment_name: scope, name, value }),
  )

const pageOf = ({ repository }: Github, { scope, plain }: WantedSecret): string =>
  scope === undefined
    ? `${repository.html_url}/settings/${plain ? 'variables' : 'secrets'}/actions`
    : `${repository.html_url}/settings/environments, ${scope}, Environment ${plain ? 'variables' : 'secrets'}`

const titleOf = ({ name, plain, scope }: WantedSecret): string =>
  `${plain ? 'variable' : 'secret'} ${name}${scope === undefined ? '' : ` of ${scope}`}`

const plainStep = (github: Github, secret: WantedSecret, value: string, { variables }: Shelf) => {
  const what = titleOf(secret)
  const now = variables.get(secret.name)
  if (now === undefined) return toCreate(what, () => createVariable(github, secret, value))
  if (now === value) return done(what)
  return toUpdate(what, 'its value differs', () => updateVariable(github, secret, value))
}

const step = (github: Github, secret: WantedSecret, shelf: Shelf, rotate: boolean): BootstrapStep => {
  const { name, value, plain } = secret
  const what = titleOf(secret)
  const there = plain ? shelf.variables.has(name) : shelf.secrets.includes(name)
  if (value === undefined)
    return there ? done(what) : forOwner(what, `${secret.about}; or add it in ${pageOf(github, secret)}`)
  if (plain) return plainStep(github, secret, value, shelf)
  if (!there) return toCreate(what, () => putSecret(github, secret, value))
  return rotate ? toUpdate(what, 'set again (--rotate)', () => putSecret(github, secret, value)) : done(what)
}

const notSetUp = (scope: string): Fail =>
  new Fail('CI_REFUSED', {
    host: 'GitHub',
    method: 'nothing sent',
    path: scope,
    status: 'not tried',
    message: `environment ${scope} is not set up: an earlier step could not do it`,
    hint: 'mend that first, then run this again',
  })

/** Whoever may push would start jobs with them. Asked again when it is written: the environment may have failed by then. */
const guarded = (step: BootstrapStep, scope: string, withheld: ReadonlySet<string>): BootstrapStep => {
  const { what, apply } = step
  if (apply === undefined) return step
  if (withheld.has(scope))
    return forOwner(what, `not before environment ${scope} has its approval: see above`)
  return {
    ...step,
    apply: async () => {
      if (withheld.has(scope)) throw notSetUp(scope)
      await apply()
    },
  }
}

/**
 * Secrets and variables, of the repository and of each environment.
 * @param withheld environments that get none
 */
export const secretSteps = async (
  github: Github,
  wanted: Wanted,
  { rotate }: BootstrapOptions,
  withheld: ReadonlySet<string>,
): Promise<BootstrapStep[]> => {
  const scopes = [...new Set(wanted.secrets.map(({ scope }) => scope))]
  const steps = await Promise.all(
    scopes.map(async (scope) => {
      const here = wanted.secrets.filter((secret) => secret.scope === scope)
      const names = here.map(({ name }) => name).join(', ')
      const where = scope === undefined ? 'the repository' : `environment ${scope}`
      const why = `set ${names} in ${github.repository.html_url}/settings`
      return await orOwner(`secrets of ${where}`, why, async () => {
        const shelf = await read(github, scope)
        const all = here.map((secret) => step(github, secret, shelf, rotate))
        return scope === undefined ? all : all.map((each) => guarded(each, scope, withheld))
      })
    }),
  )
  return steps.flat()
}
