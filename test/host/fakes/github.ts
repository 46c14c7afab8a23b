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

export interface GithubFake extends Fake {
  comments: GithubComment[]
  /** Bodies of the statuses that were set, with their commit. */
  statuses: Record<string, unknown>[]
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

const bearer = ({ headers }: SentRequest): string =>
  (headers['authorization'] ?? '').replace(/^(token|bearer) /i, '')

/** GitHub with one repository, `acme/shop`, and its pull request 12. */
export const startGithub = async (size?: number): Promise<GithubFake> => {
  const comments: GithubComment[] = []
  const statuses: Record<string, unknown>[] = []
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
      return bearer(request) === githubToken
        ? { status: 403, body: { message: 'Resource not accessible by integration' } }
        : { status: 200, body: person }
    if (!path.startsWith('/repos/acme/shop/')) return notFound
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
    [githubToken, personalToken].includes(bearer(request))
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
  return Object.assign(fake, { comments, statuses, plant })
}
