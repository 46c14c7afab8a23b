import { describe, expect, it } from 'vitest'
import { apiOf } from '../../src/host/gitlab/api.ts'
import type { HostApi } from '../../src/host/host.ts'
import { allOf, failureOf } from './fakes/failures.ts'
import { gitlabToken, startGitlab } from './fakes/gitlab.ts'
import { refusals } from './fakes/refusals.ts'
import { closeClean } from './fakes/server.ts'
import { openApi, stages, toolsFor } from './fakes/stages.ts'

const callOf = async (api: HostApi, of: 'status' | undefined): Promise<unknown> =>
  of === 'status'
    ? await api.status({ name: 'brickrail/plan/dev', state: 'success', text: 'x' })
    : await api.comment('plan:dev', 'one')

describe('what a host refuses', () => {
  it.each(refusals)('$host: $name', async ({ host, answer, of, method, code, exit, says, hint }) => {
    const stage = await stages[host]()
    const tools = toolsFor(stage.env)
    const path = of === 'status' ? /\/statuses/ : stage.place
    stage.fake.trouble({ path, answer, ...(method === undefined ? {} : { method }) })
    const api = await openApi(stage, tools)
    const error = await failureOf(callOf(api, of))
    expect({ code: error.code, exit: error.exit }).toEqual({ code, exit })
    expect(error.message).toMatch(says)
    expect(error.hint).toMatch(hint)
    expect(tools.slept).toEqual([])
    for (const secret of tools.secrets) expect(allOf(error)).not.toContain(secret)
    await stage.close()
  })

  it('says of an archived GitLab project that it is archived', async () => {
    const fake = await startGitlab()
    fake.archived = true
    const env = {
      CI_PROJECT_ID: '12',
      CI_API_V4_URL: `${fake.url}/api/v4`,
      BRICKRAIL_GITLAB_TOKEN: gitlabToken,
    }
    const api = await apiOf({ host: 'gitlab', commit: 'abc', mergeRequest: { number: 3 } }, toolsFor(env))
    const error = await failureOf((api as HostApi).comment('plan:dev', 'one'))
    expect(error.message).toMatch(/the project is archived/)
    expect(error.hint).toMatch(/unarchive/)
    await closeClean(fake)
  })
})
