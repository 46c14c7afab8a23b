import { azureContract, type SentRequest } from '../../support/openapi.ts'
import { startFake, type Answer, type Fake } from './server.ts'

export interface AzureComment {
  id: number
  content?: string
  author: { id: string; displayName: string }
  isDeleted?: boolean
  commentType: unknown
}

export interface AzureThread {
  id: number
  status: unknown
  comments: AzureComment[]
  isDeleted?: boolean
}

/** https://learn.microsoft.com/rest/api/azure/devops/build/timeline/get, as far as it is read. */
export interface AzureRecord {
  id: string
  parentId?: string
  type: 'Stage' | 'Phase' | 'Job' | 'Checkpoint' | 'Checkpoint.Approval'
  state?: 'inProgress' | 'completed'
}

/** https://learn.microsoft.com/rest/api/azure/devops/approvalsandchecks/approvals/query */
export interface AzureApproval {
  id: string
  steps: {
    status: string
    actualApprover?: { uniqueName: string }
    lastModifiedOn: string
  }[]
}

export interface AzureFake extends Fake {
  /** Of build 44. */
  records: AzureRecord[]
  approvals: AzureApproval[]
  threads: AzureThread[]
  statuses: Record<string, unknown>[]
  /** Queries of the calls for a token of the job. */
  tokenQueries: string[]
  plant(content: string, author?: AzureComment['author']): AzureThread
}

export const azureToken = 'eyJfake.azureJobToken.signature00001'
export const buildService = {
  id: 'b1d0c0de-0000-4000-8000-000000000001',
  displayName: 'shop Build Service (acme)',
}
export const azureStranger = { id: 'baddad00-0000-4000-8000-000000000002', displayName: 'Mallory' }
export const oidcJwt = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJwOi8vYWNtZSJ9.c2lnbmF0dXJl'

const resource = (id: string, area: string, resourceName: string, routeTemplate: string) => ({
  id,
  area,
  resourceName,
  routeTemplate,
  resourceVersion: 1,
  minVersion: '1.0',
  maxVersion: '7.1',
  releasedVersion: '7.1',
})

const pull = '{project}/_apis/{area}/repositories/{repositoryId}/pullRequests/{pullRequestId}'

/** By area; the ids are those that azure-devops-node-api asks for (`getVersioningData` in its sources). */
export const locations: Record<string, ReturnType<typeof resource>[]> = {
  Location: [
    resource(
      'e81700f7-3be2-46de-8624-2eb35882fcaa',
      'Location',
      'ResourceAreas',
      '_apis/{resource}/{areaId}',
    ),
  ],
  git: [
    resource(
      'ab6e2e5d-a0b7-4153-b64a-a4efe0d49449',
      'git',
      'pullRequestThreads',
      `${pull}/threads/{threadId}`,
    ),
    resource(
      '965a3ec7-5ed8-455a-bdcb-835a5ea7fe7b',
      'git',
      'pullRequestThreadComments',
      `${pull}/threads/{threadId}/comments/{commentId}`,
    ),
    resource(
      'b5f6bb4f-8d1e-4d79-8d11-4c9172c99c35',
      'git',
      'pullRequestStatuses',
      `${pull}/statuses/{statusId}`,
    ),
  ],
}

const noRight: Answer = {
  status: 404,
  body: {
    message:
      'TF401019: The Git repository with name or identifier other does not exist or you do not have permissions for the operation you are attempting.',
    typeKey: 'GitRepositoryNotFoundException',
  },
}

/**
 * Azure DevOps with the collection `acme`, its project `web shop`, one repository and its pull request 7.
 * @param under path of a server of one's own (`/tfs`), which tells no places of its areas
 */
export const startAzure = async (under = ''): Promise<AzureFake> => {
  const threads: AzureThread[] = []
  const statuses: Record<string, unknown>[] = []
  const tokenQueries: string[] = []
  const [records, approvals]: [AzureRecord[], AzureApproval[]] = [[], []]
  const plant = (content: string, author = buildService): AzureThread => {
    const comment = { id: 1, content, author, commentType: 'text' }
    const thread = { id: 100 + threads.length, status: 'active', comments: [comment] }
    threads.push(thread)
    return thread
  }
  const create = (body: unknown): Answer => {
    const { comments, status } = body as { comments: { content: string }[]; status: unknown }
    const thread = plant(comments[0]?.content ?? '')
    thread.status = status
    return { status: 200, body: thread }
  }
  const edit = (path: string, body: unknown): Answer | undefined => {
    const [, thread, comment] = /\/threads\/(\d+)\/comments\/(\d+)$/.exec(path) ?? []
    const found = threads
      .find(({ id }) => String(id) === thread)
      ?.comments.find(({ id, isDeleted }) => String(id) === comment && isDeleted !== true)
    if (!found) return { status: 404, body: { message: 'TF401186: The thread does not exist' } }
    if (found.author.id !== buildService.id)
      return { status: 403, body: { message: 'TF401027: not your comment' } }
    return { status: 200, body: Object.assign(found, { content: (body as AzureComment).content }) }
  }
  const handle = ({ method, path, body, query }: SentRequest, base: string): Answer | undefined => {
    const area = /^\/acme\/_apis\/(\w+)$/.exec(path)?.[1]
    if (method === 'OPTIONS') return { status: 200, body: { count: 1, value: locations[area ?? ''] ?? [] } }
    if (path === '/acme/_apis/ResourceAreas') {
      if (under !== '') return { status: 200, body: { count: 0, value: null } }
      const git = { id: '4e080c62-fa21-4fbc-8fef-2a10a2b38049', name: 'git', locationUrl: `${base}/acme/` }
      return { status: 200, body: { count: 1, value: [git] } }
    }
    if (path === '/acme/_apis/connectionData')
      return {
        status: 200,
        body: { authenticatedUser: { id: buildService.id, providerDisplayName: buildService.displayName } },
      }
    if (path.endsWith('/oidctoken')) {
      tokenQueries.push(query.toString())
      return { status: 200, body: { oidcToken: oidcJwt } }
    }
    if (path === '/acme/web%20shop/_apis/build/builds/44/timeline') return { status: 200, body: { records } }
    if (path === '/acme/web%20shop/_apis/pipelines/approvals') {
      const ids = (query.get('approvalIds') ?? '').split(',')
      const value = approvals.filter(({ id }) => ids.includes(id))
      return { status: 200, body: { count: value.length, value } }
    }
    const rest = /^\/acme\/web%20shop\/_apis\/git\/repositories\/repo-1\/pullRequests\/7(\/.*)$/i.exec(
      path,
    )?.[1]
    if (rest === undefined) return noRight
    if (rest === '/threads')
      return method === 'GET'
        ? { status: 200, body: { count: threads.length, value: threads } }
        : create(body)
    if (rest === '/statuses') {
      statuses.push(body as Record<string, unknown>)
      return { status: 200, body: { id: statuses.length } }
    }
    return method === 'PATCH' ? edit(rest, body) : undefined
  }
  const refuse = ({ headers }: SentRequest): Answer | undefined =>
    headers['authorization'] === `Bearer ${azureToken}`
      ? undefined
      : {
          status: 203,
          body: '<!DOCTYPE html><html><head><title>Azure DevOps Services | Sign In</title></head></html>',
        }
  const fake = await startFake({ contract: azureContract(), refuse, handle, under })
  return Object.assign(fake, { threads, statuses, tokenQueries, plant, records, approvals })
}
