import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { wantedOf } from '../../../src/cli/bootstrap-wanted.ts'
import { bootstrapGitlab } from '../../../src/host/gitlab/bootstrap/bootstrap.ts'
import { gitlabToken, startGitlab, type GitlabFake } from './gitlab-fake.ts'
import { createRound, env, leaked, pipelineOf } from './support.ts'

const token = { GITLAB_TOKEN: gitlabToken }
const wanted = wantedOf(pipelineOf(), { host: 'gitlab', env, approvers: ['alice'] })

let fake: GitlabFake
let round: ReturnType<typeof createRound>
beforeEach(async () => {
  fake = await startGitlab()
  round = createRound(bootstrapGitlab, fake.url, 'acme/shop', token)
})
afterEach(async () => {
  await fake.close()
})

const variable = (key: string, scope: string) =>
  fake.state.variables.find((each) => each['key'] === key && each['environment_scope'] === scope)

describe('bootstrap on GitLab', () => {
  it('sets up an empty project', async () => {
    const { lines, text } = await round(wanted)
    expect(lines).toEqual([
      'done: CI configuration file',
      'updated: prevent outdated deployment jobs',
      'updated: merge only when the pipeline is green',
      'created: protected branch master',
      'created: environment dev',
      'created: environment prod',
      'created: approval before prod',
      'created: variable DATABRICKS_HOST of plan/dev',
      'created: variable DATABRICKS_TOKEN of plan/dev',
      'created: variable DATABRICKS_HOST of dev',
      'created: variable DATABRICKS_TOKEN of dev',
      'created: variable DATABRICKS_HOST of prod',
      'created: variable DATABRICKS_TOKEN of prod',
      'owner: variable BRICKRAIL_GITLAB_TOKEN of plan/dev',
      'created: schedule of drift',
      'updated: order of waiting jobs',
    ])
    expect(fake.violations).toEqual([])
    expect(variable('DATABRICKS_TOKEN', 'dev')).toMatchObject({
      masked: true,
      hidden: true,
      protected: true,
      raw: true,
      secret: env.DATABRICKS_TOKEN,
    })
    expect(variable('DATABRICKS_TOKEN', 'plan/dev')).toMatchObject({
      protected: false,
      hidden: true,
      secret: env.BRICKRAIL_PLAN_TOKEN,
    })
    expect(variable('DATABRICKS_HOST', 'prod')).toMatchObject({
      masked: false,
      hidden: false,
      protected: true,
      secret: env.DATABRICKS_HOST_PROD,
    })
    expect(fake.state.branches).toEqual([{ name: 'master' }])
    expect(fake.state.protectedEnvironments).toMatchObject([
      { name: 'prod', approval_rules: [{ user_id: 31, required_approvals: 1 }] },
    ])
    expect(fake.state.schedules).toMatchObject([
      {
        description: 'brickrail: drift',
        ref: 'refs/heads/master',
        cron: '17 4 * * *',
        active: true,
        variables: [{ key: 'BRICKRAIL_SCHEDULE', value: 'drift' }],
      },
    ])
    expect(fake.state.project).toMatchObject({
      ci_forward_deployment_enabled: true,
      only_allow_merge_if_pipeline_succeeds: true,
      resource_group_default_process_mode: 'oldest_first',
    })
    expect(leaked(text)).toEqual([])
    expect(text).not.toContain(gitlabToken)
  })

  it('writes nothing the second time, and secrets only when told to', async () => {
    await round(wanted)
    const first = fake.writes().length
    const second = await round(wanted)
    expect(fake.writes().slice(first)).toEqual([])
    expect(second.outcomes.filter(({ state }) => state !== 'done' && state !== 'owner')).toEqual([])
    await round(wanted, { rotate: true })
    expect([...new Set(fake.writes().slice(first))]).toEqual([
      'PUT /api/v4/projects/12/variables/DATABRICKS_TOKEN',
    ])
    expect(fake.violations).toEqual([])
  })

  it('writes nothing with --dry-run, and says the same', async () => {
    const dry = await round(wanted, { dryRun: true })
    expect(fake.writes()).toEqual([])
    const real = await round(wanted)
    expect(
      dry.lines.map((line) => line.replace('would create', 'created').replace('would update', 'updated')),
    ).toEqual(real.lines)
  })

  it('mends what is partly there, and leaves what is not its own', async () => {
    fake.state.variables.push(
      {
        key: 'DATABRICKS_TOKEN',
        environment_scope: 'dev',
        masked: false,
        protected: false,
        hidden: false,
        secret: 'old-old-old',
      },
      {
        key: 'OTHER',
        environment_scope: '*',
        masked: false,
        protected: false,
        hidden: false,
        secret: 'mine',
      },
    )
    fake.state.branches.push({ name: 'mas*' })
    fake.state.schedules.push({
      id: 1,
      description: 'brickrail: drift',
      ref: 'refs/heads/old',
      cron: '0 0 * * *',
      cron_timezone: 'UTC',
      active: false,
      variables: [{ key: 'BRICKRAIL_SCHEDULE', value: 'drift' }],
    })
    fake.state.groups.push({ key: 'databricks-dev', process_mode: 'unordered' })
    fake.state.protectedEnvironments = [{ name: 'prod', approval_rules: [{ user_id: 5 }] }]
    const { lines } = await round(wanted)
    expect(lines).toEqual(
      expect.arrayContaining([
        'done: protected branch master',
        'updated: variable DATABRICKS_TOKEN of dev',
        'updated: schedule of drift',
        'updated: approval before prod',
      ]),
    )
    // Closed, with the value that was there: it may be newer than the one of this shell.
    expect(variable('DATABRICKS_TOKEN', 'dev')).toMatchObject({
      masked: true,
      protected: true,
      raw: false,
      secret: 'old-old-old',
    })
    expect(variable('OTHER', '*')).toMatchObject({ secret: 'mine' })
    expect(fake.state.schedules).toMatchObject([
      { cron: '17 4 * * *', ref: 'refs/heads/master', active: false },
    ])
    expect(fake.state.protectedEnvironments[0]).toMatchObject({
      approval_rules: [{ user_id: 5 }, { user_id: 31 }],
    })
    expect(fake.violations).toEqual([])
  })

  it('opens nothing that somebody has closed', async () => {
    fake.state.variables.push({
      key: 'DATABRICKS_TOKEN',
      environment_scope: 'plan/dev',
      masked: true,
      protected: true,
      hidden: false,
      secret: 'old-old-old',
    })
    await round(wanted, { rotate: true })
    expect(variable('DATABRICKS_TOKEN', 'plan/dev')).toMatchObject({
      protected: true,
      secret: env.BRICKRAIL_PLAN_TOKEN,
    })
    const { outcomes } = await round(wanted)
    expect(outcomes.find(({ what }) => what === 'variable DATABRICKS_TOKEN of plan/dev')).toMatchObject({
      state: 'owner',
      why: expect.stringMatching(/jobs of merge requests cannot read it/) as string,
    })
  })

  it('says where to set what has no value here, and never hands the writing token to readers', async () => {
    const poor = wantedOf(pipelineOf(), {
      host: 'gitlab',
      env: { DATABRICKS_TOKEN: 'dapi-write-dev-000000' },
      approvers: [],
    })
    const { outcomes } = await round(poor)
    const why = (what: string) => outcomes.find((each) => each.what === what)?.why ?? ''
    expect(why('variable DATABRICKS_TOKEN of plan/dev')).toMatch(
      /set BRICKRAIL_PLAN_TOKEN here.*settings\/ci_cd, Variables: environment scope plan\/dev, masked and hidden, not protected/,
    )
    expect(why('variable BRICKRAIL_GITLAB_TOKEN of plan/dev')).toMatch(
      /project access token \(role Developer, scope api\)/,
    )
    expect(why('approval before prod')).toMatch(/--approver/)
    expect(variable('DATABRICKS_TOKEN', 'plan/dev')).toBeUndefined()
  })

  it('goes on without what the licence does not have', async () => {
    fake.state.protectedEnvironments = undefined
    const { outcomes } = await round(wanted)
    expect(outcomes.find(({ what }) => what === 'approval before prod')).toMatchObject({
      state: 'owner',
      why: expect.stringMatching(/GitLab Premium/) as string,
    })
    expect(outcomes.some(({ state }) => state === 'refused' || state === 'failed')).toBe(false)
  })

  it('takes a schedule back that it cannot finish', async () => {
    fake.trouble({
      method: 'POST',
      path: /pipeline_schedules\/\d+\/variables/,
      answer: { status: 400, body: { message: 'no' } },
    })
    const { lines } = await round(wanted)
    expect(lines).toContain('failed: schedule of drift')
    expect(lines).toContain('created: variable DATABRICKS_TOKEN of dev')
    expect(fake.state.schedules).toEqual([])
  })

  it('tells of approvers that GitLab leaves out', async () => {
    fake.state.members = []
    const { outcomes } = await round(wanted)
    expect(outcomes.find(({ what }) => what === 'approval before prod')).toMatchObject({
      state: 'failed',
      why: expect.stringMatching(/alice cannot approve deployments to prod/) as string,
    })
  })

  it('does the rest when pieces are forbidden', async () => {
    fake.trouble({
      method: 'GET',
      path: /\/variables$/,
      answer: {
        status: 403,
        body: {
          error: 'insufficient_scope',
          error_description: 'The request requires higher privileges',
          scope: 'api',
        },
      },
    })
    fake.trouble({
      method: 'POST',
      path: /protected_branches/,
      answer: { status: 403, body: { message: '403 Forbidden' } },
    })
    const { outcomes } = await round(wanted)
    const refused = outcomes.filter(({ state }) => state === 'refused')
    expect(refused.map(({ what }) => what)).toEqual(['protected branch master', 'CI/CD variables'])
    expect(refused[0]?.why).toMatch(/does not allow to protect master.*role Maintainer/)
    expect(refused[1]?.why).toMatch(/DATABRICKS_TOKEN.*lacks the scope `api`/)
    expect(outcomes.find(({ what }) => what === 'schedule of drift')?.state).toBe('created')
  })
})
