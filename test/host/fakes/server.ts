import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Contract, SentRequest } from '../../support/openapi.ts'

export interface Answer {
  status: number
  /** Sent as JSON unless it is a text. */
  body?: unknown
  headers?: Record<string, string>
}

/** The next calls that fit are answered with this, or with no answer at all. */
export interface Trouble {
  method?: string
  path?: RegExp
  /** How often; 1 unless given. */
  times?: number
  answer: Answer | 'hang up'
}

export interface FakeOptions {
  contract: Contract
  /** undefined: the credentials are good. */
  refuse: (request: SentRequest) => Answer | undefined
  handle: (request: SentRequest, base: string) => Answer | undefined
  /** Path before the API's own, as of a server that is not at the root of its host. */
  under?: string
}

export interface Fake {
  /** Scheme, host and port, and the path that it is under. */
  url: string
  /** Every call, those with trouble too. */
  requests: SentRequest[]
  /** `METHOD /path` of the calls that write. */
  writes(): string[]
  /** What the official specification does not allow about the requests so far. */
  violations: string[]
  trouble(trouble: Trouble): void
  close(): Promise<void>
}

const bodyOf = async (message: IncomingMessage): Promise<unknown> => {
  const parts: Uint8Array[] = []
  for await (const part of message) parts.push(part as Uint8Array)
  const text = Buffer.concat(parts).toString('utf8')
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

const read = async (message: IncomingMessage, under: string): Promise<SentRequest> => {
  const url = new URL(message.url ?? '/', 'http://fake')
  const headers = Object.fromEntries(
    Object.entries(message.headers).map(([name, value]) => [name, String(value)]),
  )
  const path = url.pathname.startsWith(`${under}/`)
    ? url.pathname.slice(under.length)
    : `/outside${url.pathname}`
  const body = await bodyOf(message)
  return {
    method: message.method ?? 'GET',
    path,
    query: url.searchParams,
    headers,
    ...(body === undefined ? {} : { body }),
  }
}

const send = (response: ServerResponse, { status, body, headers = {} }: Answer): void => {
  const type = typeof body === 'string' ? 'text/html; charset=utf-8' : 'application/json; charset=utf-8'
  response.writeHead(status, body === undefined ? headers : { 'content-type': type, ...headers })
  response.end(typeof body === 'string' || body === undefined ? body : JSON.stringify(body))
}

const listen = async (server: Server): Promise<string> => {
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const close = async (server: Server): Promise<void> => {
  server.closeAllConnections()
  await new Promise<void>((resolve) => void server.close(() => resolve()))
}

/** A server on 127.0.0.1 that keeps state, and checks every request against the specification before it answers. */
export const startFake = async (options: FakeOptions): Promise<Fake> => {
  const { contract, refuse, handle, under = '' } = options
  const requests: SentRequest[] = []
  const violations: string[] = []
  const troubles: Required<Trouble>[] = []
  const troubled = ({ method, path }: SentRequest): Trouble | undefined => {
    const fits = (one: Required<Trouble>) =>
      one.times > 0 && one.path.test(path) && (one.method === '' || one.method === method)
    const found = troubles.find(fits)
    if (found) found.times -= 1
    return found
  }
  const serve = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const request = await read(message, under)
    requests.push(request)
    violations.push(...contract.validateRequest(request))
    const trouble = troubled(request)
    if (trouble?.answer === 'hang up') return void message.socket.destroy()
    const base = `http://${message.headers.host ?? ''}${under}`
    const answer = trouble?.answer ?? refuse(request) ?? handle(request, base)
    send(response, answer ?? { status: 501, body: { message: 'the fake does not know this' } })
  }
  const failed = (response: ServerResponse, error: unknown): void => {
    // A bug of the fake ends the test at once, and not by its time limit.
    violations.push(`the fake failed: ${error instanceof Error ? error.stack : String(error)}`)
    send(response, { status: 400, body: { message: 'the fake failed' } })
  }
  const server = createServer(
    (message, response) => void serve(message, response).catch((error: unknown) => failed(response, error)),
  )
  const url = `${await listen(server)}${under}`
  return {
    url,
    requests,
    violations,
    writes: () =>
      requests
        .filter(({ method }) => !['GET', 'OPTIONS'].includes(method))
        .map(({ method, path }) => `${method} ${path}`),
    trouble: ({ times = 1, path = /./, method = '', answer }) =>
      void troubles.push({ times, path, method, answer }),
    close: async () => await close(server),
  }
}

/** End of a test: fails it when a request was not as the specification wants. */
export const closeClean = async (fake: Pick<Fake, 'close' | 'violations'>): Promise<void> => {
  await fake.close()
  if (fake.violations.length > 0)
    throw new Error(`not as the specification wants:\n${fake.violations.join('\n')}`)
}

/** A page of a list, and the Link header that leads to the next. */
export const page = <T>(
  request: SentRequest,
  base: string,
  items: readonly T[],
  size = 100,
): { items: T[]; headers: Record<string, string> } => {
  const perPage = Math.min(Number(request.query.get('per_page') ?? 20), size)
  const number = Number(request.query.get('page') ?? 1)
  const query = new URLSearchParams(request.query)
  query.set('page', String(number + 1))
  const more = items.length > number * perPage
  const link = `<${base}${request.path}?${query.toString()}>; rel="next"`
  return { items: items.slice((number - 1) * perPage, number * perPage), headers: more ? { link } : {} }
}
