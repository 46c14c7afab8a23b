import { describe, expect, it, onTestFinished } from 'vitest'
import { AnswerLost } from '../../src/http/api-error.ts'
import { createCall } from '../../src/http/call.ts'
import { defaultPolicy } from '../../src/http/retry.ts'
import { clusters } from '../../src/wire/clusters.ts'
import { workspaceBytes } from '../../src/wire/workspace.ts'
import { Fail } from '../../src/errors.ts'
import { virtualClock } from '../support/harness.ts'
import {
  answering,
  clientOf,
  everythingOf,
  failureOf,
  host,
  json,
  optionsFor,
  torn,
  workspace,
} from './support.ts'

const page = (status = 200) =>
  new Response('<html><title>Login</title>', { status, headers: { 'content-type': 'text/html' } })
const cut = () => new Response('{"cluster_id": "1-', { headers: { 'content-type': 'application/json' } })
const refusal = (status: number) => json({ error_code: 'X', message: 'planned' }, status)

type Answer = Response | Error

/** An answer that stays -> what a read, and what a create, ends in, and after how many attempts. */
const rows: [string, () => Answer, string, number, string, number][] = [
  ['a login page with 200', () => page(), 'NOT_JSON', 1, 'NOT_JSON', 1],
  ['HTML without its content type', () => new Response(' <!DOCTYPE html>'), 'NOT_JSON', 1, 'NOT_JSON', 1],
  ['a redirect', () => new Response('', { status: 302 }), 'NOT_JSON', 1, 'NOT_JSON', 1],
  ['half of the JSON', cut, 'NOT_JSON', 5, 'ANSWER_LOST', 1],
  ['nothing with 200', () => new Response(''), 'NOT_JSON', 5, 'ANSWER_LOST', 1],
  ['500', () => refusal(500), 'API_REFUSED', 5, 'ANSWER_LOST', 1],
  ['502', () => page(502), 'API_REFUSED', 5, 'ANSWER_LOST', 1],
  ['504', () => refusal(504), 'API_REFUSED', 5, 'ANSWER_LOST', 1],
  ['429', () => refusal(429), 'API_REFUSED', 30, 'API_REFUSED', 30],
  ['503', () => refusal(503), 'API_REFUSED', 30, 'API_REFUSED', 30],
  ['400', () => refusal(400), 'API_REFUSED', 1, 'API_REFUSED', 1],
  ['401 with a token that cannot be renewed', () => refusal(401), 'UNAUTHENTICATED', 1, 'UNAUTHENTICATED', 1],
  ['403', () => refusal(403), 'PERMISSION_DENIED', 1, 'PERMISSION_DENIED', 1],
  ['a reset connection', () => torn('ECONNRESET'), 'HOST_UNREACHABLE', 5, 'ANSWER_LOST', 1],
  ['a refused connection', () => torn('ECONNREFUSED'), 'HOST_UNREACHABLE', 5, 'HOST_UNREACHABLE', 5],
  ['a name that does not resolve', () => torn('ENOTFOUND'), 'HOST_UNREACHABLE', 1, 'HOST_UNREACHABLE', 1],
  [
    'a certificate that is not trusted',
    () => torn('DEPTH_ZERO_SELF_SIGNED_CERT'),
    'HOST_UNREACHABLE',
    1,
    'HOST_UNREACHABLE',
    1,
  ],
]

describe('an answer that stays', () => {
  it.each(rows)('%s', async (_name, answer, read, reads, create, creates) => {
    for (const [work, code, attempts] of [
      ['get', read, reads],
      ['create', create, creates],
    ] as const) {
      const fetch = answering(answer())
      const client = clientOf(fetch)
      const failure = await failureOf(
        work === 'get' ? client.clusters.get({ cluster_id: '1' }) : client.clusters.create({}),
      )
      expect([work, failure.code, fetch.calls.length]).toEqual([work, code, attempts])
      expect(failure instanceof AnswerLost).toBe(code === 'ANSWER_LOST')
      expect([4, 5]).toContain(failure.exit)
      expect(everythingOf(failure)).not.toContain('dapi-secret-token')
    }
  })
})

describe('an answer that passes', () => {
  const passing: [string, () => Answer][] = [
    ['429', () => refusal(429)],
    ['500', () => refusal(500)],
    ['504', () => refusal(504)],
    ['half of the JSON', cut],
    ['a reset connection', () => torn('ECONNRESET')],
  ]
  it.each(passing)('%s is absorbed where a repeat is safe', async (_name, answer) => {
    const fetch = answering(answer(), answer(), json({ cluster_id: '1', state: 'RUNNING' }))
    const seen: number[] = []
    const client = clientOf(fetch, { onRetry: ({ attempt }) => seen.push(attempt) })
    expect((await client.clusters.get({ cluster_id: '1' })).state).toBe('RUNNING')
    expect(seen).toEqual([1, 2])
  })

  it('each attempt sends the whole body again', async () => {
    const fetch = answering(refusal(500), json({}))
    const content = new Uint8Array([1, 2, 3])
    await createCall(optionsFor(fetch))(workspaceBytes.upload, { path: '/x', content, overwrite: true })
    const bodies = await Promise.all(
      fetch.calls.map(async (request) => (await request.formData()).get('content')),
    )
    expect(bodies.map((body) => (body instanceof Blob ? body.size : 0))).toEqual([3, 3])
  })

  it('waits for Retry-After, and others wait with it', async () => {
    const clock = virtualClock(0)
    const fetch = answering(json({}, 429, { 'retry-after': '12' }), json({}))
    const client = clientOf(fetch, { clock })
    await Promise.all([client.clusters.list({}), client.jobs.list({})])
    expect(clock.now()).toBeGreaterThanOrEqual(12_000)
  })
})

describe('a call', () => {
  it('carries the token in a header only, and says who calls', async () => {
    const fetch = answering(json({}))
    await clientOf(fetch).clusters.list({ page_size: 3 })
    const [request] = fetch.calls
    expect(request?.headers.get('authorization')).toBe('Bearer dapi-secret-token')
    expect(request?.headers.get('user-agent')).toBe('test')
    expect(request?.url).toBe(`${host}/api/2.1/clusters/list?page_size=3`)
    expect(request?.redirect).toBe('manual')
  })

  it('an expired token is renewed once, and the new one is kept through the retries', async () => {
    const stale: (string | undefined)[] = []
    const tokens = {
      method: 'oauth-m2m',
      renewable: true,
      get: async (old?: string) => {
        stale.push(old)
        return old === undefined && stale.length === 1 ? 'first' : 'second'
      },
    }
    const fetch = answering(refusal(401), refusal(429), refusal(429), json({}))
    await clientOf(fetch, { tokens }).clusters.list({})
    expect(stale).toEqual([undefined, 'first', undefined, undefined])
    const again = answering(refusal(401))
    expect((await failureOf(clientOf(again, { tokens }).clusters.list({}))).code).toBe('UNAUTHENTICATED')
    expect(again.calls).toHaveLength(2)
  })

  it('that takes too long is ended, and counts as torn', async () => {
    const never: typeof fetch = (_input, init) =>
      new Promise((_, reject) => {
        init?.signal?.addEventListener('abort', () => reject(init.signal?.reason as Error))
      })
    const policy = { ...defaultPolicy, attempts: 2 }
    const failure = await failureOf(clientOf(never, { timeoutMs: 5, policy }).clusters.list({}))
    expect(failure.message).toContain('TimeoutError')
  })

  it('ends with the reason of the stop, at whatever point', async () => {
    const reason = new Fail('INTERRUPTED', { signal: 'SIGINT', what: 'x' })
    const before = AbortSignal.abort(reason)
    await expect(clientOf(answering(json({})), { stop: before }).clusters.list({})).rejects.toBe(reason)
    const during = new AbortController()
    const stopping: typeof fetch = async () => {
      during.abort(reason)
      throw torn('ECONNRESET')
    }
    await expect(clientOf(stopping, { stop: during.signal }).clusters.create({})).rejects.toBe(reason)
  })

  it('bytes come back as they are; a login page in their place does not', async () => {
    const bytes = new Uint8Array([60, 0, 255])
    const ask = (answer: Answer) =>
      createCall(optionsFor(answering(answer)))(workspaceBytes.download, {
        path: '/x',
        direct_download: true,
      })
    expect(await ask(new Response(bytes))).toEqual(bytes)
    expect((await failureOf(ask(page()))).code).toBe('NOT_JSON')
  })

  it('int64 ids survive there and back', async () => {
    const { emulator } = workspace()
    onTestFinished(() => emulator.close())
    const tokens = { method: 'pat', renewable: false, get: async () => emulator.token }
    const { jobs } = clientOf(emulator.fetch, { tokens })
    const { job_id } = await jobs.create({ name: 'big' })
    expect(typeof job_id).toBe('bigint')
    expect((await jobs.get({ job_id })).settings.name).toBe('big')
  })

  it('a refusal names method, path, status, code and message', async () => {
    const call = createCall(
      optionsFor(answering(json({ error_code: 'QUOTA_EXCEEDED', message: 'no cores' }, 400))),
    )
    const failure = await failureOf(call(clusters.start, { cluster_id: '1' }))
    expect(failure.message).toBe('POST /api/2.1/clusters/start -> 400 QUOTA_EXCEEDED: no cores')
    expect(failure.hint).toContain('quota')
  })
})
