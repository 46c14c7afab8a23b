const snake = (key: string): string => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

const withSnakeKeys = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withSnakeKeys)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [snake(key), withSnakeKeys(inner)]))
}

const queryOf = (values: Readonly<Record<string, unknown>>): string =>
  new URLSearchParams(
    Object.entries(values)
      .filter(([, value]) => value !== undefined && value !== null)
      .map(([key, value]): [string, string] => [snake(key), String(value)]),
  ).toString()

interface Service {
  url: string
  authHeaders: Record<string, () => Promise<string>>
}

interface RequestOptions {
  searchParams?: Record<string, unknown> | undefined
  body?: unknown
}

/**
 * How gitbeaker sends: over the given `fetch`, which throws for every answer that is no success. Gitbeaker's own requester
 * asks ten times within a quarter of a second when GitLab answers 429, whatever Retry-After says (43.8.0).
 */
export const requesterOver = (fetch: typeof globalThis.fetch) => (service: Service) => {
  const send =
    (method: string) =>
    async (endpoint: string, { searchParams, body }: RequestOptions = {}) => {
      const url = new URL(endpoint, service.url.endsWith('/') ? service.url : `${service.url}/`)
      url.search = queryOf(searchParams ?? {})
      const headers: Record<string, string> = { accept: 'application/json' }
      for (const [name, value] of Object.entries(service.authHeaders)) headers[name] = await value()
      if (body !== undefined) headers['content-type'] = 'application/json'
      const response = await fetch(url, {
        method,
        headers,
        ...(body === undefined ? {} : { body: JSON.stringify(withSnakeKeys(body)) }),
      })
      const text = await response.text()
      const answer: unknown = text === '' ? null : JSON.parse(text)
      return {
        status: response.status,
        headers: Object.fromEntries(response.headers.entries()),
        body: answer,
      }
    }
  return {
    get: send('GET'),
    post: send('POST'),
    put: send('PUT'),
    patch: send('PATCH'),
    delete: send('DELETE'),
  }
}
