import type { Env } from '../env.ts'

type Fetch = typeof globalThis.fetch

const names = {
  http: ['http_proxy', 'HTTP_PROXY'],
  https: ['https_proxy', 'HTTPS_PROXY'],
  no: ['no_proxy', 'NO_PROXY'],
}

const first = (env: Env, of: readonly string[]): string | undefined =>
  of.map((name) => env[name]).find(Boolean)

/**
 * `fetch` through the proxy of HTTP_PROXY, HTTPS_PROXY and NO_PROXY: Node's own takes no notice of them before version 24.
 * Without them, the given fetch itself; the proxy's library is loaded with the first call.
 */
export const throughProxy = (fetch: Fetch, env: Env): Fetch => {
  const httpProxy = first(env, names.http)
  const httpsProxy = first(env, names.https)
  if (httpProxy === undefined && httpsProxy === undefined) return fetch
  const load = async () => {
    const { EnvHttpProxyAgent } = await import('undici')
    return new EnvHttpProxyAgent({
      ...(httpProxy === undefined ? {} : { httpProxy }),
      ...(httpsProxy === undefined ? {} : { httpsProxy }),
      noProxy: first(env, names.no) ?? '',
    })
  }
  let agent: ReturnType<typeof load> | undefined
  return async (input, init) => {
    agent ??= load()
    // `dispatcher` is Node's own addition: https://nodejs.org/api/globals.html#custom-dispatcher
    return await fetch(input, { ...init, dispatcher: await agent } as unknown as RequestInit)
  }
}
