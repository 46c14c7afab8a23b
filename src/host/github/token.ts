import { Fail } from '../../errors.ts'
import { setValue } from '../context.ts'
import type { Dialect } from '../failures.ts'
import type { HostTools } from '../host.ts'
import { createSend } from '../send.ts'
import { noToken, readToken } from '../token.ts'

/** What a job needs for it. */
const needs = 'give the job `permissions: { id-token: write }`; pull requests of forks never get it'

const dialect = (url: string): Dialect => ({
  host: 'GitHub',
  url,
  token: needs,
  rights: [[/./, '`id-token: write`']],
  known: [],
})

/**
 * A token of GitHub's OIDC provider: subject `repo:owner/name:environment:prod` or `…:ref:refs/heads/master`.
 * https://docs.github.com/actions/reference/security/oidc#methods-for-requesting-the-oidc-token
 * @param audience GitHub's own default (the owner's address) unless given
 * @returns undefined where the job lacks `id-token: write`: the two variables are not there then
 */
export const idToken = async (tools: HostTools, audience?: string): Promise<string | undefined> => {
  const address = setValue(tools.env['ACTIONS_ID_TOKEN_REQUEST_URL'])
  const bearer = setValue(tools.env['ACTIONS_ID_TOKEN_REQUEST_TOKEN'])
  if (address === undefined || bearer === undefined) return noToken('GitHub', needs, tools)
  if (!URL.canParse(address))
    throw new Fail('CI_UNREACHABLE', {
      host: 'GitHub',
      url: address,
      why: 'ACTIONS_ID_TOKEN_REQUEST_URL is no address',
    })
  tools.onSecret(bearer)
  const url = new URL(address)
  if (audience !== undefined) url.searchParams.set('audience', audience)
  const speech = dialect(url.origin)
  const headers = { authorization: `Bearer ${bearer}`, accept: 'application/json' }
  const answer = await createSend(speech, tools)(url.href, { method: 'GET', headers })
  return await readToken(speech, answer, 'value', tools)
}
