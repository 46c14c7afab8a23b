import { readFile } from 'node:fs/promises'
import { stick, type CommentPlace } from '../comment.ts'
import { setValue, type HostContext } from '../context.ts'
import { statusOf, unwrapped } from '../failures.ts'
import type { CommitStatus, HostApi, HostTools } from '../host.ts'
import { commentRoom, fittingUrl, limits, shortened } from '../limits.ts'
import { githubClient } from './client.ts'

type Client = Awaited<ReturnType<typeof githubClient>>

interface Place {
  owner: string
  repo: string
  pull: number
  /** Head of the pull request's branch: GITHUB_SHA is a merge commit that nobody sees. */
  sha: string
}

interface PullEvent {
  pull_request?: { number?: unknown; head?: { sha?: unknown } }
}

/** https://docs.github.com/webhooks/webhook-events-and-payloads#pull_request */
const readEvent = async (path: string | undefined): Promise<PullEvent> => {
  if (path === undefined) return {}
  try {
    const event: unknown = JSON.parse(await readFile(path, 'utf8'))
    return typeof event === 'object' && event !== null ? event : {}
  } catch {
    return {}
  }
}

const placeOf = async (
  { env }: HostTools,
  { commit, mergeRequest }: HostContext,
): Promise<Place | undefined> => {
  const [owner, repo] = (setValue(env['GITHUB_REPOSITORY']) ?? '').split('/')
  if (!owner || !repo || mergeRequest === undefined) return undefined
  const event = await readEvent(setValue(env['GITHUB_EVENT_PATH']))
  const head = event.pull_request?.head?.sha
  const sha = typeof head === 'string' && /^[\da-f]{40,64}$/.test(head) ? head : commit
  return sha === undefined ? undefined : { owner, repo, pull: mergeRequest.number, sha }
}

type IsMine = (user: { login: string; type: string } | null) => boolean

/**
 * Whoever may write to the repository may edit anybody's comment, so whose it is must be known. GITHUB_TOKEN is of an app and may not
 * ask who it is («Resource not accessible by integration»); its comments are a bot's, which no person can be.
 */
const whose = async (client: Client, token: string): Promise<IsMine> => {
  const isBot: IsMine = (user) => user?.type === 'Bot'
  if (token.startsWith('ghs_')) return isBot
  try {
    const { login } = (await unwrapped(client.users.getAuthenticated())).data
    return (user) => user?.login === login
  } catch (error) {
    if ([403, 404].includes(statusOf(error) ?? 0)) return isBot
    throw error
  }
}

const comments = (client: Client, { owner, repo, pull }: Place, token: string): CommentPlace<number> => ({
  list: async () => {
    const at = { owner, repo, issue_number: pull, per_page: 100 }
    const [isMine, all] = await Promise.all([
      whose(client, token),
      unwrapped(client.paginate(client.issues.listComments, at)),
    ])
    return all.map(({ id, body, user }) => ({ id, body: body ?? '', mine: isMine(user) }))
  },
  create: async (body) =>
    void (await unwrapped(client.issues.createComment({ owner, repo, issue_number: pull, body }))),
  update: async (id, body) =>
    void (await unwrapped(client.issues.updateComment({ owner, repo, comment_id: id, body }))),
})

const states = { pending: 'pending', success: 'success', failed: 'failure' } as const

const setStatus = async (client: Client, place: Place, { name, state, text, url }: CommitStatus) => {
  const { owner, repo, sha } = place
  const target = fittingUrl(url, limits.github.url)
  const description = shortened(text, limits.github.status)
  const status = { owner, repo, sha, state: states[state], context: name, description }
  await unwrapped(
    client.repos.createCommitStatus({ ...status, ...(target === undefined ? {} : { target_url: target }) }),
  )
}

/** GitHub's API in a job of a pull request, with the token of the job. */
export const apiOf = async (
  context: HostContext,
  tools: HostTools,
): Promise<HostApi | { none: string; hint?: string }> => {
  const place = await placeOf(tools, context)
  if (place === undefined)
    return { none: 'this run is of no pull request', hint: 'comments are made on `pull_request` events only' }
  const token = setValue(tools.env['GITHUB_TOKEN'])
  if (token === undefined)
    return {
      none: 'GITHUB_TOKEN is not set',
      hint: 'give the step `env: { GITHUB_TOKEN: ${{ github.token }} }` and the job `permissions: { pull-requests: write, statuses: write }`',
    }
  const url = setValue(tools.env['GITHUB_API_URL']) ?? 'https://api.github.com'
  const client = await githubClient(url, token, tools)
  return {
    commentLimit: commentRoom('github'),
    head: place.sha,
    comment: async (key, markdown) => await stick(comments(client, place, token), key, markdown),
    status: async (status) => await setStatus(client, place, status),
  }
}
