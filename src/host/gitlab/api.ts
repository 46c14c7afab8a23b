import { Fail } from '../../errors.ts'
import { stick, type CommentPlace } from '../comment.ts'
import { setValue, type HostContext } from '../context.ts'
import { statusOf } from '../failures.ts'
import type { CommitStatus, HostApi, HostTools } from '../host.ts'
import { commentRoom, fittingUrl, limits, shortened } from '../limits.ts'
import { gitlabClient, serverOf } from './client.ts'

type Client = Awaited<ReturnType<typeof gitlabClient>>

interface Place {
  project: number
  request: number
  /** Of the pipeline: in merged-results pipelines not the head of the source branch. */
  sha: string
  pipeline: number | undefined
}

const none = (why: string, hint: string) => ({ none: why, hint })

const numberOf = (value: string | undefined): number | undefined =>
  value !== undefined && /^\d+$/.test(value) ? Number(value) : undefined

const placeOf = ({ env }: HostTools, { commit, mergeRequest }: HostContext): Place | undefined => {
  const project = numberOf(setValue(env['CI_PROJECT_ID']))
  const request = mergeRequest?.number
  if (project === undefined || request === undefined || commit === undefined) return undefined
  return { project, request, sha: commit, pipeline: numberOf(setValue(env['CI_PIPELINE_ID'])) }
}

/** Maintainers may edit anybody's note, so whose it is must be known. */
const notes = (client: Client, { project, request }: Place): CommentPlace<number> => ({
  list: async () => {
    const [me, all] = await Promise.all([
      client.Users.showCurrentUser(),
      client.MergeRequestNotes.all(project, request, { perPage: 100, sort: 'asc', orderBy: 'created_at' }),
    ])
    return all
      .filter(({ system }) => !system)
      .map(({ id, body, author }) => ({ id, body, mine: author.id === me.id }))
  },
  create: async (body) => void (await client.MergeRequestNotes.create(project, request, body)),
  update: async (id, body) => void (await client.MergeRequestNotes.edit(project, request, id, { body })),
})

/** A job that is run again finds its own status: «Cannot transition status via :success from :success». */
const isSameState = (error: unknown): boolean =>
  error instanceof Fail &&
  statusOf(error) === 400 &&
  /cannot transition status/i.test(String(error.context['message']))

const setStatus = async (client: Client, place: Place, { name, state, text, url }: CommitStatus) => {
  const { comment: _, ...most } = limits.gitlab
  const targetUrl = fittingUrl(url, most.url)
  try {
    await client.Commits.editStatus(place.project, place.sha, state, {
      name,
      description: shortened(text, most.status),
      ...(targetUrl === undefined ? {} : { targetUrl }),
      ...(place.pipeline === undefined ? {} : { pipelineId: place.pipeline }),
    })
  } catch (error) {
    if (!isSameState(error)) throw error
  }
}

/** A bare «403 Forbidden» is all that an archived project says of itself. */
const explaining =
  (client: Client, { project }: Place) =>
  async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof Fail) || statusOf(error) !== 403) throw error
      const { archived } = await client.Projects.show(project).catch(() => ({ archived: false }))
      if (!archived) throw error
      const hint = 'unarchive it: Settings, General, Advanced'
      throw new Fail(
        'CI_DENIED',
        { ...error.context, message: 'the project is archived', hint },
        { cause: error },
      )
    }
  }

/**
 * GitLab's API in a job of a merge request. CI_JOB_TOKEN cannot write notes, so a token of one's own is needed:
 * https://docs.gitlab.com/ci/jobs/ci_job_token/
 */
export const apiOf = async (
  context: HostContext,
  tools: HostTools,
): Promise<HostApi | { none: string; hint?: string }> => {
  const place = placeOf(tools, context)
  if (place === undefined)
    return none('this pipeline is of no merge request', 'comments are made in merge request pipelines only')
  const token = setValue(tools.env['BRICKRAIL_GITLAB_TOKEN'])
  if (token === undefined)
    return none(
      'BRICKRAIL_GITLAB_TOKEN is not set',
      'make a project access token (scope `api`, role Developer) and put it into the masked CI/CD variable BRICKRAIL_GITLAB_TOKEN; a protected variable is not there in merge requests',
    )
  const server = serverOf(setValue(tools.env['CI_API_V4_URL']) ?? 'https://gitlab.com/api/v4')
  const client = await gitlabClient(server, token, tools)
  const explained = explaining(client, place)
  return {
    commentLimit: commentRoom('gitlab'),
    head: setValue(tools.env['CI_MERGE_REQUEST_SOURCE_BRANCH_SHA']) ?? place.sha,
    comment: (key, markdown) => explained(() => stick(notes(client, place), key, markdown)),
    status: (status) => explained(() => setStatus(client, place, status)),
  }
}
