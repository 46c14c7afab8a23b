import type { Gitlab } from '@gitbeaker/rest'
import { Fail } from '../../errors.ts'
import type { Dialect } from '../failures.ts'
import type { HostTools } from '../host.ts'
import { asFetch, createSend } from '../send.ts'
import { requesterOver } from './requester.ts'

type RequesterFn = NonNullable<ConstructorParameters<typeof Gitlab>[0]['requesterFn']>

/** A project access token's rights: scope and role. */
const dialect = (url: string): Dialect => ({
  host: 'GitLab',
  url,
  token:
    'make a project access token (Settings, Access tokens) with scope `api` and role Developer, and put it into the masked CI/CD variable BRICKRAIL_GITLAB_TOKEN',
  rights: [
    [/\/(notes|statuses)(\/|$)/, 'scope `api` and role Developer'],
    [
      /\/(variables|protected_branches|protected_environments|environments|pipeline_schedules)(\/|$)/,
      'scope `api` and role Maintainer',
    ],
  ],
  known: [
    [
      /expired/i,
      'the token in BRICKRAIL_GITLAB_TOKEN is expired: rotate it (Settings, Access tokens) and put the new one into the variable',
    ],
    [
      /revoked/i,
      'the token in BRICKRAIL_GITLAB_TOKEN was revoked: make a new one (Settings, Access tokens) and put it into the variable',
    ],
    [
      /insufficient_scope|higher privileges/i,
      'the token in BRICKRAIL_GITLAB_TOKEN lacks the scope `api`: make one with it',
    ],
    [
      /archived/i,
      'the project is archived and cannot be written to: unarchive it (Settings, General, Advanced)',
    ],
  ],
})

/**
 * The server of an API address: `https://example.com/gitlab/api/v4` -> `https://example.com/gitlab`.
 * @throws Fail CI_UNREACHABLE
 */
export const serverOf = (apiUrl: string): string => {
  const match = /^(https?:\/\/[^?#]+?)\/api\/v4\/*$/.exec(apiUrl.trim())
  if (match?.[1] !== undefined && URL.canParse(match[1])) return match[1]
  throw new Fail('CI_UNREACHABLE', {
    host: 'GitLab',
    url: apiUrl,
    why: 'this is not the address of an API',
    hint: 'CI_API_V4_URL looks like https://gitlab.example.com/api/v4; a path before /api/v4 is fine',
  })
}

/**
 * Gitbeaker over our transport. Pass the project's number: a path is not encoded everywhere.
 * @param server without `/api/v4`; may have a path
 */
export const gitlabClient = async (server: string, token: string, tools: HostTools) => {
  tools.onSecret(token)
  const { Gitlab: Client } = await import('@gitbeaker/rest')
  const requesterFn = requesterOver(asFetch(createSend(dialect(server), tools)))
  return new Client({ host: server, token, requesterFn: requesterFn as RequesterFn })
}
