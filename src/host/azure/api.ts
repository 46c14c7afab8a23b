import type { IGitApi } from 'azure-devops-node-api/GitApi.js'
import type { WebApi } from 'azure-devops-node-api'
import { stick, type CommentPlace } from '../comment.ts'
import { setValue, type HostContext } from '../context.ts'
import type { CommitStatus, HostApi, HostTools } from '../host.ts'
import { commentRoom, fittingUrl, limits, shortened } from '../limits.ts'
import { azureClient } from './client.ts'

interface Place {
  project: string
  repository: string
  pull: number
}

const placeOf = ({ env }: HostTools, { mergeRequest }: HostContext): Place | undefined => {
  const project = setValue(env['SYSTEM_TEAMPROJECT'])
  const repository = setValue(env['BUILD_REPOSITORY_ID'])
  if (project === undefined || repository === undefined || mergeRequest === undefined) return undefined
  return { project, repository, pull: mergeRequest.number }
}

/** The numbers of CommentType and CommentThreadStatus; importing the enums would load the client. */
const text = 1
/** A pull request may have to wait for its open threads; this one asks nothing of anybody. */
const closed = 4

interface ThreadComment {
  thread: number
  comment: number
}

/** A thread holds one comment of ours and perhaps answers to it. */
const threads = (git: IGitApi, connection: WebApi, place: Place): CommentPlace<ThreadComment> => {
  const { project, repository, pull } = place
  return {
    list: async () => {
      const [me, all] = await Promise.all([connection.connect(), git.getThreads(repository, pull, project)])
      const id = me.authenticatedUser?.id
      return (all ?? [])
        .filter((thread) => thread.isDeleted !== true)
        .flatMap((thread) => (thread.comments ?? []).map((comment) => ({ thread: thread.id, comment })))
        .filter(({ comment }) => comment.isDeleted !== true)
        .flatMap(({ thread, comment }) =>
          thread === undefined || comment.id === undefined
            ? []
            : [
                {
                  id: { thread, comment: comment.id },
                  body: comment.content ?? '',
                  mine: id !== undefined && comment.author?.id?.toLowerCase() === id.toLowerCase(),
                },
              ],
        )
        .toSorted((a, b) => a.id.thread - b.id.thread)
    },
    create: async (content) => {
      const comments = [{ parentCommentId: 0, content, commentType: text }]
      await git.createThread({ comments, status: closed }, repository, pull, project)
    },
    update: async ({ thread, comment }, content) =>
      void (await git.updateComment({ content }, repository, pull, thread, comment, project)),
  }
}

/** The numbers of GitStatusState. */
const states = { pending: 1, success: 2, failed: 3 } as const

/** `brickrail/plan/dev`: the first part is the genre, which keeps the names of different tools apart. */
const setStatus = async (git: IGitApi, place: Place, { name, state, text: said, url }: CommitStatus) => {
  const [genre = '', ...rest] = name.split('/')
  const targetUrl = fittingUrl(url, limits.azure.url)
  const status = {
    state: states[state],
    description: shortened(said, limits.azure.status),
    context: { genre, name: rest.join('/') },
    ...(targetUrl === undefined ? {} : { targetUrl }),
  }
  await git.createPullRequestStatus(status, place.repository, place.pull, place.project)
}

const lazy = <T>(load: () => Promise<T>): (() => Promise<T>) => {
  let loaded: Promise<T> | undefined
  return () => (loaded ??= load())
}

/**
 * The API of Azure Repos in a job of a pull request. Other repositories that Azure Pipelines build (GitHub's) have their pull requests
 * elsewhere, where System.AccessToken is unknown.
 */
export const apiOf = async (
  context: HostContext,
  tools: HostTools,
): Promise<HostApi | { none: string; hint?: string }> => {
  const provider = setValue(tools.env['BUILD_REPOSITORY_PROVIDER'])
  if (provider !== undefined && provider !== 'TfsGit')
    return {
      none: `the repository is not in Azure Repos (${provider})`,
      hint: 'build it on the host that it is on',
    }
  const place = placeOf(tools, context)
  if (place === undefined)
    return {
      none: 'this run is of no pull request',
      hint: 'comments are made by the build validation of a pull request',
    }
  const token = setValue(tools.env['SYSTEM_ACCESSTOKEN'])
  if (token === undefined)
    return {
      none: 'SYSTEM_ACCESSTOKEN is not set',
      hint: 'map it into the step: `env: { SYSTEM_ACCESSTOKEN: $(System.AccessToken) }`',
    }
  const url =
    setValue(tools.env['SYSTEM_COLLECTIONURI']) ?? setValue(tools.env['SYSTEM_TEAMFOUNDATIONCOLLECTIONURI'])
  if (url === undefined)
    return { none: 'SYSTEM_COLLECTIONURI is not set', hint: 'Azure Pipelines set it; do not unset it' }
  const client = await azureClient(url.replace(/\/+$/, ''), token, tools)
  const git = lazy(client.git)
  const head = setValue(tools.env['SYSTEM_PULLREQUEST_SOURCECOMMITID']) ?? context.commit
  return {
    commentLimit: commentRoom('azure'),
    ...(head === undefined ? {} : { head }),
    comment: async (key, markdown) =>
      await stick(threads(await git(), client.connection, place), key, markdown),
    status: async (status) => await setStatus(await git(), place, status),
  }
}
