import type { AnyEndpoint } from '../wire/endpoint.ts'
import { formatJson } from './json.ts'

export interface Prepared {
  method: string
  /** Path without query: what a message may show. */
  path: string
  url: string
  headers: Record<string, string>
  body?: string | Uint8Array | FormData
}

type Input = Record<string, unknown>

/** What travels outside of JSON is text, a number or a flag. */
const plain = (value: unknown): string => (typeof value === 'string' ? value : formatJson(value))

const segment = (value: unknown, many: boolean): string =>
  many
    ? plain(value)
        .split('/')
        .filter((part) => part !== '')
        .map(encodeURIComponent)
        .join('/')
    : encodeURIComponent(plain(value))

/** Fill `{name}` from the input; what a path took does not travel twice. */
const fillPath = (template: string, input: Input): { path: string; rest: Input } => {
  const rest = { ...input }
  const path = template.replaceAll(/\{(\w+)(\*?)\}/g, (_, name: string, many: string) => {
    delete rest[name]
    return segment(input[name], many === '*')
  })
  return { path, rest }
}

const queryOf = (input: Input): string => {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(input))
    for (const each of Array.isArray(value) ? value : [value])
      if (each !== undefined) query.append(name, plain(each))
  const text = query.toString()
  return text === '' ? '' : `?${text}`
}

/** Field order as databricks-sdk-py sends it: fields first, then the part `content`. */
const formOf = (input: Input): FormData => {
  const form = new FormData()
  for (const [name, value] of Object.entries(input))
    if (name !== 'content' && value !== undefined) form.append(name, plain(value))
  form.append('content', new Blob([input['content'] as Uint8Array<ArrayBuffer>]), 'content')
  return form
}

/** Endpoint and input -> the request. Pure; no credentials yet. */
export const prepare = (host: string, endpoint: AnyEndpoint, input: Input): Prepared => {
  const { path, rest } = fillPath(endpoint.path, input)
  const base = { method: endpoint.method, path, url: host + path, headers: { accept: 'application/json' } }
  switch (endpoint.input) {
    case 'query':
      return { ...base, url: base.url + queryOf(rest) }
    case 'json':
      return {
        ...base,
        headers: { ...base.headers, 'content-type': 'application/json' },
        body: formatJson(rest),
      }
    case 'multipart':
      return { ...base, body: formOf(rest) }
    case 'bytes': {
      const { content, ...query } = rest
      return { ...base, url: base.url + queryOf(query), body: content as Uint8Array }
    }
  }
}
