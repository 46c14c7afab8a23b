import type { Octokit } from '@octokit/rest'
import { Fail } from '../../../errors.ts'
import type { BootstrapOptions } from '../../bootstrap.ts'
import { ask } from '../../bootstrap-ask.ts'
import { setValue } from '../../context.ts'
import { statusOf, type Dialect } from '../../failures.ts'
import type { HostTools } from '../../host.ts'
import { asFetch, createSend } from '../../send.ts'
import { silent } from '../client.ts'

/** Of GET /repos/{owner}/{repo}: https://docs.github.com/rest/repos/repos#get-a-repository */
export interface RepositoryInfo {
  id: number
  full_name: string
  html_url: string
  archived: boolean
  default_branch: string
  private: boolean
  permissions?: { admin?: boolean }
}

/** A repository that can be asked about. */
export interface Github {
  api: Octokit['rest']
  /** All pages of a list. */
  paginate: Octokit['paginate']
  /** `{owner, repo}` of every request. */
  at: { owner: string; repo: string }
  repository: RepositoryInfo
}

const apiOf = (url: string): string => {
  const { protocol, host } = new URL(url)
  if (host === 'github.com' || host === 'api.github.com') return 'https://api.github.com'
  if (host.endsWith('.ghe.com')) return `${protocol}//api.${host.replace(/^api\./, '')}`
  return `${url}/api/v3`
}

const rights =
  'a fine-grained token with write access to Administration, Environments, Secrets and Variables and read access to Actions and Contents of the repository, or a classic one with the scope `repo`, of an admin of the repository'

const fineGrained = (permission: string, access: 'read' | 'write'): string =>
  `«${permission}: ${access}» (fine-grained) or the scope \`repo\` (classic)`

const adminOnly = (permission: string, access: 'read' | 'write'): string =>
  `${fineGrained(permission, access)}, or its owner is no admin of the repository`

/** What may be read with less than what writes. */
const either = (path: string, permission: string): Dialect['rights'] => [
  [new RegExp(`^GET .*${path}`), fineGrained(permission, 'read')],
  [new RegExp(path), adminOnly(permission, 'write')],
]

/** https://docs.github.com/rest/authentication/permissions-required-for-fine-grained-personal-access-tokens */
const dialect = (url: string): Dialect => ({
  host: 'GitHub',
  url,
  token: `set GITHUB_TOKEN to ${rights}`,
  rights: [
    ...either('/environments/[^/]+/(secrets|variables)', 'Environments'),
    ...either('/actions/secrets', 'Secrets'),
    ...either('/actions/variables', 'Variables'),
    // Environments themselves, their branch policies, and the subject of OIDC tokens.
    [/^GET .*\/(environments|actions\/oidc)/, fineGrained('Actions', 'read')],
    [/^GET .*\/rules\/branches\//, fineGrained('Metadata', 'read')],
    [/^GET .*\/branches\/[^/]+\/protection/, adminOnly('Administration', 'read')],
    [/^GET .*\/branches\//, fineGrained('Contents', 'read')],
    [/\/(environments|branches)\//, adminOnly('Administration', 'write')],
    [/\/(orgs|users)\//, '«Members: read» of the organization, or the scope `read:org`'],
  ],
  known: [
    [/bad credentials/i, `GITHUB_TOKEN is expired, revoked or of another server: make a new one, ${rights}`],
    [
      /SAML|single sign-on/i,
      'authorize the token for the organization: Settings, Developer settings, Configure SSO',
    ],
    [
      /upgrade to|billing plan/i,
      'GitHub has this for public repositories, and for private ones with Pro, Team or Enterprise',
    ],
  ],
})

const tokenOf = ({ env, onSecret }: HostTools): string => {
  const token = setValue(env['GITHUB_TOKEN']) ?? setValue(env['GH_TOKEN'])
  if (token === undefined) {
    const tried = 'neither GITHUB_TOKEN nor GH_TOKEN is set'
    throw new Fail('CREDENTIALS_MISSING', { host: 'GitHub', tried, hint: `set GITHUB_TOKEN to ${rights}` })
  }
  onSecret(token)
  return token
}

const addressOf = (repository: string): { owner: string; repo: string } => {
  const [owner, repo, ...more] = repository.split('/')
  if (owner && repo && more.length === 0) return { owner, repo }
  const hint = 'give --repository owner/repository'
  throw new Fail('USAGE', { what: `«${repository}» is no repository of GitHub`, hint })
}

const notFound = (repository: string): Fail =>
  new Fail('USAGE', {
    what: `there is no repository ${repository} on GitHub that this token can see`,
    hint: 'check --repository (owner/repository) and --url; a fine-grained token must name the repository',
  })

/** Octokit's pages end with a look at the answer's address, which a Response that was made by hand has not. */
const withUrl =
  (fetch: typeof globalThis.fetch): typeof globalThis.fetch =>
  async (input, init) => {
    const url = input instanceof Request ? input.url : String(input)
    return Object.defineProperty(await fetch(input, init), 'url', { value: url })
  }

/** @throws Fail CREDENTIALS_MISSING, CI_DENIED, CI_REFUSED, CI_UNREACHABLE, USAGE (no such repository, archived) */
export const connect = async (options: BootstrapOptions, tools: HostTools): Promise<Github> => {
  const at = addressOf(options.repository)
  const url = (options.url ?? 'https://github.com').replace(/\/+$/, '')
  const auth = tokenOf(tools)
  const { Octokit: Client } = await import('@octokit/rest')
  const baseUrl = apiOf(url)
  const fetch = withUrl(asFetch(createSend(dialect(baseUrl), tools)))
  const octokit = new Client({ baseUrl, auth, request: { fetch }, log: silent, userAgent: 'brickrail' })
  const { data: repository } = await ask(`to read ${options.repository}`, () =>
    octokit.rest.repos.get(at),
  ).catch((error: unknown) => {
    throw statusOf(error) === 404 ? notFound(options.repository) : error
  })
  if (repository.archived) {
    const hint = 'an admin can unarchive it: Settings > General > Danger Zone'
    const what = `${repository.full_name} is archived: nothing can be set up in it`
    throw new Fail('USAGE', { what, hint })
  }
  return { api: octokit.rest, paginate: octokit.paginate, at, repository }
}
