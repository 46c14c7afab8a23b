import type { SentRequest } from '../../support/openapi.ts'
import { startFake, type Answer, type Fake } from '../fakes/server.ts'
import { contract } from './azure-contract.ts'

type Thing = Record<string, unknown>

interface Variable {
  value: string | null
  isSecret?: boolean
}

export interface AzureGroup {
  id: number
  name: string
  type: string
  variables: Record<string, Variable>
  variableGroupProjectReferences: unknown
}

/** As the service gives them: each property is `{$type, $value}`. */
interface AzureIdentity {
  id: string
  providerDisplayName: string
  isContainer?: boolean
  properties: Record<string, { $type: string; $value: string }>
}

const property = ($value: string) => ({ $type: 'System.String', $value })

export const person = (id: string, name: string, mail: string, account = mail): AzureIdentity => ({
  id,
  providerDisplayName: name,
  properties: { Mail: property(mail), Account: property(account), Domain: property('ACME') },
})

export const team = (id: string, project: string, name: string): AzureIdentity => ({
  id,
  providerDisplayName: `[${project}]\\${name}`,
  isContainer: true,
  properties: { Account: property(name), Domain: property(`vstfs:///Classification/TeamProject/${project}`) },
})

/** «General»: display name, account or unique name. */
const finds = ({ providerDisplayName, properties }: AzureIdentity, text: string): boolean =>
  [
    providerDisplayName,
    ...Object.values(properties).map(({ $value }) => $value),
    `${properties['Domain']?.$value}\\${properties['Account']?.$value}`,
  ].some((each) => each.toLowerCase() === text.toLowerCase())

/** A project on Azure DevOps, as far as bootstrap sees it. */
export interface AzureState {
  repository: Thing
  definitions: (Thing & { id: number; name: string; process: { yamlFilename: string } })[]
  groups: AzureGroup[]
  environments: { id: number; name: string }[]
  checks: (Thing & { id: number; type: Thing; settings: Thing; resource: { type: string; id: string } })[]
  /** By `type/id`. */
  permissions: Map<string, number[]>
  policies: (Thing & { id: number })[]
  identities: AzureIdentity[]
  endpoints: { id: string; name: string }[]
}

export const azureToken = 'azdopatazdopatazdopatazdopatazdopatazdopatazdopat0001'
export const repositoryId = '278d5cd2-584d-4b63-824a-2ba458937249'
const projectId = '6ce954b1-ce1f-45d1-b94d-e6bf2464ba2c'
export const instanceId = '0a1b2c3d-0000-4000-8000-000000000001'

const newState = (): AzureState => ({
  repository: {
    id: repositoryId,
    name: 'shop',
    defaultBranch: 'refs/heads/master',
    isDisabled: false,
    project: { id: projectId, name: 'web shop' },
  },
  definitions: [],
  groups: [],
  environments: [],
  checks: [],
  permissions: new Map(),
  policies: [],
  identities: [
    person('aaaaaaaa-0000-4000-8000-00000000000a', 'Alice', 'alice@acme.test'),
    team('bbbbbbbb-0000-4000-8000-00000000000b', 'web shop', 'Operators'),
  ],
  endpoints: [],
})

const ok = (body: unknown): Answer => ({ status: 200, body })
const listOf = (value: readonly unknown[]): Answer => ok({ count: value.length, value })
const notFound: Answer = { status: 404, body: { message: 'TF400898: not found' } }

/** A secret is never shown. */
const shown = (group: AzureGroup): Thing => ({
  ...group,
  variables: Object.fromEntries(
    Object.entries(group.variables).map(([name, { value, isSecret }]) => [
      name,
      isSecret === true ? { value: null, isSecret } : { value },
    ]),
  ),
})

/** All that is not sent is gone; a secret that is sent as null keeps its value. */
const replaced = (there: AzureGroup, sent: AzureGroup): AzureGroup =>
  Object.assign(there, sent, {
    variables: Object.fromEntries(
      Object.entries(sent.variables).map(([name, variable]) => [
        name,
        variable.isSecret === true && variable.value === null
          ? { ...variable, value: there.variables[name]?.value ?? null }
          : variable,
      ]),
    ),
  })

const groups = (state: AzureState, request: SentRequest, id: string | undefined): Answer => {
  const sent = request.body as AzureGroup
  if (request.method === 'GET')
    return listOf(state.groups.filter(({ name }) => name === request.query.get('groupName')).map(shown))
  if (request.method === 'POST') {
    const made = { ...sent, id: state.groups.length + 5 }
    state.groups.push(made)
    return ok(shown(made))
  }
  const there = state.groups.find((group) => String(group.id) === id)
  return there ? ok(shown(replaced(there, sent))) : notFound
}

const definitions = (state: AzureState, { method, query, body }: SentRequest): Answer => {
  if (method === 'GET') {
    const name = query.get('name')
    return listOf(name === null ? state.definitions : state.definitions.filter((each) => each.name === name))
  }
  const made = { ...(body as AzureState['definitions'][number]), id: state.definitions.length + 21 }
  state.definitions.push(made)
  return ok(made)
}

const permissions = (state: AzureState, { method, body }: SentRequest, resource: string): Answer => {
  const there = state.permissions.get(resource) ?? []
  if (method === 'PATCH') {
    const { pipelines } = body as { pipelines: { id: number }[] }
    state.permissions.set(resource, [...there, ...pipelines.map(({ id }) => id)])
  }
  const pipelines = (state.permissions.get(resource) ?? []).map((id) => ({ id, authorized: true }))
  return ok({ pipelines })
}

const checks = (state: AzureState, { method, query, body, path }: SentRequest): Answer => {
  const sent = body as AzureState['checks'][number]
  if (method === 'GET')
    return listOf(
      state.checks.filter(
        ({ resource }) =>
          resource.id === query.get('resourceId') && resource.type === query.get('resourceType'),
      ),
    )
  if (method === 'PATCH') {
    const there = state.checks.find(({ id }) => path.endsWith(`/${id}`))
    return there ? ok(Object.assign(there, sent)) : notFound
  }
  const made = { ...sent, id: state.checks.length + 61 }
  state.checks.push(made)
  return ok(made)
}

const added = <T extends object>(all: (T & { id: number })[], sent: T): Answer => {
  const made = { ...sent, id: all.length + 81 }
  all.push(made)
  return ok(made)
}

const inProject = (state: AzureState, request: SentRequest, path: string): Answer | undefined => {
  const { method, query, body } = request
  if (/^git\/repositories\/shop$/.test(path)) return ok(state.repository)
  if (path === 'distributedtask/variablegroups') return groups(state, request, undefined)
  if (path === 'distributedtask/queues')
    return listOf([
      { id: 3, name: 'Default' },
      { id: 4, name: 'Azure Pipelines', pool: { isHosted: true } },
    ])
  if (path === 'distributedtask/environments')
    return method === 'GET'
      ? listOf(state.environments.filter(({ name }) => name === query.get('name')))
      : added(state.environments, body as { name: string })
  if (path === 'build/definitions') return definitions(state, request)
  if (path.startsWith('pipelines/checks/configurations')) return checks(state, request)
  const resource = /^pipelines\/pipelinepermissions\/(.+)$/.exec(path)?.[1]
  if (resource !== undefined) return permissions(state, request, resource)
  if (path === 'policy/configurations')
    return method === 'GET' ? listOf(state.policies) : added(state.policies, body as Thing)
  const policy = state.policies.find(({ id }) => path === `policy/configurations/${id}`)
  if (policy) return ok(Object.assign(policy, body))
  if (path === 'serviceendpoint/endpoints')
    return listOf(state.endpoints.filter(({ name }) => name === query.get('endpointNames')))
  return undefined
}

const handle = (state: AzureState, request: SentRequest): Answer | undefined => {
  const { path, query } = request
  if (path === '/acme/_apis/connectionData') return ok({ instanceId })
  if (path === '/acme/_apis/identities')
    return listOf(state.identities.filter((each) => finds(each, query.get('filterValue') ?? '')))
  const group = /^\/acme\/_apis\/distributedtask\/variablegroups(?:\/(\d+))?$/.exec(path)
  if (group) return groups(state, request, group[1])
  const rest = /^\/acme\/web%20shop\/_apis\/(.+)$/.exec(path)?.[1]
  return rest === undefined ? notFound : inProject(state, request, rest)
}

export interface AzureFake extends Fake {
  state: AzureState
}

/** Azure DevOps with the organization `acme`, its project `web shop` and its repository `shop`. */
export const startAzure = async (): Promise<AzureFake> => {
  const state = newState()
  const basic = `Basic ${Buffer.from(`:${azureToken}`).toString('base64')}`
  const refuse = ({ headers }: SentRequest): Answer | undefined =>
    headers['authorization'] === basic
      ? undefined
      : { status: 401, body: '<!DOCTYPE html><html><head><title>Sign In</title></head></html>' }
  return Object.assign(await startFake({ contract, refuse, handle: (request) => handle(state, request) }), {
    state,
  })
}
