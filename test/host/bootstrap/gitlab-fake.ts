import { page, startFake, type Answer, type Fake } from '../fakes/server.ts'
import type { SentRequest } from '../../support/openapi.ts'
import { body, specOf, types, withAdditions } from './contract.ts'

const { text, whole, yes } = types
const list = ['per_page', 'page', 'pagination']
const rules = {
  type: 'array',
  items: {
    type: 'object',
    properties: { user_id: whole, group_id: whole, access_level: whole, required_approvals: whole },
  },
}
const variable = {
  value: text,
  variable_type: { type: 'string', enum: ['env_var', 'file'] },
  environment_scope: text,
  protected: yes,
  masked: yes,
  masked_and_hidden: yes,
  raw: yes,
  description: text,
}
const project = '/api/v4/projects/{id}'

/** By hand after docs.gitlab.com/api; the official description of GitLab 18 and older lacks half of these. */
const contract = withAdditions(
  undefined,
  specOf({
    'GET /api/v4/projects/{path}': {},
    [`PUT ${project}`]: {
      body: body({
        ci_forward_deployment_enabled: yes,
        only_allow_merge_if_pipeline_succeeds: yes,
        resource_group_default_process_mode: {
          enum: ['unordered', 'oldest_first', 'newest_first', 'newest_ready_first'],
        },
      }),
    },
    [`GET ${project}/protected_branches`]: { query: [...list, 'search'] },
    // gitbeaker sends these in the query, which GitLab takes.
    [`POST ${project}/protected_branches`]: { query: ['name', 'push_access_level', 'merge_access_level'] },
    [`GET ${project}/environments`]: { query: [...list, 'name', 'search', 'states'] },
    [`POST ${project}/environments`]: {
      body: body({ name: text, external_url: text, tier: text }, ['name']),
    },
    [`GET ${project}/protected_environments`]: { query: list },
    [`POST ${project}/protected_environments`]: {
      body: body({ name: text, deploy_access_levels: rules, approval_rules: rules }, [
        'name',
        'deploy_access_levels',
      ]),
    },
    [`PUT ${project}/protected_environments/{name}`]: { body: body({ approval_rules: rules }) },
    'GET /api/v4/users': { query: [...list, 'username'] },
    'GET /api/v4/groups/{path}': {},
    [`GET ${project}/variables`]: { query: list },
    [`POST ${project}/variables`]: { body: body({ key: text, ...variable }, ['key', 'value']) },
    [`PUT ${project}/variables/{key}`]: {
      body: body({ ...variable, filter: { type: 'object', properties: { environment_scope: text } } }, [
        'value',
      ]),
    },
    [`GET ${project}/pipeline_schedules`]: { query: [...list, 'scope'] },
    [`POST ${project}/pipeline_schedules`]: {
      body: body(
        {
          description: text,
          ref: { type: 'string', pattern: '^refs/(heads|tags)/.' },
          cron: text,
          cron_timezone: text,
          active: yes,
        },
        ['description', 'ref', 'cron'],
      ),
    },
    [`GET ${project}/pipeline_schedules/{schedule_id}`]: {},
    [`PUT ${project}/pipeline_schedules/{schedule_id}`]: {
      body: body({ description: text, ref: text, cron: text, cron_timezone: text, active: yes }),
    },
    [`DELETE ${project}/pipeline_schedules/{schedule_id}`]: {},
    [`POST ${project}/pipeline_schedules/{schedule_id}/variables`]: {
      body: body({ key: text, value: text, variable_type: text }, ['key', 'value']),
    },
    [`GET ${project}/resource_groups`]: { query: list },
    [`PUT ${project}/resource_groups/{key}`]: {
      body: body(
        { process_mode: { enum: ['unordered', 'oldest_first', 'newest_first', 'newest_ready_first'] } },
        ['process_mode'],
      ),
    },
  }),
)

type Thing = Record<string, unknown>

/** A GitLab project, as far as bootstrap sees it. */
export interface GitlabState {
  project: Thing
  branches: Thing[]
  environments: Thing[]
  /** undefined: the licence has none. */
  protectedEnvironments: Thing[] | undefined
  variables: Thing[]
  schedules: (Thing & { id: number; variables: Thing[] })[]
  groups: Thing[]
  users: { id: number; username: string }[]
  /** Of users. */
  teams: { id: number; full_path: string }[]
  /** Users who are members: others cannot approve. */
  members: number[]
}

export const gitlabToken = 'glpat-owner-0000000000001'

const newState = (): GitlabState => ({
  project: {
    id: 12,
    path_with_namespace: 'acme/shop',
    web_url: 'https://gitlab.test/acme/shop',
    archived: false,
    default_branch: 'master',
    builds_access_level: 'enabled',
    ci_config_path: '',
    ci_forward_deployment_enabled: false,
    only_allow_merge_if_pipeline_succeeds: false,
    resource_group_default_process_mode: null,
  },
  branches: [],
  environments: [],
  protectedEnvironments: [],
  variables: [],
  schedules: [],
  groups: [],
  users: [{ id: 31, username: 'alice' }],
  teams: [{ id: 77, full_path: 'acme/ops' }],
  members: [31],
})

const base = '/api/v4/projects/12'

const approved = (state: GitlabState, sent: unknown): Thing[] =>
  (Array.isArray(sent) ? (sent as Thing[]) : []).filter(
    ({ user_id }) => user_id === undefined || state.members.includes(Number(user_id)),
  )

const createVariable = (state: GitlabState, sent: Thing): Answer => {
  const { masked_and_hidden: hidden, ...rest } = sent
  const taken = state.variables.some(
    (each) => each['key'] === sent['key'] && each['environment_scope'] === sent['environment_scope'],
  )
  if (taken) return { status: 400, body: { message: { key: ['(shop) has already been taken'] } } }
  if (sent['masked'] === true && String(sent['value']).length < 8)
    return { status: 400, body: { message: { value: ['is invalid'] } } }
  state.variables.push({ ...rest, hidden: hidden === true, secret: sent['value'] })
  return { status: 201, body: rest }
}

const shown = ({ secret, hidden, ...rest }: Thing): Thing => ({
  ...rest,
  hidden,
  value: hidden === true ? null : secret,
})

const schedules = (state: GitlabState, { method, path, body: sent }: SentRequest): Answer | undefined => {
  const [, id, more] = /\/pipeline_schedules\/(\d+)(\/variables)?$/.exec(path) ?? []
  const found = state.schedules.find((each) => String(each.id) === id)
  if (method === 'POST' && id === undefined) {
    const made = { ...(sent as Thing), id: state.schedules.length + 1, variables: [] }
    state.schedules.push(made)
    return { status: 201, body: made }
  }
  if (!found) return { status: 404, body: { message: '404 Not found' } }
  if (method === 'DELETE') state.schedules = state.schedules.filter((each) => each !== found)
  if (method === 'DELETE') return { status: 204 }
  if (more) found.variables.push(sent as Thing)
  else if (method === 'PUT') Object.assign(found, sent)
  return { status: more ? 201 : 200, body: found }
}

const lists: Readonly<Record<string, (state: GitlabState) => Thing[] | undefined>> = {
  protected_branches: ({ branches }) => branches,
  environments: ({ environments }) => environments,
  protected_environments: ({ protectedEnvironments }) => protectedEnvironments,
  variables: ({ variables }) => variables.map(shown),
  pipeline_schedules: (state) => state.schedules.map((each) => ({ ...each, variables: undefined })),
  resource_groups: ({ groups }) => groups,
}

const read = (state: GitlabState, request: SentRequest, url: string): Answer | undefined => {
  const { path, query } = request
  if (path === '/api/v4/projects/acme%2Fshop') return { status: 200, body: state.project }
  if (path === '/api/v4/users')
    return { status: 200, body: state.users.filter(({ username }) => username === query.get('username')) }
  const [, named] = /^\/api\/v4\/groups\/(.+)$/.exec(path) ?? []
  // By path, or by id.
  const team = state.teams.find(
    ({ id, full_path }) => named === String(id) || decodeURIComponent(named ?? '') === full_path,
  )
  if (team) return { status: 200, body: team }
  if (/pipeline_schedules\/\d+$/.test(path)) return schedules(state, request)
  const all = path.startsWith(base) ? lists[path.slice(base.length + 1)]?.(state) : undefined
  if (!all) return { status: 404, body: { message: '404 Not found' } }
  const { items, headers } = page(request, url, all)
  return { status: 200, body: items, headers }
}

const write = (state: GitlabState, request: SentRequest): Answer | undefined => {
  const { method, path, query } = request
  const sent = (request.body ?? {}) as Thing
  const [, kind = '', name] = /\/projects\/12\/?([a-z_]*)(?:\/([^/]+))?/.exec(path) ?? []
  if (kind === '') return { status: 200, body: Object.assign(state.project, sent) }
  if (kind === 'protected_branches') {
    state.branches.push({ name: query.get('name') })
    return { status: 201, body: {} }
  }
  if (kind === 'pipeline_schedules') return schedules(state, request)
  if (kind === 'environments') {
    state.environments.push(sent)
    return { status: 201, body: sent }
  }
  if (kind === 'protected_environments') {
    const there = state.protectedEnvironments?.find((each) => each['name'] === decodeURIComponent(name ?? ''))
    const asked = approved(state, sent['approval_rules'])
    if (method === 'POST') {
      const made = { ...sent, approval_rules: asked }
      state.protectedEnvironments?.push(made)
      return { status: 201, body: made }
    }
    if (!there) return undefined
    there['approval_rules'] = [...((there['approval_rules'] ?? []) as Thing[]), ...asked]
    return { status: 200, body: there }
  }
  if (kind === 'variables' && method === 'POST') return createVariable(state, sent)
  const filter = sent['filter'] as Thing | undefined
  const variable = state.variables.find(
    (each) => each['key'] === name && each['environment_scope'] === filter?.['environment_scope'],
  )
  if (variable) {
    const { value, filter: _, ...rest } = sent
    return { status: 200, body: Object.assign(variable, rest, { secret: value }) }
  }
  const group = state.groups.find((each) => each['key'] === name)
  return group ? { status: 200, body: Object.assign(group, sent) } : undefined
}

export interface GitlabFake extends Fake {
  state: GitlabState
}

/** GitLab with one project, `acme/shop`, number 12. */
export const startGitlab = async (): Promise<GitlabFake> => {
  const state = newState()
  const refuse = ({ headers }: SentRequest): Answer | undefined =>
    headers['private-token'] === gitlabToken
      ? undefined
      : { status: 401, body: { message: '401 Unauthorized' } }
  const handle = (request: SentRequest, url: string): Answer | undefined => {
    if (request.method === 'GET') return read(state, request, url)
    if (state.project['archived'] === true) return { status: 403, body: { message: '403 Forbidden' } }
    return write(state, request)
  }
  return Object.assign(await startFake({ contract, refuse, handle }), { state })
}
