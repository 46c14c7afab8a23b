import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Fail } from '../../src/errors.ts'
import type { HostApi, HostTools } from '../../src/host/host.ts'
import { createRedactor } from '../../src/report/redact.ts'
import { allOf, failureOf, github, html } from './fakes/failures.ts'
import type { Answer } from './fakes/server.ts'
import { openApi, stages, toolsFor, type Stage } from './fakes/stages.ts'

const names = ['gitlab', 'azure', 'github'] as const

describe.each(names)('patience with %s', (host) => {
  let stage: Stage
  let tools: ReturnType<typeof toolsFor>
  let api: HostApi
  beforeEach(async () => {
    stage = await stages[host]()
    tools = toolsFor(stage.env)
    api = await openApi(stage, tools)
  })
  afterEach(async () => {
    await stage.close()
  })
  const busy: Answer = { status: 429, body: { message: 'slow down' }, headers: { 'retry-after': '7' } }

  it('waits as long as it is told, for writes too', async () => {
    stage.fake.trouble({ path: stage.place, method: 'GET', answer: busy })
    stage.fake.trouble({ path: stage.place, method: 'POST', answer: busy })
    expect(await api.comment('plan:dev', 'one')).toBe('created')
    expect(tools.slept).toEqual([7000, 7000])
    expect(stage.comments()).toHaveLength(1)
    expect(tools.events).toMatchObject([
      { type: 'retry', method: 'GET', attempt: 1, delayMs: 7000, reason: 'rate limit' },
      { type: 'retry', method: 'POST', attempt: 1, delayMs: 7000, reason: 'rate limit' },
    ])
  })

  it('says when to come back rather than wait for long', async () => {
    const headers = { 'retry-after': '1800', date: 'Sat, 21 Nov 2026 12:00:00 GMT' }
    stage.fake.trouble({ path: stage.place, answer: { ...busy, headers } })
    const error = await failureOf(api.comment('plan:dev', 'one'))
    expect(error.code).toBe('CI_REFUSED')
    expect(error.message).toMatch(/429: rate limit: slow down/)
    expect(error.hint).toMatch(/after 2026-11-21 12:30:00 UTC \(in 30 min\)/)
    expect(tools.slept).toEqual([])
  })

  it('ends', async () => {
    stage.fake.trouble({ path: stage.place, times: 100, answer: busy })
    const error = await failureOf(api.comment('plan:dev', 'one'))
    expect(error.hint).toMatch(/used up/)
    expect(tools.slept).toEqual([7000, 7000, 7000, 7000])
    expect(stage.fake.requests.filter(({ path }) => stage.place.test(path))).toHaveLength(5)
  })

  it.each([500, 502, 503])('reads again after %i, and writes nothing twice', async (status) => {
    stage.fake.trouble({
      path: stage.place,
      method: 'GET',
      times: 2,
      answer: { status, body: html('Bad gateway') },
    })
    stage.fake.trouble({ path: stage.place, method: 'POST', answer: { status, body: { message: 'oops' } } })
    const error = await failureOf(api.comment('plan:dev', 'one'))
    expect(error).toMatchObject({ code: 'CI_REFUSED', exit: 4 })
    expect(error.hint).toMatch(/problem of its own/)
    expect(tools.slept).toEqual([1000, 2000])
    expect(stage.fake.writes()).toHaveLength(1)
  })

  it.each([
    ['seconds', { 'retry-after': '7' }],
    ['a moment', { 'retry-after': 'Sat, 21 Nov 2026 12:00:07 GMT', date: 'Sat, 21 Nov 2026 12:00:00 GMT' }],
  ])('waits as long as 503 tells, in %s, and writes nothing twice', async (_name, headers) => {
    const answer = { status: 503, body: html('Down for maintenance'), headers }
    stage.fake.trouble({ path: stage.place, method: 'GET', answer })
    stage.fake.trouble({ path: stage.place, method: 'POST', answer })
    expect((await failureOf(api.comment('plan:dev', 'one'))).code).toBe('CI_REFUSED')
    expect(tools.slept).toEqual([7000])
    expect(stage.fake.writes()).toHaveLength(1)
  })

  it.each([
    ['1800', /problem of its own; run the job again after 2026-11-21 12:30:00 UTC \(in 30 min\)/],
    ['1e300', /run the job again after 2027-11-21/],
  ])('does not wait for long maintenance: %s s', async (after, hint) => {
    const headers = { 'retry-after': after, date: 'Sat, 21 Nov 2026 12:00:00 GMT' }
    stage.fake.trouble({ path: stage.place, answer: { status: 503, body: html('Down'), headers } })
    expect((await failureOf(api.comment('plan:dev', 'one'))).hint).toMatch(hint)
    expect(tools.slept).toEqual([])
  })

  it('edits again after 502', async () => {
    await api.comment('plan:dev', 'one')
    const path = host === 'gitlab' ? /\/notes\/\d+$/ : /\/comments\/\d+$/
    stage.fake.trouble({ path, answer: { status: 502, body: html('Bad gateway') } })
    expect(await api.comment('plan:dev', 'two')).toBe('updated')
    expect(tools.slept).toEqual([1000])
  })

  it('reads again when the line is torn, and says so when it stays so', async () => {
    stage.fake.trouble({ path: stage.place, method: 'GET', answer: 'hang up' })
    expect(await api.comment('plan:dev', 'one')).toBe('created')
    expect(tools.slept).toEqual([1000])
    stage.fake.trouble({ path: stage.place, times: 100, answer: 'hang up' })
    const error = await failureOf(api.comment('plan:dev', 'two'))
    expect(error.code).toBe('CI_UNREACHABLE')
    expect(error.message).toContain('cannot be reached')
  })

  it('does not send a comment again that may have arrived', async () => {
    stage.fake.trouble({ path: stage.place, method: 'POST', answer: 'hang up' })
    expect((await failureOf(api.comment('plan:dev', 'one'))).code).toBe('CI_UNREACHABLE')
    expect(stage.fake.writes()).toHaveLength(1)
  })

  it.each([200, 403])('takes no page for an answer (%i)', async (status) => {
    stage.fake.trouble({ path: stage.place, answer: { status, body: html('Welcome to the proxy') } })
    const error = await failureOf(api.comment('plan:dev', 'one'))
    expect(error.code).toBe('CI_UNREACHABLE')
    expect(error.message).toMatch(/an HTML page answered \(«Welcome to the proxy»\)/)
    expect(stage.fake.writes()).toEqual([])
  })

  it('reads again when the answer is cut off', async () => {
    const cut = { status: 200, body: '[{"id": 1, "bo', headers: { 'content-type': 'application/json' } }
    stage.fake.trouble({ path: stage.place, method: 'GET', answer: cut })
    expect(await api.comment('plan:dev', 'one')).toBe('created')
    expect(tools.slept).toEqual([1000])
  })
})

describe('a host that is not there', () => {
  it.each(names)('%s', async (host) => {
    const stage = await stages[host]()
    await stage.close()
    const tools = toolsFor(stage.env)
    const error = await failureOf(openApi(stage, tools).then((api) => api.comment('plan:dev', 'one')))
    expect(error).toMatchObject({ code: 'CI_UNREACHABLE', exit: 4 })
    expect(error.message).toMatch(/127\.0\.0\.1.* cannot be reached: ECONNREFUSED/)
    for (const secret of tools.secrets) expect(allOf(error)).not.toContain(secret)
  })
})

describe('limits of GitHub', () => {
  const spent = (left: number): Answer => ({
    status: 403,
    body: github('API rate limit exceeded for installation ID 1.'),
    headers: {
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': String(Date.parse('2026-11-21T12:00:00Z') / 1000 + left),
      date: 'Sat, 21 Nov 2026 12:00:00 GMT',
    },
  })
  const secondary: Answer = {
    status: 403,
    body: github('You have exceeded a secondary rate limit. Please wait a few minutes before you try again.'),
  }
  const ask = async (
    answer: Answer,
    times = 1,
  ): Promise<{ ended: unknown; tools: HostTools & { slept: number[] } }> => {
    const stage = await stages.github()
    const tools = toolsFor(stage.env)
    stage.fake.trouble({ path: stage.place, times, answer })
    const api = await openApi(stage, tools)
    const ended = await api.comment('plan:dev', 'one').catch((error: unknown) => error)
    await stage.close()
    return { ended, tools }
  }

  it('are waited for when they end soon, by the clock of the server', async () => {
    const { ended, tools } = await ask(spent(40))
    expect(ended).toBe('created')
    expect(tools.slept).toEqual([40_000])
  })

  it('are no matter of rights', async () => {
    const { ended } = await ask(spent(2400))
    expect(ended).toMatchObject({ code: 'CI_REFUSED' })
    expect((ended as Fail).hint).toMatch(/after 2026-11-21 12:40:00 UTC \(in 40 min\)/)
  })

  it('that do not say how long are tried a few times', async () => {
    const { ended, tools } = await ask(secondary, 2)
    expect(ended).toBe('created')
    expect(tools.slept).toEqual([1000, 2000])
  })
})

describe('tokens', () => {
  it('are hidden even when a host repeats them', async () => {
    const stage = await stages.github()
    const tools = toolsFor(stage.env)
    const redactor = createRedactor()
    tools.onSecret = (secret) => void redactor.add(secret)
    const message = `no such token ${stage.env['GITHUB_TOKEN']}`
    stage.fake.trouble({ path: stage.place, answer: { status: 401, body: { message } } })
    const error = await failureOf(openApi(stage, tools).then((api) => api.comment('plan:dev', 'one')))
    expect(redactor.redact(error.message)).toContain('no such token ***')
    await stage.close()
  })
})
