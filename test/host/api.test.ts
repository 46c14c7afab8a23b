import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { apiOf } from '../../src/host/gitlab/api.ts'
import { Fail } from '../../src/errors.ts'
import { marker } from '../../src/host/comment.ts'
import { personalToken } from './fakes/github.ts'
import { gitlabToken, projectBot, startGitlab } from './fakes/gitlab.ts'
import { apiOf as localApi } from '../../src/host/local/api.ts'
import { closeClean } from './fakes/server.ts'
import { head, openApi, stages, toolsFor, type Stage } from './fakes/stages.ts'

const mark = marker('plan:dev')

describe.each(['gitlab', 'azure', 'github'] as const)('the comment on %s', (host) => {
  let stage: Stage
  beforeEach(async () => {
    stage = await stages[host]()
  })
  afterEach(async () => {
    await stage.close()
  })

  it('is made once, updated when its text changes, and left alone when it does not', async () => {
    const api = await openApi(stage)
    expect(await api.comment('plan:dev', 'one')).toBe('created')
    const made = stage.fake.writes().length
    expect(await (await openApi(stage)).comment('plan:dev', 'one')).toBe('unchanged')
    expect(stage.fake.writes()).toHaveLength(made)
    expect(await (await openApi(stage)).comment('plan:dev', 'two | **ü** 🚆\n\n<details>x</details>')).toBe(
      'updated',
    )
    expect(stage.comments().map((text) => text.trim())).toEqual([
      `${mark}\ntwo | **ü** 🚆\n\n<details>x</details>`,
    ])
  })

  it('has the state of a comment that asks nothing of anybody', async () => {
    await (await openApi(stage)).comment('plan:dev', 'one')
    const body = stage.fake.requests.findLast(({ method }) => method === 'POST')?.body
    expect(body).toEqual(
      host === 'azure'
        ? { comments: [{ parentCommentId: 0, content: `${mark}\none\n`, commentType: 1 }], status: 4 }
        : { body: `${mark}\none\n` },
    )
  })

  it('is one per key', async () => {
    const api = await openApi(stage)
    await api.comment('plan:dev', 'one')
    expect(await api.comment('plan:prod', 'two')).toBe('created')
    expect(await api.comment('plan:dev', 'three')).toBe('updated')
    expect(stage.comments()).toHaveLength(2)
  })

  it('is never the comment of somebody else who wrote the marker', async () => {
    stage.plantStrange(`${mark}\nplanted`)
    const api = await openApi(stage)
    expect(await api.comment('plan:dev', 'one')).toBe('created')
    expect(await api.comment('plan:dev', 'two')).toBe('updated')
    expect(stage.comments().map((text) => text.trim())).toEqual([`${mark}\nplanted`, `${mark}\ntwo`])
  })

  it('is not a comment that only quotes the marker', async () => {
    stage.plant(`look at this:\n${mark}`)
    expect(await (await openApi(stage)).comment('plan:dev', 'one')).toBe('created')
    expect(stage.comments()).toHaveLength(2)
  })

  it('is found with the line ends and spaces of the host', async () => {
    stage.plant(`${mark}\r\none`)
    expect(await (await openApi(stage)).comment('plan:dev', 'one\n')).toBe('unchanged')
  })

  it('is made again when it was deleted', async () => {
    const api = await openApi(stage)
    await api.comment('plan:dev', 'one')
    stage.wipe()
    expect(await api.comment('plan:dev', 'one')).toBe('created')
    expect(stage.fake.writes().filter((call) => !call.startsWith('POST'))).toEqual([])
  })

  it.each([403, 404])('is made again when editing it answers %i', async (status) => {
    stage.plant(`${mark}\none`)
    stage.fake.trouble({
      path: host === 'gitlab' ? /\/notes\/\d+$/ : /\/comments\/\d+$/,
      answer: { status, body: { message: 'no' } },
    })
    expect(await (await openApi(stage)).comment('plan:dev', 'two')).toBe('created')
    expect(stage.comments()).toHaveLength(2)
  })

  it('is the newest of several that two jobs at once have made; the others say so', async () => {
    for (const text of ['a', 'b', 'c']) stage.plant(`${mark}\n${text}`)
    const api = await openApi(stage)
    expect(await api.comment('plan:dev', 'now')).toBe('updated')
    const [first, second, third] = stage.comments()
    expect(first).toMatch(/^_Superseded/)
    expect(second).toMatch(/^_Superseded/)
    expect(third?.trim()).toBe(`${mark}\nnow`)
    const written = stage.fake.writes().length
    expect(await api.comment('plan:dev', 'now')).toBe('unchanged')
    expect(stage.fake.writes()).toHaveLength(written)
  })

  it('tells the token to whoever hides secrets', async () => {
    const tools = toolsFor(stage.env)
    await openApi(stage, tools)
    expect(tools.secrets).toEqual([
      stage.env['BRICKRAIL_GITLAB_TOKEN'] ?? stage.env['SYSTEM_ACCESSTOKEN'] ?? stage.env['GITHUB_TOKEN'],
    ])
    expect(stage.fake.requests.filter(({ query }) => query.toString().includes('token'))).toEqual([])
  })

  it('is sent by the fetch that was given, which knows the proxy', async () => {
    let sent = 0
    const fetch: typeof globalThis.fetch = async (input, init) => {
      sent += 1
      return await globalThis.fetch(input, init)
    }
    await (await openApi(stage, { ...toolsFor(stage.env), fetch })).comment('plan:dev', 'one')
    expect(sent).toBeGreaterThan(1)
    expect(sent).toBe(stage.fake.requests.length)
  })

  it('takes what its limit allows', async () => {
    const api = await openApi(stage)
    expect(await api.comment('plan:dev', 'x'.repeat(api.commentLimit))).toBe('created')
  })
})

describe('comments over many pages', () => {
  it.each(['gitlab', 'github'] as const)('%s', async (host) => {
    const stage = host === 'gitlab' ? await stages.gitlab('', 10) : await stages.github(10)
    stage.plant(`${mark}\none`)
    for (let n = 0; n < 35; n += 1) stage.plantStrange(`chat ${n}`)
    expect(await (await openApi(stage)).comment('plan:dev', 'two')).toBe('updated')
    expect(stage.comments()).toHaveLength(36)
    expect(
      stage.fake.requests.filter(({ method, path }) => method === 'GET' && stage.place.test(path)),
    ).toHaveLength(4)
    await stage.close()
  })
})

describe('who wrote it', () => {
  it('is asked of GitHub when the token is a person’s', async () => {
    const stage = await stages.github()
    stage.env['GITHUB_TOKEN'] = personalToken
    stage.plant(`${mark}\nof the bot`)
    const api = await openApi(stage)
    expect(await api.comment('plan:dev', 'mine')).toBe('created')
    expect(await api.comment('plan:dev', 'mine too')).toBe('updated')
    expect(stage.comments()[0]).toBe(`${mark}\nof the bot`)
    await stage.close()
  })

  it('is not us when GitLab itself notes something in our name', async () => {
    const fake = await startGitlab()
    fake.plant(`${mark}\nadded 1 commit`, projectBot, true)
    const env = {
      CI_PROJECT_ID: '12',
      CI_API_V4_URL: `${fake.url}/api/v4`,
      BRICKRAIL_GITLAB_TOKEN: gitlabToken,
    }
    const api = await apiOf({ host: 'gitlab', commit: head, mergeRequest: { number: 3 } }, toolsFor(env))
    expect('none' in api ? api.none : await api.comment('plan:dev', 'one')).toBe('created')
    await closeClean(fake)
  })
})

describe('the commit status', () => {
  const long = `Plan: ${'many things, '.repeat(50)}\nsecond line`
  it.each(['gitlab', 'azure', 'github'] as const)(
    'of %s is in its own words, and short enough',
    async (host) => {
      const stage = await stages[host]()
      const api = await openApi(stage)
      const url = 'https://ci.example.com/job/1'
      await api.status({ name: 'brickrail/plan/dev', state: 'failed', text: long, url })
      await api.status({ name: 'brickrail/plan/dev', state: 'success', text: 'Nothing to do.' })
      const most = { gitlab: 255, azure: 200, github: 140 }[host]
      const [failed, good] = stage.statuses
      const description = String(failed?.['description'])
      expect(description.length).toBeLessThanOrEqual(most)
      expect(description).toMatch(/^Plan: many things, .*…$/)
      const expected = {
        gitlab: [
          {
            sha: head,
            state: 'failed',
            name: 'brickrail/plan/dev',
            target_url: url,
            pipeline_id: 900,
            description,
          },
          {
            sha: head,
            state: 'success',
            name: 'brickrail/plan/dev',
            pipeline_id: 900,
            description: 'Nothing to do.',
          },
        ],
        azure: [
          { state: 3, context: { genre: 'brickrail', name: 'plan/dev' }, targetUrl: url, description },
          { state: 2, context: { genre: 'brickrail', name: 'plan/dev' }, description: 'Nothing to do.' },
        ],
        github: [
          { sha: head, state: 'failure', context: 'brickrail/plan/dev', target_url: url, description },
          { sha: head, state: 'success', context: 'brickrail/plan/dev', description: 'Nothing to do.' },
        ],
      }[host]
      expect([failed, good]).toEqual(expected)
      await stage.close()
    },
  )

  it('of GitLab may be set to what it is already', async () => {
    const stage = await stages.gitlab()
    const api = await openApi(stage)
    for (let n = 0; n < 2; n += 1) await api.status({ name: 'a', state: 'success', text: 'x' })
    expect(stage.statuses).toHaveLength(1)
    await stage.close()
  })
})

describe('a server of one’s own', () => {
  it('may have GitLab at a path', async () => {
    const stage = await stages.gitlab('/tools/gitlab')
    expect(await (await openApi(stage)).comment('plan:dev', 'one')).toBe('created')
    await stage.close()
  })

  it('may have Azure DevOps at a path', async () => {
    const stage = await stages.azure('/tfs')
    expect(await (await openApi(stage)).comment('plan:dev', 'one')).toBe('created')
    await stage.close()
  })

  it.each(['https://gitlab.example.com', 'gitlab.example.com/api/v4', 'https://gitlab.example.com/api/v3'])(
    'must be named by the address of its API, not %s',
    async (url) => {
      const stage = await stages.gitlab()
      stage.env['CI_API_V4_URL'] = url
      const error = await openApi(stage).catch((error: unknown) => error)
      expect(error).toBeInstanceOf(Fail)
      expect((error as Fail).code).toBe('CI_UNREACHABLE')
      expect((error as Fail).hint).toMatch(/CI_API_V4_URL looks like/)
      await stage.close()
    },
  )
})

const lacking: [host: keyof typeof stages, change: Record<string, string>, none: RegExp, hint: RegExp][] = [
  ['gitlab', { CI_MERGE_REQUEST_IID: '' }, /no merge request/, /merge request pipelines/],
  [
    'gitlab',
    { BRICKRAIL_GITLAB_TOKEN: '' },
    /BRICKRAIL_GITLAB_TOKEN is not set/,
    /scope `api`, role Developer/,
  ],
  ['gitlab', { BRICKRAIL_GITLAB_TOKEN: '$BRICKRAIL_GITLAB_TOKEN' }, /is not set/, /protected variable/],
  ['azure', { SYSTEM_PULLREQUEST_PULLREQUESTID: '' }, /no pull request/, /build validation/],
  ['azure', { SYSTEM_ACCESSTOKEN: '$(System.AccessToken)' }, /SYSTEM_ACCESSTOKEN is not set/, /map it/],
  ['azure', { BUILD_REPOSITORY_PROVIDER: 'GitHub' }, /not in Azure Repos \(GitHub\)/, /host that it is on/],
  ['azure', { SYSTEM_COLLECTIONURI: '' }, /SYSTEM_COLLECTIONURI/, /Azure Pipelines/],
  ['github', { GITHUB_REF: 'refs/heads/master' }, /no pull request/, /pull_request/],
  ['github', { GITHUB_TOKEN: '' }, /GITHUB_TOKEN is not set/, /pull-requests: write/],
]

describe('no API', () => {
  it('on a developer’s machine', async () => {
    expect(await localApi({ host: 'local' }, toolsFor({}))).toMatchObject({ none: 'this is no CI job' })
  })

  it.each(lacking)('%s without %j says what to set', async (host, change, none, hint) => {
    const stage = await stages[host]()
    const api = await stage.api(toolsFor({ ...stage.env, ...change }))
    expect(api).toMatchObject({ none: expect.stringMatching(none), hint: expect.stringMatching(hint) })
    expect(stage.fake.requests).toEqual([])
    await stage.close()
  })
})
