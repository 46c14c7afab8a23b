import type { BootstrapOptions, BootstrapStep, Wanted, WantedSecret } from '../../bootstrap.ts'
import { done, forOwner, orOwner, toCreate, toUpdate } from '../../bootstrap-steps.ts'
import type { Azure } from './client.ts'
import type { Known } from './known.ts'

/** `value` of a secret is null when it is read; a null that is sent back leaves the secret as it is. */
interface Variable {
  value: string | null
  isSecret?: boolean
}

/** https://learn.microsoft.com/rest/api/azure/devops/distributedtask/variablegroups */
interface Group {
  id: number
  name: string
  type: string
  description?: string
  variables: Record<string, Variable>
  variableGroupProjectReferences?: unknown[]
}

const version = { 'api-version': '7.1' }

const read = async ({ get, project }: Azure, name: string): Promise<Group | undefined> => {
  const query = { groupName: name, ...version }
  const what = `to read variable group ${name}`
  const found = await get<{ value: Group[] }>(what, `${project}/_apis/distributedtask/variablegroups`, query)
  return found.value.find((group) => group.name === name)
}

const variableOf = ({ plain }: WantedSecret, value: string): Variable =>
  plain ? { value } : { value, isSecret: true }

/** Names of variables know no case. */
const keyIn = (variables: Readonly<Record<string, Variable>>, name: string): string | undefined =>
  Object.keys(variables).find((key) => key.toLowerCase() === name.toLowerCase())

const difference = (there: Group, secret: WantedSecret, rotate: boolean): string | undefined => {
  const { name, value, plain } = secret
  if (value === undefined) return undefined
  const key = keyIn(there.variables, name)
  const variable = key === undefined ? undefined : there.variables[key]
  if (!variable) return `${name}: added`
  if (plain) return variable.value === value ? undefined : `${name}: its value differs`
  if (variable.isSecret !== true) return `${name}: everybody can read its value`
  return rotate ? `${name}: set again (--rotate)` : undefined
}

/**
 * PUT replaces the whole group. It is read again for that: somebody may have added a variable meanwhile. The others go back
 * as they came, a secret as null, which keeps its value (so does `az pipelines variable-group variable create`).
 */
const update = async (azure: Azure, name: string, secrets: readonly WantedSecret[], rotate: boolean) => {
  const there = await read(azure, name)
  if (!there) return await create(azure, name, secrets)
  const variables: Record<string, Variable> = {}
  for (const [key, { value, isSecret }] of Object.entries(there.variables))
    variables[key] = isSecret === true ? { value, isSecret } : { value }
  for (const secret of secrets) {
    if (secret.value === undefined || difference(there, secret, rotate) === undefined) continue
    variables[keyIn(variables, secret.name) ?? secret.name] = variableOf(secret, secret.value)
  }
  return await azure.put<Group>(
    `to change variable group ${name}`,
    `/_apis/distributedtask/variablegroups/${there.id}`,
    {
      name,
      type: there.type,
      ...(there.description === undefined ? {} : { description: there.description }),
      variables,
      variableGroupProjectReferences: there.variableGroupProjectReferences ?? [referenceTo(azure, name)],
    },
    version,
  )
}

const referenceTo = ({ repository }: Azure, name: string) => ({
  name,
  projectReference: { id: repository.project.id, name: repository.project.name },
})

const create = async (azure: Azure, name: string, secrets: readonly WantedSecret[]): Promise<Group> =>
  await azure.post<Group>(
    `to create variable group ${name}`,
    '/_apis/distributedtask/variablegroups',
    {
      name,
      type: 'Vsts',
      variables: Object.fromEntries(
        secrets.flatMap((secret) =>
          secret.value === undefined ? [] : [[secret.name, variableOf(secret, secret.value)]],
        ),
      ),
      variableGroupProjectReferences: [referenceTo(azure, name)],
    },
    version,
  )

const library = ({ url, project }: Azure): string => `${url}${project}/_library?itemType=VariableGroups`

/** What has no value here, and is not there either. */
const missing = (
  azure: Azure,
  name: string,
  secrets: readonly WantedSecret[],
  there: Group | undefined,
): BootstrapStep[] =>
  secrets
    .filter((secret) => secret.value === undefined && (!there || !keyIn(there.variables, secret.name)))
    .map((secret) => {
      const how = secret.plain ? 'readable' : 'secret (the lock)'
      const why = `${secret.about}; or add it in ${library(azure)}, ${name}: ${how}`
      return forOwner(`variable ${secret.name} of group ${name}`, why)
    })

const steps = async (
  azure: Azure,
  known: Known,
  name: string,
  secrets: readonly WantedSecret[],
  rotate: boolean,
): Promise<BootstrapStep[]> => {
  const what = `variable group ${name}`
  const there = await read(azure, name)
  if (there) known.set('variable group', name, there.id)
  const rest = missing(azure, name, secrets, there)
  const valued = secrets.filter(({ value }) => value !== undefined).map((secret) => secret.name)
  // A group has at least one variable.
  if (!there && valued.length === 0) return rest
  if (!there) {
    const apply = async () => known.set('variable group', name, (await create(azure, name, secrets)).id)
    return [toCreate(what, apply, valued.join(', ')), ...rest]
  }
  if (there.type !== 'Vsts') {
    const absent = secrets.filter((secret) => !keyIn(there.variables, secret.name)).map((each) => each.name)
    if (absent.length === 0) return [done(what, there.type)]
    return [forOwner(what, `it takes its values from a key vault: add ${absent.join(', ')} there`)]
  }
  const changes = secrets.flatMap((secret) => difference(there, secret, rotate) ?? [])
  if (changes.length === 0) return [done(what), ...rest]
  return [toUpdate(what, changes.join('; '), () => update(azure, name, secrets, rotate)), ...rest]
}

/** Variable groups; variables of somebody else in them stay as they are. */
export const groupSteps = async (
  azure: Azure,
  known: Known,
  wanted: Wanted,
  { rotate }: BootstrapOptions,
): Promise<BootstrapStep[]> => {
  const names = [...new Set(wanted.secrets.flatMap(({ scope }) => scope ?? []))]
  const found = await Promise.all(
    names.map((name) => {
      const here = wanted.secrets.filter(({ scope }) => scope === name)
      const why = `make it in ${library(azure)} with ${here.map((secret) => secret.name).join(', ')}`
      return orOwner(`variable group ${name}`, why, () => steps(azure, known, name, here, rotate))
    }),
  )
  return found.flat()
}
