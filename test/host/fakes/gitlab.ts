import { gitlabContract, type SentRequest } from '../../support/openapi.ts'
import { page, startFake, type Answer, type Fake } from './server.ts'

export interface GitlabNote {
  id: number
  body: string
  author: { id: number; username: string }
  system: boolean
}

export interface GitlabFake extends Fake {
  notes: GitlabNote[]
  statuses: Record<string, unknown>[]
  /** An archived project reads, and refuses every write with a bare 403. */
  archived: boolean
  plant(body: string, author?: GitlabNote['author'], system?: boolean): GitlabNote
}

export const gitlabToken = 'glpat-fakeGitlabToken00001'
/** A project access token has a user of its own. */
export const projectBot = { id: 77, username: 'project_12_bot_1' }
export const gitlabStranger = { id: 5, username: 'mallory' }

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
  const own = { notes, statuses, plant, archived: false }
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
  const refuse = ({ headers }: SentRequest): Answer | undefined =>
    headers['private-token'] === gitlabToken
      ? undefined
      : { status: 401, body: { message: '401 Unauthorized' } }
  const fake = await startFake({ contract: gitlabContract(), refuse, handle, under })
  return Object.assign(own, fake)
}
