import { setValue, type Env } from '../context.ts'
import type { HostTools } from '../host.ts'
import { createSend } from '../send.ts'
import { noToken, readToken } from '../token.ts'
import { azureDialect } from './client.ts'

/** What a job needs for it. */
const needs = 'map the job token into the step: `env: { SYSTEM_ACCESSTOKEN: $(System.AccessToken) }`'

const addressOf = (env: Env): string | undefined => {
  const collection =
    setValue(env['SYSTEM_COLLECTIONURI']) ?? setValue(env['SYSTEM_TEAMFOUNDATIONCOLLECTIONURI'])
  const names = ['SYSTEM_TEAMPROJECTID', 'SYSTEM_HOSTTYPE', 'SYSTEM_PLANID', 'SYSTEM_JOBID']
  const [project, hub, plan, job] = names.map((name) => setValue(env[name]))
  if (!collection || !project || !hub || !plan || !job) return undefined
  const root = `${collection.replace(/\/+$/, '')}/${encodeURIComponent(project)}`
  return `${root}/_apis/distributedtask/hubs/${hub}/plans/${plan}/jobs/${job}/oidctoken`
}

/**
 * A token of Azure DevOps' OIDC provider. Its audience is always `api://AzureADTokenExchange`; the subject is
 * `p://organization/project/pipeline`, or `sc://organization/project/connection` when BRICKRAIL_SERVICE_CONNECTION_ID is set.
 * https://learn.microsoft.com/en-us/rest/api/azure/devops/distributedtask/oidctoken/create
 * @returns undefined outside of a job, or where the job's token is not mapped
 */
export const idToken = async (tools: HostTools, _audience?: string): Promise<string | undefined> => {
  const bearer = setValue(tools.env['SYSTEM_ACCESSTOKEN'])
  const address = addressOf(tools.env)
  if (bearer === undefined || address === undefined) return noToken('Azure DevOps', needs, tools)
  tools.onSecret(bearer)
  const url = new URL(address)
  url.searchParams.set('api-version', '7.2-preview.1')
  const connection = setValue(tools.env['BRICKRAIL_SERVICE_CONNECTION_ID'])
  if (connection !== undefined) url.searchParams.set('serviceConnectionId', connection)
  const dialect = azureDialect(url.origin)
  const headers = { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' }
  const answer = await createSend(dialect, tools, { repeatable: () => true })(url.href, {
    method: 'POST',
    headers,
  })
  return await readToken(dialect, answer, 'oidcToken', tools)
}
