import { githubContract, type SentRequest } from '../../support/openapi.ts'
import { page, startFake, type Answer, type Fake } from '../fakes/server.ts'
import { body, specOf, types, withAdditions } from './contract.ts'

const { text } = types
const repo = '/repos/{owner}/{repo}'
const environment = `${repo}/environments/{environment_name}`
const list = ['per_page', 'page']

/** What the trimmed official description lacks, after docs.github.com/rest. */
const contract = withAdditions(
  githubContract(),
  specOf({
    [`GET ${repo}`]: {},
    [`GET ${repo}/branches/{branch}`]: {},
    [`GET ${repo}/branches/{branch}/protection`]: {},
    [`POST ${repo}/branches/{branch}/protection/required_status_checks/contexts`]: {
      // Also `{contexts: […]}`; octokit sends the list.
      body: { required: true, content: { 'application/json': { schema: { type: 'array', items: text } } } },
    },
    [`GET ${repo}/rules/branches/{branch}`]: { query: list },
    [`GET ${environment}`]: {},
    [`GET ${environment}/deployment-branch-policies`]: { query: list },
    [`GET ${repo}/actions/secrets`]: { query: list },
    [`GET ${repo}/actions/variables`]: { query: list },
    [`GET ${environment}/secrets`]: { query: list },
    [`GET ${environment}/variables`]: { query: list },
    [`POST ${environment}/variables`]: { body: body({ name: text, value: text }, ['name', 'value']) },
    [`PATCH ${environment}/variables/{name}`]: { body: body({ name: text, value: text }) },
    [`GET ${repo}/actions/oidc/customization/sub`]: {},
    'GET /users/{username}': {},
    'GET /orgs/{org}/teams/{team_slug}': {},
  }),
)

type Thing = Record<string, unknown>

export interface GithubEnvironment {
  name: string
  protection_rules: Thing[]
  deployment_branch_policy: Thing | null
  branches: string[]
  /** Patterns. */
  tags?: string[]
}

interface Shelf {
  secrets: Map<string, string>
  variables: Map<string, string>
}

/** A repository on GitHub, as far as bootstrap sees it. */
export interface GithubState {
  repository: Thing
  environments: GithubEnvironment[]
  /** By environment; '' is the repository itself. */
  shelves: Map<string, Shelf>
  /** Base64. */
  publicKey: string
  protection: Thing | undefined
  rules: Thing[]
  branches: string[]
  users: { login: string; id: number; type: 'User' | 'Organization' }[]
  teams: { slug: string; id: number }[]
  template: Thing | undefined
}

export const githubToken = 'ghp_owner00000000000000000000000000000001'

const newState = (): GithubState => ({
  repository: {
    id: 1,
    full_name: 'acme/shop',
    html_url: 'https://github.test/acme/shop',
    archived: false,
    default_branch: 'master',
    private: false,
  },
  environments: [],
  shelves: new Map(),
  publicKey: '',
  protection: undefined,
  rules: [],
  branches: ['master'],
  users: [
    { login: 'alice', id: 31, type: 'User' },
    { login: 'acme', id: 32, type: 'Organization' },
  ],
  teams: [{ slug: 'ops', id: 41 }],
  template: { use_default: true, use_immutable_subject: true, sub_claim_prefix: 'repo:acme@7/shop@8' },
})

const ok = (answer: unknown, status = 200): Answer => ({ status, body: answer })
const notFound = (message = 'Not Found'): Answer => ({ status: 404, body: { message, status: '404' } })

const shelfOf = (state: GithubState, name: string): Shelf => {
  const there = state.shelves.get(name) ?? { secrets: new Map(), variables: new Map() }
  state.shelves.set(name, there)
  return there
}

const environmentOf = (state: GithubState, name: string, sent: Thing): GithubEnvironment => {
  const there = state.environments.find((each) => each.name === name)
  const reviewers = (sent['reviewers'] ?? []) as { type: string; id: number }[]
  const policy = (sent['deployment_branch_policy'] ?? null) as Thing | null
  const next: GithubEnvironment = {
    name,
    deployment_branch_policy: policy,
    branches: policy?.['custom_branch_policies'] === true ? (there?.branches ?? []) : [],
    tags: policy?.['custom_branch_policies'] === true ? (there?.tags ?? []) : [],
    protection_rules: [
      ...(Number(sent['wait_timer']) > 0 ? [{ type: 'wait_timer', wait_timer: sent['wait_timer'] }] : []),
      ...(reviewers.length > 0
        ? [
            {
              type: 'required_reviewers',
              prevent_self_review: sent['prevent_self_review'],
              reviewers: reviewers.map(({ type, id }) => ({ type, reviewer: { id } })),
            },
          ]
        : []),
    ],
  }
  state.environments = [...state.environments.filter((each) => each !== there), next]
  return next
}

const environments = (
  state: GithubState,
  request: SentRequest,
  rest: string,
  base: string,
): Answer | undefined => {
  const [name = '', more = ''] = rest.split(/\/(.*)/s).map((part) => decodeURIComponent(part))
  const there = state.environments.find((each) => each.name === name)
  if (more === '' && request.method === 'PUT') return ok(environmentOf(state, name, request.body as Thing))
  if (!there) return notFound()
  if (more === '') return ok(there)
  if (more !== 'deployment-branch-policies') return shelf(state, request, name, more, base)
  if (request.method === 'GET')
    return ok({
      branch_policies: [
        // Those of branches once came without a type.
        ...there.branches.map((branch) => ({ name: branch })),
        ...(there.tags ?? []).map((tag) => ({ name: tag, type: 'tag' })),
      ],
    })
  if (there.deployment_branch_policy?.['custom_branch_policies'] !== true) return notFound()
  const { name: pattern, type } = request.body as Record<string, string>
  there.tags ??= []
  ;(type === 'tag' ? there.tags : there.branches).push(pattern ?? '')
  return ok({})
}

/** A page of a list, as GitHub wraps it. */
const paged = (
  request: SentRequest,
  base: string,
  key: string,
  all: readonly Thing[],
  most: number,
): Answer => {
  const { items, headers } = page(request, base, all, most)
  return { status: 200, body: { total_count: all.length, [key]: items }, headers }
}

const shelf = (
  state: GithubState,
  request: SentRequest,
  scope: string,
  rest: string,
  base: string,
): Answer | undefined => {
  const { secrets, variables } = shelfOf(state, scope)
  const [kind, name = ''] = rest.split('/')
  const sent = (request.body ?? {}) as Record<string, string>
  if (rest === 'secrets/public-key') return ok({ key_id: '99', key: state.publicKey })
  if (rest === 'secrets')
    return paged(
      request,
      base,
      'secrets',
      [...secrets.keys()].map((each) => ({ name: each })),
      100,
    )
  if (kind === 'secrets') {
    secrets.set(name, sent['encrypted_value'] ?? '')
    return { status: 201, body: {} }
  }
  if (kind !== 'variables') return undefined
  if (request.method === 'GET')
    return paged(
      request,
      base,
      'variables',
      [...variables].map(([key, value]) => ({ name: key, value })),
      30,
    )
  const key = request.method === 'POST' ? (sent['name'] ?? '') : name
  if (request.method === 'POST' && variables.has(key))
    return { status: 409, body: { message: `Already exists - Variable already exists ${key}` } }
  variables.set(key, sent['value'] ?? '')
  return request.method === 'POST' ? { status: 201, body: {} } : { status: 204 }
}

const checksOf = (protection: Thing | undefined): Thing | undefined =>
  protection?.['required_status_checks'] as Thing | undefined

/** PUT's words for what GET shows in another form. */
const asRead = (sent: Thing): Thing =>
  Object.fromEntries(
    Object.entries(sent).flatMap(([key, value]) => {
      if (value === null) return []
      return [[key, typeof value === 'boolean' ? { enabled: value } : value]]
    }),
  )

const branches = (state: GithubState, { method, body: sent }: SentRequest, rest: string): Answer => {
  const [branch = '', more = ''] = rest.split(/\/(.*)/s)
  if (!state.branches.includes(branch)) return notFound('Branch not found')
  if (more === '') return ok({ name: branch })
  if (more === 'protection' && method === 'PUT') {
    state.protection = asRead(sent as Thing)
    return ok(state.protection)
  }
  if (!state.protection) return notFound('Branch not protected')
  if (more === 'protection') return ok(state.protection)
  const checks = checksOf(state.protection)
  if (!checks) return notFound('Required status checks not enabled')
  const added = sent as string[]
  checks['contexts'] = [...(checks['contexts'] as string[]), ...added]
  return ok(checks['contexts'])
}

const handle = (state: GithubState, request: SentRequest, base: string): Answer | undefined => {
  const { path } = request
  const user = state.users.find(({ login }) => path === `/users/${login}`)
  if (user) return ok(user)
  const team = state.teams.find(({ slug }) => path === `/orgs/acme/teams/${slug}`)
  if (team) return ok(team)
  if (!path.startsWith('/repos/acme/shop')) return notFound()
  const rest = path.slice('/repos/acme/shop/'.length)
  if (rest === '') return ok(state.repository)
  if (rest === 'actions/oidc/customization/sub') return state.template ? ok(state.template) : notFound()
  if (rest.startsWith('rules/branches/')) return ok(state.rules)
  if (rest.startsWith('environments/')) return environments(state, request, rest.slice(13), base)
  if (rest.startsWith('branches/')) return branches(state, request, rest.slice(9))
  return rest.startsWith('actions/') ? shelf(state, request, '', rest.slice(8), base) : undefined
}

export interface GithubFake extends Fake {
  state: GithubState
}

/** A GitHub server of one's own (its API is at /api/v3) with one repository, `acme/shop`. */
export const startGithub = async (): Promise<Opening> => {
  const state = newState()
  const { default: sodium } = await import('libsodium-wrappers')
  await sodium.ready
  const pair = sodium.crypto_box_keypair()
  state.publicKey = sodium.to_base64(pair.publicKey, sodium.base64_variants.ORIGINAL)
  const open = (sealed: string): string =>
    sodium.to_string(
      sodium.crypto_box_seal_open(
        sodium.from_base64(sealed, sodium.base64_variants.ORIGINAL),
        pair.publicKey,
        pair.privateKey,
      ),
    )
  const refuse = ({ headers }: SentRequest): Answer | undefined =>
    headers['authorization'] === `token ${githubToken}`
      ? undefined
      : { status: 401, body: { message: 'Bad credentials', status: '401' } }
  const fake = await startFake({
    contract,
    refuse,
    under: '/api/v3',
    handle: (request, base) => handle(state, request, base),
  })
  const url = fake.url.replace(/\/api\/v3$/, '')
  return Object.assign(fake, { state, url, open })
}

/** What only GitHub can do: read a secret. */
export type Opening = GithubFake & { open(sealed: string): string }
