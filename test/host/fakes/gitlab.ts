import { gitlabContract, type SentRequest } from '../../support/openapi.ts'
import { page, startFake, type Answer, type Fake } from './server.ts'

export interface GitlabNote {
  id: number
  body: string
  author: { id: number; username: string }
  system: boolean
}

export interface GitlabUser {
  id: number
  username: string
  public_email?: string
}

/** https://docs.gitlab.com/api/deployments/, as far as it is read. */
export interface GitlabDeployment {
  id: number
  environment: string
  deployable: { id: number }
  approvals?: { user: GitlabUser; status: 'approved' | 'rejected'; created_at: string; comment: string }[]
}

/** The job under way, its pipeline, and the deployments of the project; oldest first. */
export interface GitlabPipeline {
  job: { id: number; user: GitlabUser; started_at: string }
  user: GitlabUser
  deployments: GitlabDeployment[]
}

export interface GitlabFake extends Fake {
  pipeline: GitlabPipeline
  notes: GitlabNote[]
  statuses: Record<string, unknown>[]
  /** An archived project reads, and refuses every write with a bare 403. */
  archived: boolean
  plant(body: string, author?: GitlabNote['author'], system?: boolean): GitlabNote
}

export const gitlabToken = 'glpat-fakeGitlabToken00001'
export const gitlabJobToken = 'glcbt-64_fakeGitlabJobToken1'
/** A project access token has a user of its own. */
export const projectBot = { id: 77, username: 'project_12_bot_1' }
export const gitlabStranger = { id: 5, username: 'mallory' }

/** Number of the pipeline that the job is in. */
const pipelineId = 900

/** What CI_JOB_TOKEN may see of its own project, and BRICKRAIL_GITLAB_TOKEN beyond. */
const pipelineAnswer = (
  { pipeline }: Pick<GitlabFake, 'pipeline'>,
  call: string,
  { query }: SentRequest,
): Answer | undefined => {
  const project = 'GET /api/v4/projects/12'
  const { job, user, deployments } = pipeline
  if (call === 'GET /api/v4/job') return { status: 200, body: { ...job, pipeline: { id: pipelineId } } }
  if (call === `${project}/pipelines/${pipelineId}`) return { status: 200, body: { id: pipelineId, user } }
  if (call === `${project}/deployments`) {
    const fitting = deployments.filter(({ environment }) => environment === query.get('environment'))
    const bare = fitting
      .toReversed()
      .map(({ id, environment, deployable }) => ({ id, environment, deployable }))
    return { status: 200, body: bare }
  }
  const found = deployments.find(({ id }) => call === `${project}/deployments/${id}`)
  return found && { status: 200, body: found }
}

const mayWithJobToken = (path: string): boolean => path === '/api/v4/job' || /\/deployments(\/|$)/.test(path)

/** GitLab with one project, number 12, and its merge request 3. `under`: a server at a path of its host. */
export const startGitlab = async (under = '', size?: number): Promise<GitlabFake> => {
  const notes: GitlabNote[] = []
  const statuses: Record<string, unknown>[] = []
  let lastId = 300
  const plant = (body: string, author = projectBot, system = false): GitlabNote => {
    // GitLab trims what it stores.
    const note = { id: (lastId += 1), body: body.trim(), author, system }
    notes.push(note)
    return note
  }
  const pipeline: GitlabPipeline = {
    job: { id: 5, user: { id: 8, username: 'bob' }, started_at: '2026-11-21T13:00:00.000+01:00' },
    user: { id: 9, username: 'ada' },
    deployments: [{ id: 31, environment: 'prod', deployable: { id: 5 } }],
  }
  const own = { notes, statuses, plant, archived: false, pipeline }
  const textOf = ({ body }: SentRequest): string => String((body as { body?: unknown }).body)
  const setStatus = (sha: string, body: object): Answer => {
    const { name, state: next } = body as { name?: string; state?: string }
    const last = statuses.filter((one) => one['sha'] === sha && one['name'] === name).at(-1)
    if (last?.['state'] === next)
      return {
        status: 400,
        body: {
          message: `Cannot transition status via :${next} from :${next} (Reason(s): Status cannot transition via "${next}")`,
        },
      }
    statuses.push({ sha, ...body })
    return { status: 201, body: { id: 9, sha, status: next, name } }
  }
  const handle = (request: SentRequest, base: string): Answer | undefined => {
    const { method, path } = request
    const call = `${method} ${path}`
    if (call === 'GET /api/v4/user') return { status: 200, body: projectBot }
    if (call === 'GET /api/v4/projects/12') return { status: 200, body: { id: 12, archived: own.archived } }
    if (own.archived && method !== 'GET') return { status: 403, body: { message: '403 Forbidden' } }
    const known = pipelineAnswer(own, call, request)
    if (known) return known
    const list = '/api/v4/projects/12/merge_requests/3/notes'
    if (call === `GET ${list}`) {
      const newestFirst = request.query.get('sort') !== 'asc'
      const all = newestFirst ? notes.toReversed() : notes
      const { items, headers } = page(request, base, all, size)
      return { status: 200, body: items, headers }
    }
    if (call === `POST ${list}`) return { status: 201, body: plant(textOf(request)) }
    const edited = notes.find(({ id }) => call === `PUT ${list}/${id}`)
    if (edited) return { status: 200, body: Object.assign(edited, { body: textOf(request).trim() }) }
    const sha = /^POST \/api\/v4\/projects\/12\/statuses\/(\w+)$/.exec(call)?.[1]
    return sha === undefined
      ? { status: 404, body: { message: '404 Not found' } }
      : setStatus(sha, request.body as object)
  }
  const refuse = ({ headers, path }: SentRequest): Answer | undefined =>
    headers['private-token'] === gitlabToken ||
    (headers['job-token'] === gitlabJobToken && mayWithJobToken(path))
      ? undefined
      : { status: 401, body: { message: '401 Unauthorized' } }
  const fake = await startFake({ contract: gitlabContract(), refuse, handle, under })
  return Object.assign(own, fake)
}
