import { randomUUID } from 'node:crypto'
import type { AnyEndpoint } from '../wire/endpoint.ts'
import { formatJson } from './json.ts'

export interface Prepared {
  method: string
  /** Path without query: what a message may show. */
  path: string
  url: string
  headers: Record<string, string>
  body?: string | Uint8Array
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

/** Fill `{name}` from the input; what a path took does not travel twice, unless the endpoint says so. */
const fillPath = (template: string, input: Input): { path: string; rest: Input } => {
  const rest = { ...input }
  const path = template.replaceAll(/\{(\w+)(\*?)\}/g, (_, name: string, many: string) => {
    delete rest[name]
    return segment(input[name], many === '*')
  })
  return { path, rest }
}

const repeated = ({ inBody }: AnyEndpoint, input: Input): Input =>
  Object.fromEntries(inBody.map((name) => [name, input[name]]))

const queryOf = (input: Input): string => {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(input))
    for (const each of Array.isArray(value) ? value : [value])
      if (each !== undefined) query.append(name, plain(each))
  const text = query.toString()
  return text === '' ? '' : `?${text}`
}

/** No line of this occurs in a file by chance: 122 random bits, drawn once per process. */
const boundary = `brickrail-${randomUUID()}`

const part = (name: string, filename = ''): string =>
  `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${filename}\r\n\r\n`

const isFile = (value: unknown): value is Uint8Array => value instanceof Uint8Array

/**
 * RFC 7578 form, fields first and then the bytes, each as a file of its member's name, in the order of databricks-sdk-py.
 * Written as one buffer: fetch sends a FormData in chunks, which costs more CPU and leaves more garbage per upload.
 */
const formOf = (input: Input): Uint8Array => {
  const members = Object.entries(input).filter(([, value]) => value !== undefined)
  const fields = members
    .filter(([, value]) => !isFile(value))
    .map(([name, value]) => `${part(name)}${plain(value)}\r\n`)
  const files = members.flatMap(([name, value]) =>
    isFile(value) ? [Buffer.from(part(name, `; filename="${name}"`)), value, Buffer.from('\r\n')] : [],
  )
  return Buffer.concat([Buffer.from(fields.join('')), ...files, Buffer.from(`--${boundary}--\r\n`)])
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
        body: formatJson({ ...repeated(endpoint, input), ...rest }),
      }
    case 'multipart':
      return {
        ...base,
        headers: { ...base.headers, 'content-type': `multipart/form-data; boundary=${boundary}` },
        body: formOf(rest),
      }
    case 'bytes': {
      const { content, ...query } = rest
      return { ...base, url: base.url + queryOf(query), body: content as Uint8Array }
    }
  }
}
