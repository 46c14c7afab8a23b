import type { Dialect } from '../failures.ts'
import type { HostTools } from '../host.ts'
import { asFetch, createSend } from '../send.ts'

/** https://docs.github.com/actions/security-guides/automatic-token-authentication#permissions-for-the-github_token */
const dialect = (url: string): Dialect => ({
  host: 'GitHub',
  url,
  token:
    'the job needs it under `permissions:` (the generated workflows have it); GITHUB_TOKEN is read-only in pull requests of forks, and ends with its job',
  rights: [
    [/\/issues\/(\d+\/)?comments(\/|$)/, '`pull-requests: write`'],
    [/\/statuses\//, '`statuses: write`'],
    [/\/actions\/(workflows|runs)\//, '`actions: read`'],
    [/ID_TOKEN|\/idtoken/i, '`id-token: write`'],
  ],
  known: [
    [/archived/i, 'the repository is archived and cannot be written to: unarchive it (Settings, General)'],
    [
      /bad credentials/i,
      'the token in GITHUB_TOKEN is expired, revoked or of another server; pass `GITHUB_TOKEN: ${{ github.token }}` to the job',
    ],
    [/SAML/, 'authorize the token for the organization: Settings, Developer settings, Tokens, Configure SSO'],
    [
      /lock(ed)? (conversation|issue)|is locked/i,
      'the conversation of this pull request is locked: unlock it',
    ],
  ],
})

/** Octokit's own log goes to the console, past the reporter. */
export const silent = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
}

/**
 * Octokit over our transport.
 * @param url GITHUB_API_URL; a server of one's own has it at `/api/v3`
 */
export const githubClient = async (url: string, token: string, tools: HostTools) => {
  tools.onSecret(token)
  const { Octokit } = await import('@octokit/rest')
  const fetch = asFetch(createSend(dialect(url), tools))
  return new Octokit({ auth: token, baseUrl: url, request: { fetch }, log: silent, userAgent: 'brickrail' })
}
