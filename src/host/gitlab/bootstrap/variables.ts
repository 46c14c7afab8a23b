import type { BootstrapOptions, BootstrapStep, Wanted, WantedSecret } from '../../bootstrap.ts'
import { ask } from '../../bootstrap-ask.ts'
import { done, forOwner, orOwner, toCreate, toUpdate } from '../../bootstrap-steps.ts'
import { settings, type Gitlab } from './client.ts'

/** https://docs.gitlab.com/api/project_level_variables/; `value` of a hidden one is null */
interface Variable {
  key: string
  value: string | null
  protected: boolean
  masked: boolean
  hidden?: boolean
  raw?: boolean
  environment_scope: string
}

const scopeOf = ({ scope }: WantedSecret): string => scope ?? '*'

const titleOf = (secret: WantedSecret): string =>
  `variable ${secret.name}${secret.scope === undefined ? '' : ` of ${secret.scope}`}`

const looseness = (there: Variable, secret: WantedSecret): string | undefined => {
  if (!secret.plain && !there.masked) return 'its value is not masked in logs'
  if (secret.protected && !there.protected) return 'jobs of any branch can read it'
  return undefined
}

/** A secret that is there may be newer than the one of this shell: it stays until somebody says --rotate. */
const keepsValue = (there: Variable, { plain }: WantedSecret, rotate: boolean): boolean =>
  !rotate && (!plain || there.value === null)

/** What is to be changed; undefined: nothing. */
const difference = (there: Variable, secret: WantedSecret, rotate: boolean): string | undefined => {
  const loose = looseness(there, secret)
  if (loose !== undefined) return loose
  if (keepsValue(there, secret, rotate)) return undefined
  if (secret.plain && there.value !== null)
    return there.value === secret.value ? undefined : 'its value differs'
  return 'set again (--rotate)'
}

/**
 * GitLab expands `$` in a value unless it is `raw`. Hidden variables exist since 17.4; older ones ignore the word and mask.
 * https://docs.gitlab.com/ci/variables/#hide-a-cicd-variable
 */
const create = ({ api, project }: Gitlab, secret: WantedSecret, value: string) =>
  ask(`to create ${titleOf(secret)}`, () =>
    api.ProjectVariables.create(project.id, secret.name, value, {
      variableType: 'env_var',
      environmentScope: scopeOf(secret),
      protected: secret.protected,
      raw: true,
      masked: !secret.plain,
      ...(secret.plain ? {} : { masked_and_hidden: true }),
    }),
  )

/** What somebody has closed stays closed. PUT wants a value also where only the rest changes. */
const change = (
  { api, project }: Gitlab,
  secret: WantedSecret,
  there: Variable,
  { value, raw }: { value: string; raw: boolean },
) =>
  ask(`to change ${titleOf(secret)}`, () =>
    api.ProjectVariables.edit(project.id, secret.name, value, {
      protected: secret.protected || there.protected,
      raw,
      masked: !secret.plain || there.masked,
      filter: { environment_scope: scopeOf(secret) },
    }),
  )

const unread = (gitlab: Gitlab, what: string): BootstrapStep =>
  forOwner(
    what,
    `it is protected, so jobs of merge requests cannot read it; if it may only read, uncheck that in ${settings(gitlab, 'ci_cd')}, Variables`,
  )

const withoutValue = (gitlab: Gitlab, secret: WantedSecret, there: Variable | undefined): BootstrapStep => {
  const what = titleOf(secret)
  const loose = there && looseness(there, secret)
  if (there && loose === undefined)
    return there.protected && !secret.protected ? unread(gitlab, what) : done(what)
  if (there) return forOwner(what, `${loose}: edit it in ${settings(gitlab, 'ci_cd')}, Variables`)
  const flags = ['masked and hidden', ...(secret.protected ? ['protected'] : ['not protected'])].join(', ')
  const how = secret.plain ? 'visible' : flags
  return forOwner(
    what,
    `${secret.about}; or add it in ${settings(gitlab, 'ci_cd')}, Variables: environment scope ${scopeOf(secret)}, ${how}`,
  )
}

const hidden = (gitlab: Gitlab, what: string, why: string): BootstrapStep =>
  forOwner(
    what,
    `${why}, and its value is hidden, so it cannot be kept on a change from here: edit it in ${settings(gitlab, 'ci_cd')}, Variables, or set it again with --rotate`,
  )

const changeStep = (
  gitlab: Gitlab,
  secret: WantedSecret & { value: string },
  there: Variable,
  { why, rotate }: { why: string; rotate: boolean },
): BootstrapStep => {
  const what = titleOf(secret)
  if (!keepsValue(there, secret, rotate))
    return toUpdate(what, why, () => change(gitlab, secret, there, { value: secret.value, raw: true }))
  const { value, raw = false } = there
  if (value === null) return hidden(gitlab, what, why)
  return toUpdate(what, `${why}; the value that is there stays`, () =>
    change(gitlab, secret, there, { value, raw }),
  )
}

const step = (
  gitlab: Gitlab,
  secret: WantedSecret,
  there: Variable | undefined,
  rotate: boolean,
): BootstrapStep => {
  const { value } = secret
  const what = titleOf(secret)
  if (value === undefined) return withoutValue(gitlab, secret, there)
  if (!there) return toCreate(what, () => create(gitlab, secret, value))
  const why = difference(there, secret, rotate)
  if (why !== undefined) return changeStep(gitlab, { ...secret, value }, there, { why, rotate })
  return there.protected && !secret.protected ? unread(gitlab, what) : done(what)
}

/** Variables of the project: by name and environment scope. Those of somebody else are not touched. */
export const variableSteps = async (
  gitlab: Gitlab,
  wanted: Wanted,
  { rotate }: BootstrapOptions,
): Promise<BootstrapStep[]> => {
  const { api, project } = gitlab
  const names = [...new Set(wanted.secrets.map(({ name }) => name))].join(', ')
  const why = `set ${names} in ${settings(gitlab, 'ci_cd')}, Variables`
  return await orOwner('CI/CD variables', why, async () => {
    const all = (await ask('to read CI/CD variables', () =>
      api.ProjectVariables.all(project.id, { perPage: 100 }),
    )) as unknown as Variable[]
    return wanted.secrets.map((secret) => {
      const there = all.find(
        ({ key, environment_scope }) => key === secret.name && environment_scope === scopeOf(secret),
      )
      return step(gitlab, secret, there, rotate)
    })
  })
}
