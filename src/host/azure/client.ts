import type { Dialect } from '../failures.ts'
import type { HostTools } from '../host.ts'
import { createSend, type Send } from '../send.ts'

const scope =
  'if the repository is of another project, «Limit job authorization scope to current project» (Project settings, Pipelines, Settings) keeps the job out'

export const azureDialect = (url: string): Dialect => ({
  host: 'Azure DevOps',
  url,
  token:
    'the identity is «<Project> Build Service (<organization>)»: give it the right in Project settings, Repositories, Security',
  rights: [
    [/\/pullRequests\/\d+\/(threads|statuses)/i, '«Contribute to pull requests»'],
    [/\/oidctoken$/, 'the use of that service connection'],
  ],
  known: [
    [
      /PullRequestContribute|TF401027/,
      `give «<Project> Build Service (<organization>)» the right «Contribute to pull requests» in Project settings, Repositories, Security; ${scope}`,
    ],
    [/TF401019/, `the repository is not there, or the job may not see it: ${scope}`],
    [
      /sent to the login page|sign in/i,
      'the token is expired or not accepted: map it into the step with `env: { SYSTEM_ACCESSTOKEN: $(System.AccessToken) }`',
    ],
    [/disabled/i, 'the repository is disabled: enable it in Project settings, Repositories'],
  ],
})

/** What the client reads of an answer: https://github.com/microsoft/typed-rest-client/blob/master/lib/RestClient.ts */
const answerFor = async (response: Response) => {
  const text = await response.text()
  const message = { statusCode: response.status, headers: Object.fromEntries(response.headers) }
  return { message, readBody: async () => text }
}

interface Transport {
  request: (
    verb: string,
    url: string,
    data: string | NodeJS.ReadableStream,
    headers: Record<string, unknown>,
  ) => Promise<unknown>
}

const textual = (headers: Record<string, unknown> | null): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers ?? {}).flatMap(([name, value]) =>
      typeof value === 'string' || typeof value === 'number' ? [[name, String(value)]] : [],
    ),
  )

/** Its own transport knows neither our proxy nor Retry-After, and takes a 404 for an empty answer. */
const replace = (client: unknown, send: Send, token: string): void => {
  const transport = client as Transport
  transport.request = async (method, url, data, headers) => {
    const all = { ...textual(headers), authorization: `Bearer ${token}` }
    return await answerFor(
      await send(url, { method, headers: all, ...(typeof data === 'string' ? { body: data } : {}) }),
    )
  }
}

/**
 * azure-devops-node-api over our transport.
 * @param url of the collection: `https://dev.azure.com/organization`
 * @param token System.AccessToken
 */
export const azureClient = async (url: string, token: string, tools: HostTools) => {
  tools.onSecret(token)
  const { WebApi, getBearerHandler } = await import('azure-devops-node-api')
  const send = createSend(azureDialect(url), tools)
  const through = <T extends { rest: { client: unknown } }>(api: T): T => {
    replace(api.rest.client, send, token)
    return api
  }
  const connection = through(new WebApi(url, getBearerHandler(token)))
  // It asks where the areas of the API are with a client of its own.
  const locations = connection.getLocationsApi.bind(connection)
  connection.getLocationsApi = async (...args) => through(await locations(...args))
  return { connection, git: async () => through(await connection.getGitApi()) }
}
