import { Fail } from '../../../errors.ts'
import type { BootstrapOptions } from '../../bootstrap.ts'
import { ask, orNothing } from '../../bootstrap-ask.ts'
import { setValue } from '../../context.ts'
import { refused, statusOf, type Dialect } from '../../failures.ts'
import type { HostTools } from '../../host.ts'
import { createSend } from '../../send.ts'

/** Of GET …/_apis/git/repositories/{name} */
interface RepositoryInfo {
  id: string
  name: string
  defaultBranch?: string
  isDisabled?: boolean
  project: { id: string; name: string; state?: string }
}

type Query = Readonly<Record<string, string>>

/** A project of an organization that can be asked about. `path` begins after the organization. */
export interface Azure {
  get: <T>(what: string, path: string, query?: Query) => Promise<T>
  post: <T>(what: string, path: string, body: unknown, query?: Query) => Promise<T>
  put: <T>(what: string, path: string, body: unknown, query?: Query) => Promise<T>
  patch: <T>(what: string, path: string, body: unknown, query?: Query) => Promise<T>
  /** `/<project>`, as a part of paths. */
  project: string
  /** Of the organization, for people. */
  url: string
  organization: string
  /** GUID of the organization: its OIDC issuer ends with it. */
  organizationId: string | undefined
  repository: RepositoryInfo
}

const need =
  'a personal access token of a project administrator, with the scopes Build, Code, Environment, Pipeline Resources and Variable Groups (manage), and Agent Pools, Identity and Service Connections (read)'

/** A personal access token is a password without a user; that of a job is a bearer token. */
const authorizationOf = ({ env, onSecret }: HostTools): string => {
  const pat = setValue(env['AZURE_DEVOPS_EXT_PAT'])
  const token = pat ?? setValue(env['SYSTEM_ACCESSTOKEN'])
  if (token === undefined) {
    const tried = 'neither AZURE_DEVOPS_EXT_PAT nor SYSTEM_ACCESSTOKEN is set'
    const hint = `set AZURE_DEVOPS_EXT_PAT to ${need}`
    throw new Fail('CREDENTIALS_MISSING', { host: 'Azure DevOps', tried, hint })
  }
  onSecret(token)
  if (pat === undefined) return `Bearer ${token}`
  const basic = Buffer.from(`:${token}`).toString('base64')
  onSecret(basic)
  return `Basic ${basic}`
}

/** https://learn.microsoft.com/azure/devops/integrate/get-started/authentication/oauth#available-scopes */
const dialect = (url: string): Dialect => ({
  host: 'Azure DevOps',
  url,
  token: `make ${need} in User settings, Personal access tokens`,
  rights: [
    [/variablegroups/, 'the scope «Variable Groups (Read, create, & manage)»'],
    [/distributedtask\/environments/, 'the scope «Environment (Read & manage)»'],
    [/distributedtask\/queues/, 'the scope «Agent Pools (Read)»'],
    [/pipelines\/(checks|pipelinepermissions)/, 'the scope «Pipeline Resources (Use and manage)»'],
    [/_apis\/build/, 'the scope «Build (Read & execute)»'],
    [/_apis\/(policy|git)/, 'the scope «Code (Read & write)»'],
    [/serviceendpoint/, 'the scope «Service Connections (Read & query)»'],
    [/_apis\/identities/, 'the scope «Identity (Read)»'],
  ],
  known: [[/has expired/i, `AZURE_DEVOPS_EXT_PAT has expired: make ${need}`]],
})

/**
 * Azure DevOps says 401 of a token that lacks a scope, as of one that is not valid: once it has proved to be valid, it is
 * the scope.
 */
const asLacking = (error: unknown, scopes: Dialect, method: string, path: string): unknown => {
  if (!(error instanceof Fail) || statusOf(error) !== 401) return error
  return refused(scopes, { method, path, status: 403, message: String(error.context['message']) })
}

const caller = (base: string, tools: HostTools) => {
  const scopes = dialect(base)
  const send = createSend(scopes, tools)
  const authorization = authorizationOf(tools)
  let valid = false
  const call =
    (method: string) =>
    async <T>(what: string, path: string, body: unknown, query: Query = {}): Promise<T> =>
      await ask(what, async () => {
        const search = new URLSearchParams(query).toString()
        const url = `${path.startsWith('https:') ? '' : base}${path}${search === '' ? '' : `?${search}`}`
        const headers = {
          accept: 'application/json',
          authorization,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        }
        try {
          const answer = await send(url, {
            method,
            headers,
            ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          })
          valid = true
          return (await answer.json()) as T
        } catch (error) {
          throw valid ? asLacking(error, scopes, method, path) : error
        }
      })
  const get = call('GET')
  return {
    get: <T>(what: string, path: string, query?: Query) => get<T>(what, path, undefined, query),
    post: call('POST'),
    put: call('PUT'),
    patch: call('PATCH'),
  }
}

const addressOf = (address: string): [organization: string, project: string, repository: string] => {
  const [organization, project, repository, ...more] = address.split('/')
  if (organization && project && repository && more.length === 0) return [organization, project, repository]
  const hint = 'give --repository organization/project/repository'
  throw new Fail('USAGE', { what: `«${address}» is no repository of Azure Repos`, hint })
}

const usable = (repository: RepositoryInfo | undefined, address: string): RepositoryInfo => {
  if (repository && repository.isDisabled !== true) return repository
  const what = repository
    ? `${address} is disabled: nothing can be set up for it`
    : `there is no repository ${address} on Azure DevOps that this token can see`
  const hint = repository
    ? 'a project administrator can enable it: Project settings > Repositories'
    : 'check --repository (organization/project/repository) and --url, and that the token is for this organization'
  throw new Fail('USAGE', { what, hint })
}

/** @throws Fail CREDENTIALS_MISSING, CI_DENIED, CI_REFUSED, CI_UNREACHABLE, USAGE (no such repository, disabled) */
export const connect = async (options: BootstrapOptions, tools: HostTools): Promise<Azure> => {
  const [organization, project, name] = addressOf(options.repository)
  const root = (options.url ?? 'https://dev.azure.com').replace(/\/+$/, '')
  const base = `${root}/${encodeURIComponent(organization)}`
  const calls = caller(base, tools)
  // Takes no scope: it tells whether the token is valid at all.
  const { instanceId } = await calls.get<{ instanceId?: string }>('to sign in', '/_apis/connectionData')
  const at = `/${encodeURIComponent(project)}`
  const repository = await orNothing(() =>
    calls.get<RepositoryInfo>(
      `to read ${options.repository}`,
      `${at}/_apis/git/repositories/${encodeURIComponent(name)}`,
      { 'api-version': '7.1' },
    ),
  )
  return {
    ...calls,
    project: at,
    url: base,
    organization,
    organizationId: instanceId,
    repository: usable(repository, options.repository),
  }
}
