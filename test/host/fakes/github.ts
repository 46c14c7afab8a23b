import { githubContract, type SentRequest } from '../../support/openapi.ts'
import { page, startFake, type Answer, type Fake } from './server.ts'

interface User {
  login: string
  id: number
  type: string
}

export interface GithubComment {
  id: number
  body: string
  user: User
}

/** https://docs.github.com/rest/actions/workflow-runs, as far as it is read. */
export interface WorkflowRun {
  /** `.github/workflows/x.yml` */
  path: string
  head_branch: string
  head_sha: string
  event: string
  status: 'in_progress' | 'completed'
  conclusion: 'success' | 'failure' | 'cancelled' | null
}

/** https://docs.github.com/rest/actions/workflow-runs#get-the-review-history-for-a-workflow-run */
export interface GithubReview {
  state: 'approved' | 'rejected' | 'pending'
  environments: { name: string }[]
  user: User & { email?: string | null }
  comment: string
}

export interface GithubFake extends Fake {
  /** Run 55 as it goes, and what its reviewers said. */
  run: {
    run_attempt: number
    run_started_at: string
    status: 'in_progress' | 'completed'
    reviews: GithubReview[]
  }
  comments: GithubComment[]
  /** Bodies of the statuses that were set, with their commit. */
  statuses: Record<string, unknown>[]
  /** Oldest first. */
  runs: WorkflowRun[]
  /** A token for a job with these `permissions:`. */
  issue(permissions: Readonly<Record<string, string>>): string
  /** A comment of somebody else, or of an earlier run. */
  plant(body: string, user?: User): GithubComment
}

export const actionsBot: User = { login: 'github-actions[bot]', id: 41898282, type: 'Bot' }
export const stranger: User = { login: 'mallory', id: 7, type: 'User' }
/** Of a token of the job, and of a person. */
export const githubToken = 'ghs_fakeGithubToken000000000000000000001'
export const personalToken = 'ghp_fakePersonalToken0000000000000000001'
const person: User = { login: 'octavia', id: 3, type: 'User' }

const notFound: Answer = {
  status: 404,
  body: { message: 'Not Found', documentation_url: 'https://docs.github.com/rest', status: '404' },
}

const lacking: Answer = { status: 403, body: { message: 'Resource not accessible by integration' } }

/** What a call needs that a job has to be granted. */
const needs: readonly [call: RegExp, permission: string, level: RegExp][] = [
  [/^GET \/repos\/[^/]+\/[^/]+\/actions\//, 'actions', /read|write/],
  [/^GET .*\/issues\/\d+\/comments$/, 'pull-requests', /read|write/],
  [/^(POST|PATCH) .*\/comments(\/\d+)?$/, 'pull-requests', /write/],
  [/^POST .*\/statuses\//, 'statuses', /write/],
]

/** Newest first, those that fit the query; `status` is one of them or a conclusion. */
const runsOf = (runs: readonly WorkflowRun[], file: string, query: URLSearchParams): WorkflowRun[] => {
  const fits = (name: string, ...values: (string | null)[]) =>
    !query.has(name) || values.includes(query.get(name))
  return runs
    .filter(
      (run) =>
        run.path.endsWith(`/${file}`) &&
        fits('branch', run.head_branch) &&
        fits('event', run.event) &&
        fits('status', run.status, run.conclusion),
    )
    .toReversed()
}

const bearer = ({ headers }: SentRequest): string =>
  (headers['authorization'] ?? '').replace(/^(token|bearer) /i, '')

/** GitHub with one repository, `acme/shop`, and its pull request 12. */
export const startGithub = async (size?: number): Promise<GithubFake> => {
  const comments: GithubComment[] = []
  const statuses: Record<string, unknown>[] = []
  const runs: WorkflowRun[] = []
  const everything = { actions: 'write', 'pull-requests': 'write', statuses: 'write' }
  const run: GithubFake['run'] = {
    run_attempt: 1,
    run_started_at: '2026-11-21T12:00:00Z',
    status: 'in_progress',
    reviews: [],
  }
  const tokens = new Map<string, Readonly<Record<string, string>>>(
    [githubToken, personalToken].map((token) => [token, everything]),
  )
  let lastId = 1000
  const plant = (body: string, user: User = actionsBot): GithubComment => {
    const comment = { id: (lastId += 1), body, user }
    comments.push(comment)
    return comment
  }
  const me = (request: SentRequest): User => (bearer(request) === personalToken ? person : actionsBot)
  const textOf = ({ body }: SentRequest): string => String((body as { body?: unknown }).body)
  const tooLong = (text: string): Answer | undefined =>
    text.length > 65_536
      ? {
          status: 422,
          body: {
            message: 'Validation Failed',
            errors: [{ message: 'Body is too long (maximum is 65536 characters)' }],
          },
        }
      : undefined

  const handle = (request: SentRequest, base: string): Answer | undefined => {
    const { method, path } = request
    const call = `${method} ${path}`
    if (call === 'GET /user')
      return bearer(request) === personalToken ? { status: 200, body: person } : lacking
    if (!path.startsWith('/repos/acme/shop/')) return notFound
    const granted = tokens.get(bearer(request)) ?? {}
    const need = needs.find(([wanted]) => wanted.test(call))
    if (need && !need[2].test(granted[need[1]] ?? 'none')) return lacking
    const { reviews, ...rest } = run
    if (call === 'GET /repos/acme/shop/actions/runs/55') return { status: 200, body: { id: 55, ...rest } }
    if (call === 'GET /repos/acme/shop/actions/runs/55/approvals') return { status: 200, body: reviews }
    const file = /^GET \/repos\/acme\/shop\/actions\/workflows\/([^/]+)\/runs$/.exec(call)?.[1]
    if (file !== undefined) {
      if (!runs.some((run) => run.path.endsWith(`/${file}`))) return notFound
      const found = runsOf(runs, file, request.query)
      const { items, headers } = page(request, base, found, size)
      return { status: 200, body: { total_count: found.length, workflow_runs: items }, headers }
    }
    if (path.endsWith('/issues/12/comments') && method === 'GET') {
      const { items, headers } = page(request, base, comments, size)
      return { status: 200, body: items, headers }
    }
    if (path.endsWith('/issues/12/comments'))
      return tooLong(textOf(request)) ?? { status: 201, body: plant(textOf(request), me(request)) }
    const edited = comments.find(({ id }) => call === `PATCH /repos/acme/shop/issues/comments/${id}`)
    if (edited)
      return (
        tooLong(textOf(request)) ?? { status: 200, body: Object.assign(edited, { body: textOf(request) }) }
      )
    const sha = /^POST \/repos\/acme\/shop\/statuses\/(\w+)$/.exec(call)?.[1]
    if (sha !== undefined) {
      statuses.push({ sha, ...(request.body as object) })
      return { status: 201, body: { id: 1 } }
    }
    return notFound
  }
  const refuse = (request: SentRequest): Answer | undefined =>
    tokens.has(bearer(request))
      ? undefined
      : {
          status: 401,
          body: {
            message: 'Bad credentials',
            documentation_url: 'https://docs.github.com/rest',
            status: '401',
          },
        }
  const fake = await startFake({ contract: githubContract(), refuse, handle })
  const issue: GithubFake['issue'] = (permissions) => {
    const token = `ghs_fakeTokenOfAJob${String(tokens.size).padStart(18, '0')}`
    tokens.set(token, permissions)
    return token
  }
  return Object.assign(fake, { comments, statuses, runs, run, issue, plant })
}
