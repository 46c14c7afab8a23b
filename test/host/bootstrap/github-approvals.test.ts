import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { wantedOf } from '../../../src/cli/bootstrap-wanted.ts'
import { bootstrapGithub } from '../../../src/host/github/bootstrap/bootstrap.ts'
import { githubToken, startGithub, type Opening } from './github-fake.ts'
import { createRound, env, pipelineOf } from './support.ts'

const wanted = wantedOf(pipelineOf(), { host: 'github', env, approvers: ['alice', 'acme/ops'] })

let fake: Opening
let round: ReturnType<typeof createRound>
beforeEach(async () => {
  fake = await startGithub()
  round = createRound(bootstrapGithub, fake.url, 'acme/shop', { GITHUB_TOKEN: githubToken })
})
afterEach(async () => {
  await fake.close()
})

describe('approvals on GitHub', () => {
  it('knows who is nobody', async () => {
    const approvers = ['alice', 'nobody']
    const { outcomes } = await round(wantedOf(pipelineOf(), { host: 'github', env, approvers }))
    expect(outcomes.find(({ what }) => what === 'environment prod')).toMatchObject({
      state: 'owner',
      why: 'GitHub knows no user or team nobody that this token can see: mend --approver; without its approval it gets no secrets',
    })
    expect(outcomes.filter(({ what }) => what.endsWith('of prod'))).toEqual(
      ['secret DATABRICKS_HOST of prod', 'secret DATABRICKS_TOKEN of prod'].map((what) => ({
        what,
        state: 'owner',
        why: 'not before environment prod has its approval: see above',
      })),
    )
    expect(fake.writes().filter((line) => line.includes('/environments/prod'))).toEqual([])
    expect(outcomes.find(({ what }) => what === 'secret DATABRICKS_TOKEN of dev')?.state).toBe('created')
  })

  it('gives no new secrets to an environment that waits for its approval, but to one that has some', async () => {
    const unknown = wantedOf(pipelineOf(), { host: 'github', env, approvers: ['nobody'] })
    const none = { branches: [], deployment_branch_policy: null }
    fake.state.environments.push({ name: 'prod', protection_rules: [], ...none })
    expect((await round(unknown)).lines).toContain('owner: secret DATABRICKS_TOKEN of prod')
    expect(fake.state.shelves.get('prod')?.secrets.size).toBe(0)
    const reviewers = [{ type: 'User', reviewer: { id: 5 } }]
    fake.state.environments = [
      { name: 'prod', protection_rules: [{ type: 'required_reviewers', reviewers }], ...none },
    ]
    expect((await round(unknown)).lines).toContain('created: secret DATABRICKS_TOKEN of prod')
  })

  it.each<[name: string, there: boolean]>([
    ['new', false],
    ['there without an approval', true],
  ])('gives no secrets to an environment that could not be set up: %s', async (_name, there) => {
    if (there)
      fake.state.environments.push({
        name: 'prod',
        protection_rules: [],
        branches: [],
        deployment_branch_policy: null,
      })
    const answer = { status: 403, body: { message: 'Resource not accessible by personal access token' } }
    fake.trouble({ method: 'PUT', path: /environments\/prod$/, answer })
    const { outcomes } = await round(wanted)
    expect(outcomes.find(({ what }) => what === 'environment prod')?.state).toBe('refused')
    expect(outcomes.find(({ what }) => what === 'secret DATABRICKS_TOKEN of prod')).toMatchObject({
      state: 'failed',
      why: expect.stringMatching(/environment prod is not set up.*mend that first/) as string,
    })
    expect(fake.state.shelves.get('prod')?.secrets.size ?? 0).toBe(0)
    expect(outcomes.find(({ what }) => what === 'secret DATABRICKS_TOKEN of dev')?.state).toBe('created')
  })

  it('takes no organization for a reviewer', async () => {
    const { outcomes } = await round(wantedOf(pipelineOf(), { host: 'github', env, approvers: ['acme'] }))
    expect(outcomes.find(({ what }) => what === 'environment prod')).toMatchObject({
      state: 'owner',
      why: expect.stringMatching(/no user or team acme/) as string,
    })
  })
})

describe('a token of GitHub without a right', () => {
  it.each<[method: string, path: RegExp, right: string]>([
    ['GET', /environments\/dev$/, 'Actions: read'],
    ['GET', /deployment-branch-policies$/, 'Actions: read'],
    ['PUT', /environments\/dev$/, 'Administration: write'],
    ['POST', /deployment-branch-policies$/, 'Administration: write'],
    ['GET', /environments\/dev\/secrets$/, 'Environments: read'],
    ['GET', /environments\/dev\/secrets\/public-key$/, 'Environments: read'],
    ['PUT', /environments\/dev\/secrets\/DATABRICKS_HOST$/, 'Environments: write'],
    ['GET', /actions\/secrets$/, 'Secrets: read'],
    ['PUT', /actions\/secrets\/DATABRICKS_HOST$/, 'Secrets: write'],
    ['GET', /actions\/variables$/, 'Variables: read'],
    ['GET', /shop\/branches\/master$/, 'Contents: read'],
    ['GET', /rules\/branches\/master$/, 'Metadata: read'],
    ['GET', /branches\/master\/protection$/, 'Administration: read'],
    ['PUT', /branches\/master\/protection$/, 'Administration: write'],
  ])('names the right that %s %s lacks', async (method, path, right) => {
    const custom = { protected_branches: false, custom_branch_policies: true }
    const there = { branches: [], protection_rules: [], deployment_branch_policy: custom }
    if (method === 'GET' && path.source.startsWith('deployment'))
      fake.state.environments.push({ name: 'dev', ...there })
    const answer = { status: 403, body: { message: 'Resource not accessible by personal access token' } }
    fake.trouble({ method, path, answer })
    const refused = (await round(wanted)).outcomes.filter(({ state }) => state === 'refused')
    expect(refused.map(({ why }) => /the token lacks «([^»]+)»/.exec(why ?? '')?.[1])).toEqual([right])
  })
})
