import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { wantedOf } from '../../../src/cli/bootstrap-wanted.ts'
import { bootstrapGithub } from '../../../src/host/github/bootstrap/bootstrap.ts'
import { readSubjectPrefix } from '../../../src/host/github/bootstrap/subject.ts'
import { hostTools } from '../../../src/cli/host-tools.ts'
import { githubToken, startGithub, type Opening } from './github-fake.ts'
import { createRound, createRun, env, leaked, pipelineOf } from './support.ts'

const token = { GITHUB_TOKEN: githubToken }
const wanted = wantedOf(pipelineOf(), { host: 'github', env, approvers: ['alice', 'acme/ops'] })
const identities = wantedOf(pipelineOf({ auth: 'oidc' }), {
  host: 'github',
  env: { ...env, DATABRICKS_CLIENT_ID: 'client-dev', BRICKRAIL_PLAN_CLIENT_ID: 'client-plan' },
  approvers: ['alice'],
})

let fake: Opening
let round: ReturnType<typeof createRound>
beforeEach(async () => {
  fake = await startGithub()
  round = createRound(bootstrapGithub, fake.url, 'acme/shop', token)
})
afterEach(async () => {
  await fake.close()
})

const secret = (scope: string, name: string): string =>
  fake.open(fake.state.shelves.get(scope)?.secrets.get(name) ?? '')

describe('bootstrap on GitHub', () => {
  it('sets up an empty repository', async () => {
    const { lines, text } = await round(wanted)
    expect(lines).toEqual([
      'created: environment dev',
      'created: environment prod',
      'created: secret DATABRICKS_HOST',
      'created: secret DATABRICKS_TOKEN',
      'created: secret DATABRICKS_HOST of dev',
      'created: secret DATABRICKS_TOKEN of dev',
      'created: secret DATABRICKS_HOST of prod',
      'created: secret DATABRICKS_TOKEN of prod',
      'created: required check on master: brickrail',
    ])
    expect(secret('', 'DATABRICKS_TOKEN')).toBe(env.BRICKRAIL_PLAN_TOKEN)
    expect(secret('dev', 'DATABRICKS_TOKEN')).toBe(env.DATABRICKS_TOKEN)
    expect(secret('prod', 'DATABRICKS_TOKEN')).toBe(env.DATABRICKS_TOKEN_PROD)
    const prod = fake.state.environments.find(({ name }) => name === 'prod')
    expect(prod).toMatchObject({
      branches: ['master'],
      protection_rules: [
        {
          type: 'required_reviewers',
          prevent_self_review: true,
          reviewers: [
            { type: 'User', reviewer: { id: 31 } },
            { type: 'Team', reviewer: { id: 41 } },
          ],
        },
      ],
    })
    expect(fake.state.protection).toMatchObject({ required_status_checks: { contexts: ['brickrail'] } })
    expect(fake.violations).toEqual([])
    expect(leaked(text)).toEqual([])
    expect(text).not.toContain(githubToken)
  })

  it('writes nothing the second time, and secrets only when told to', async () => {
    await round(wanted)
    const first = fake.writes().length
    expect((await round(wanted)).lines.filter((line) => !line.startsWith('done:'))).toEqual([])
    expect(fake.writes().slice(first)).toEqual([])
    await round(wanted, { rotate: true })
    expect(fake.writes().slice(first)).toHaveLength(6)
    expect(
      fake
        .writes()
        .slice(first)
        .every((line) => /^PUT .*\/secrets\/DATABRICKS_/.test(line)),
    ).toBe(true)
  })

  it('writes nothing with --dry-run, and says the same', async () => {
    const dry = await round(wanted, { dryRun: true })
    expect(fake.writes()).toEqual([])
    expect(dry.lines.map((line) => line.replace('would create', 'created'))).toEqual(
      (await round(wanted)).lines,
    )
  })

  it('keeps addresses and identities where people can read them, and mends them', async () => {
    await round(identities)
    expect(Object.fromEntries(fake.state.shelves.get('dev')?.variables ?? [])).toEqual({
      DATABRICKS_HOST: env.DATABRICKS_HOST,
      DATABRICKS_CLIENT_ID: 'client-dev',
    })
    expect(fake.state.shelves.get('')?.variables.get('DATABRICKS_CLIENT_ID')).toBe('client-plan')
    fake.state.shelves.get('dev')?.variables.set('DATABRICKS_HOST', 'https://old.test')
    const { lines } = await round(identities)
    expect(lines.filter((line) => line.startsWith('updated'))).toEqual([
      'updated: variable DATABRICKS_HOST of dev',
    ])
    // Of production there is no client id here: it is asked for.
    expect(lines).toContain('owner: variable DATABRICKS_CLIENT_ID of prod')
  })

  it('reads all pages of what is there', async () => {
    await round(identities)
    const there = fake.state.shelves.get('')?.variables
    const own = [...(there ?? [])]
    there?.clear()
    for (let index = 0; index < 45; index += 1) there?.set(`OTHER_${index}`, 'x')
    for (const [name, value] of own) there?.set(name, value)
    const first = fake.writes().length
    await round(identities)
    expect(fake.writes().slice(first)).toEqual([])
  })

  it('adds to what is there, and loosens nothing', async () => {
    fake.state.environments.push({
      name: 'prod',
      branches: [],
      deployment_branch_policy: { protected_branches: true, custom_branch_policies: false },
      protection_rules: [
        { type: 'wait_timer', wait_timer: 30 },
        {
          type: 'required_reviewers',
          prevent_self_review: false,
          reviewers: [{ type: 'User', reviewer: { id: 5 } }],
        },
      ],
    })
    fake.state.protection = {
      required_status_checks: { strict: true, contexts: ['tests'] },
      required_pull_request_reviews: { required_approving_review_count: 2 },
    }
    await round(wanted)
    expect(fake.state.environments.find(({ name }) => name === 'prod')).toMatchObject({
      deployment_branch_policy: { protected_branches: true },
      protection_rules: [
        { wait_timer: 30 },
        {
          prevent_self_review: false,
          reviewers: [{ reviewer: { id: 5 } }, { reviewer: { id: 31 } }, { reviewer: { id: 41 } }],
        },
      ],
    })
    expect(fake.state.protection).toEqual({
      required_status_checks: { strict: true, contexts: ['tests', 'brickrail'] },
      required_pull_request_reviews: { required_approving_review_count: 2 },
    })
    expect(fake.writes().filter((line) => line.startsWith('PUT') && line.endsWith('/protection'))).toEqual([])
  })

  const released = wantedOf(
    pipelineOf({ jobs: { rel: { stage: 'release', on: ['tag'], command: 'deploy', target: 'prod' } } }),
    { host: 'github', env, approvers: ['alice'] },
  )

  it('lets tags deploy where a job of tags does, and still no other branch', async () => {
    await round(wanted)
    const { outcomes } = await round(released)
    expect(outcomes.find(({ what }) => what === 'environment prod')).toMatchObject({
      state: 'updated',
      why: 'tags * cannot deploy to it',
    })
    const { environments } = fake.state
    expect(environments.find(({ name }) => name === 'prod')).toMatchObject({
      branches: ['master'],
      tags: ['*'],
    })
    expect(environments.find(({ name }) => name === 'dev')).toMatchObject({ branches: ['master'], tags: [] })
    expect((await round(released)).lines).toContain('done: environment prod')
    expect(fake.violations).toEqual([])
  })

  it('keeps the tags that somebody has named', async () => {
    await round(wanted)
    const prod = fake.state.environments.find(({ name }) => name === 'prod')
    if (prod) prod.tags = ['v*']
    expect((await round(released)).lines).toContain('done: environment prod')
  })

  it('says what keeps tags out', async () => {
    fake.state.environments.push({
      name: 'prod',
      branches: [],
      protection_rules: [],
      deployment_branch_policy: { protected_branches: true, custom_branch_policies: false },
    })
    const { outcomes } = await round(released)
    expect(outcomes.find(({ what }) => what === 'deployments of tags to prod')).toMatchObject({
      state: 'owner',
      why: expect.stringMatching(/«Selected branches and tags»/) as string,
    })
  })

  it('says again what protects the branch when it has to write all of it', async () => {
    fake.state.protection = {
      enforce_admins: { enabled: true },
      required_linear_history: { enabled: true },
      allow_force_pushes: { enabled: false },
      required_pull_request_reviews: {
        required_approving_review_count: 2,
        require_code_owner_reviews: true,
        dismissal_restrictions: { users: [{ login: 'alice' }], teams: [{ slug: 'ops' }], apps: [] },
      },
      restrictions: { users: [{ login: 'alice' }], teams: [], apps: [{ slug: 'bot' }] },
    }
    await round(wanted)
    expect(fake.requests.findLast(({ method }) => method === 'PUT')?.body).toEqual({
      required_status_checks: { strict: false, contexts: ['brickrail'] },
      enforce_admins: true,
      required_linear_history: true,
      allow_force_pushes: false,
      required_pull_request_reviews: {
        dismiss_stale_reviews: false,
        required_approving_review_count: 2,
        require_code_owner_reviews: true,
        require_last_push_approval: false,
        dismissal_restrictions: { users: ['alice'], teams: ['ops'], apps: [] },
      },
      restrictions: { users: ['alice'], teams: [], apps: ['bot'] },
    })
  })

  it.each<[name: string, change: () => void, why: RegExp]>([
    ['rulesets', () => fake.state.rules.push({ type: 'pull_request', ruleset_id: 9 }), /settings\/rules\/9/],
    ['no branch yet', () => void (fake.state.branches = []), /there is no branch master yet/],
  ])('leaves the branch to its owner: %s', async (_name, change, why) => {
    change()
    const { outcomes } = await round(wanted)
    expect(outcomes.at(-1)).toMatchObject({ state: 'owner', why: expect.stringMatching(why) as string })
  })

  it('takes a ruleset that requires the check for done', async () => {
    fake.state.rules.push({
      type: 'required_status_checks',
      parameters: { required_status_checks: [{ context: 'brickrail' }] },
    })
    expect((await round(wanted)).lines.at(-1)).toBe('done: required check on master: brickrail')
  })

  it('without the plan for approvals, environments still keep their secrets', async () => {
    const answer = {
      status: 422,
      body: {
        message:
          'Failed to create the environment protection rule. Please ensure the billing plan includes the required reviewers protection rule.',
      },
    }
    fake.trouble({ method: 'PUT', path: /environments\/prod$/, answer })
    const { outcomes, lines } = await round(wanted)
    expect(outcomes.find(({ what }) => what === 'environment prod')).toMatchObject({
      state: 'refused',
      why: expect.stringMatching(/Pro, Team or Enterprise/) as string,
    })
    expect(lines).toContain('created: secret DATABRICKS_TOKEN of prod')
  })

  it('does the rest when pieces are forbidden', async () => {
    const answer = { status: 403, body: { message: 'Resource not accessible by personal access token' } }
    fake.trouble({ method: 'GET', path: /\/branches\/master\/protection$/, answer })
    fake.trouble({ method: 'PUT', path: /environments\/dev\/secrets\/DATABRICKS_TOKEN/, answer })
    const { outcomes } = await round(wanted)
    const refused = outcomes.filter(({ state }) => state === 'refused')
    expect(refused.map(({ what }) => what)).toEqual([
      'secret DATABRICKS_TOKEN of dev',
      'required check on master: brickrail',
    ])
    expect(refused[0]?.why).toMatch(/«Environments: write» \(fine-grained\)/)
    expect(refused[1]?.why).toMatch(/«Administration: read» \(fine-grained\)/)
  })

  it.each<[template: Record<string, unknown> | undefined, prefix: string | undefined]>([
    [
      { use_default: true, use_immutable_subject: true, sub_claim_prefix: 'repo:acme@7/shop@8' },
      'repo:acme@7/shop@8',
    ],
    [{ use_default: true }, 'repo:acme/shop'],
    [{ use_default: false, include_claim_keys: ['actor'] }, undefined],
    [undefined, 'repo:acme/shop'],
  ])('reads how the subject begins: %o', async (template, prefix) => {
    fake.state.template = template
    const options = { repository: 'acme/shop', url: fake.url, rotate: false }
    expect(await readSubjectPrefix(options, hostTools(createRun(token).run))).toBe(prefix)
  })
})
