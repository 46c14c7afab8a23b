import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { wantedOf } from '../../../src/cli/bootstrap-wanted.ts'
import { bootstrapGitlab } from '../../../src/host/gitlab/bootstrap/bootstrap.ts'
import { gitlabToken, startGitlab, type GitlabFake } from './gitlab-fake.ts'
import { createRound, env, pipelineOf } from './support.ts'

const wanted = wantedOf(pipelineOf(), { host: 'gitlab', env, approvers: ['alice'] })

let fake: GitlabFake
let round: ReturnType<typeof createRound>
beforeEach(async () => {
  fake = await startGitlab()
  round = createRound(bootstrapGitlab, fake.url, 'acme/shop', { GITLAB_TOKEN: gitlabToken })
})
afterEach(async () => {
  await fake.close()
})

const variable = (key: string, scope: string) =>
  fake.state.variables.find((each) => each['key'] === key && each['environment_scope'] === scope)

describe('what is there on GitLab', () => {
  it.each<[name: string, there: object, expected: object, why: RegExp]>([
    ['readable', { masked: true, protected: true, hidden: false }, { state: 'done' }, /^$/],
    ['hidden', { masked: true, protected: true, hidden: true }, { state: 'done' }, /^$/],
    [
      'readable, for any branch',
      { masked: true, protected: false, hidden: false },
      { state: 'updated' },
      /jobs of any branch can read it; the value that is there stays/,
    ],
    [
      'hidden, for any branch',
      { masked: true, protected: false, hidden: true },
      { state: 'owner' },
      /jobs of any branch can read it, and its value is hidden.*--rotate/,
    ],
  ])('keeps a secret that is there with another value: %s', async (_name, there, expected, why) => {
    const what = 'variable DATABRICKS_TOKEN of dev'
    const old = { key: 'DATABRICKS_TOKEN', environment_scope: 'dev', secret: 'newer-than-here' }
    fake.state.variables.push({ ...old, ...there })
    const found = (await round(wanted)).outcomes.find((each) => each.what === what)
    expect(found).toMatchObject(expected)
    expect(found?.why ?? '').toMatch(why)
    const { protected: closed } = { protected: true, ...(found?.state === 'owner' ? there : {}) }
    expect(variable('DATABRICKS_TOKEN', 'dev')).toMatchObject({
      secret: 'newer-than-here',
      protected: closed,
    })
    await round(wanted, { rotate: true })
    expect(variable('DATABRICKS_TOKEN', 'dev')).toMatchObject({
      secret: env.DATABRICKS_TOKEN,
      protected: true,
    })
    expect(fake.violations).toEqual([])
  })

  it('still mends an address that people can read', async () => {
    await round(wanted)
    Object.assign(variable('DATABRICKS_HOST', 'dev') ?? {}, { secret: 'https://old.test' })
    expect((await round(wanted)).lines).toContain('updated: variable DATABRICKS_HOST of dev')
    expect(variable('DATABRICKS_HOST', 'dev')).toMatchObject({ secret: env.DATABRICKS_HOST })
  })

  it.each<[name: string, rule: object | undefined]>([
    ['acme/ops', { group_id: 77 }],
    ['@alice', { user_id: 31 }],
    // An id, and nobody's name.
    ['77', undefined],
    ['31', undefined],
  ])('takes %s for a name', async (name, rule) => {
    const { outcomes } = await round(wantedOf(pipelineOf(), { host: 'gitlab', env, approvers: [name] }))
    const rules = fake.state.protectedEnvironments?.flatMap((each) => each['approval_rules'])
    expect(rules).toMatchObject(rule ? [rule] : [])
    expect(outcomes.find(({ what }) => what === 'approval before prod')?.state).toBe(
      rule ? 'created' : 'owner',
    )
  })
})
