import { afterEach, describe, expect, it } from 'vitest'
import type { JobApprovals } from '../../src/host/host.ts'
import { openHost } from '../../src/host/open.ts'
import { azureToken, startAzure, type AzureFake } from './fakes/azure.ts'
import { failureOf, github as words } from './fakes/failures.ts'
import { githubToken, startGithub, type GithubReview } from './fakes/github.ts'
import { gitlabJobToken, gitlabToken, startGitlab } from './fakes/gitlab.ts'
import { closeClean, type Fake } from './fakes/server.ts'
import { toolsFor } from './fakes/stages.ts'

type Env = Record<string, string>

let open: Fake | undefined
afterEach(async () => {
  if (open) await closeClean(open)
  open = undefined
})

const started = <T extends Fake>(fake: T): T => {
  open = fake
  return fake
}

const ask = async (env: Env, environment = 'prod'): Promise<JobApprovals> =>
  await openHost(env).pipeline.approvals(toolsFor(env), environment)

const ada = { id: 9, username: 'ada' }
const carol = { id: 10, username: 'carol', public_email: 'Carol@example.com' }

describe('approvals that GitLab has recorded', () => {
  const stage = async () => {
    const fake = started(await startGitlab())
    const env: Env = {
      GITLAB_CI: 'true',
      CI_API_V4_URL: `${fake.url}/api/v4`,
      CI_PROJECT_ID: '12',
      CI_JOB_TOKEN: gitlabJobToken,
    }
    return { fake, env }
  }
  const [deployed] = [{ id: 32, environment: 'prod', deployable: { id: 5 } }]
  const said = (status: 'approved' | 'rejected', user = carol) => ({
    user,
    status,
    created_at: '2026-11-21T11:00:00.000+01:00',
    comment: '',
  })

  it('are those of the deployment of this very job', async () => {
    const { fake, env } = await stage()
    const others = { id: 33, environment: 'prod', deployable: { id: 6 }, approvals: [said('approved')] }
    const ours = { ...deployed, approvals: [said('approved'), said('rejected')] }
    fake.pipeline.deployments = [ours, others]
    expect(await ask({ ...env, CI_JOB_ID: '6' })).toEqual({
      approvals: [
        {
          user: 'carol',
          emails: ['carol@example.com'],
          at: '2026-11-21T10:00:00.000Z',
          what: 'approved the deployment',
        },
      ],
    })
    expect(fake.requests.map(({ path }) => path.replace('/api/v4/', ''))).toEqual([
      'job',
      'projects/12/deployments',
      'projects/12/deployments/32',
    ])
  })

  it('or whoever started the job by hand, which shows by who started its pipeline', async () => {
    const { env } = await stage()
    expect(await ask({ ...env, BRICKRAIL_GITLAB_TOKEN: gitlabToken, GITLAB_USER_LOGIN: 'mallory' })).toEqual({
      approvals: [
        { user: 'bob', emails: [], at: '2026-11-21T12:00:00.000Z', what: 'started the manual job' },
      ],
    })
  })

  it.each<[string, Env, (fake: Awaited<ReturnType<typeof startGitlab>>) => void, RegExp]>([
    ['no token of its own', {}, () => undefined, /BRICKRAIL_GITLAB_TOKEN.*read_api/],
    [
      'the pipeline and the job started by one person',
      { BRICKRAIL_GITLAB_TOKEN: gitlabToken },
      ({ pipeline }) => void (pipeline.job.user = ada),
      /somebody else has to start/,
    ],
    [
      'a job of another environment',
      {},
      ({ pipeline }) => void (pipeline.deployments = [{ ...deployed, environment: 'dev' }]),
      /environment: prod/,
    ],
    ['no token of the job', { CI_JOB_TOKEN: '' }, () => undefined, /GitLab sets them/],
  ])('are none with %s', async (_, more, change, hint) => {
    const { fake, env } = await stage()
    change(fake)
    const found = await ask({ ...env, ...more })
    expect('none' in found ? found.hint : found).toMatch(hint)
  })

  it('tell which right is lacking', async () => {
    const { fake, env } = await stage()
    fake.trouble({ path: /\/deployments$/, answer: { status: 403, body: { message: '403 Forbidden' } } })
    const error = await failureOf(ask(env))
    expect([error.code, error.exit, error.hint]).toEqual([
      'CI_DENIED',
      5,
      expect.stringMatching(/role Reporter/),
    ])
  })
})

describe('approvals that GitHub has recorded', () => {
  const review = (more: Partial<GithubReview> = {}): GithubReview => ({
    state: 'approved',
    environments: [{ name: 'Prod' }],
    user: { login: 'carol', id: 10, type: 'User', email: null },
    comment: '',
    ...more,
  })
  const stage = async (token = githubToken) => {
    const fake = started(await startGithub())
    const env: Env = {
      GITHUB_ACTIONS: 'true',
      GITHUB_API_URL: fake.url,
      GITHUB_REPOSITORY: 'acme/shop',
      GITHUB_RUN_ID: '55',
      GITHUB_TOKEN: token,
    }
    return { fake, env }
  }

  it('are those of reviewers of that environment, not before the run began', async () => {
    const { fake, env } = await stage()
    fake.run.reviews = [
      review(),
      review({ state: 'rejected', user: { login: 'dan', id: 1, type: 'User' } }),
      review({ environments: [{ name: 'dev' }], user: { login: 'eve', id: 2, type: 'User' } }),
      review({ state: 'pending' }),
    ]
    expect(await ask(env)).toEqual({
      approvals: [
        {
          user: 'carol',
          emails: [],
          at: '2026-11-21T12:00:00.000Z',
          vague: true,
          what: 'approved the deployment',
        },
      ],
    })
  })

  it('are none in a repeated run, as those of the first attempt are listed with it', async () => {
    const { fake, env } = await stage()
    fake.run.reviews = [review()]
    fake.run.run_attempt = 2
    expect(await ask(env)).toEqual({
      none: expect.stringMatching(/repeated/) as string,
      hint: expect.stringMatching(/new run/) as string,
    })
  })

  it('are none of a run that has ended, whatever the variable says', async () => {
    const { fake, env } = await stage()
    fake.run.reviews = [review()]
    fake.run.status = 'completed'
    expect(await ask(env)).toMatchObject({ none: expect.stringMatching(/run 55 has ended/) as string })
  })

  it('are none where nobody had to approve', async () => {
    expect(await ask((await stage()).env)).toEqual({
      none: 'nobody had to approve the environment prod for this run',
      hint: expect.stringMatching(/required reviewers/) as string,
    })
  })

  it('tell which permission is lacking', async () => {
    const { fake, env } = await stage()
    const error = await failureOf(ask({ ...env, GITHUB_TOKEN: fake.issue({}) }))
    expect([error.code, error.hint]).toEqual(['CI_DENIED', expect.stringMatching(/`actions: read`/)])
  })

  it('tell of a run that is hidden', async () => {
    const { fake, env } = await stage()
    fake.trouble({ path: /\/runs\/55$/, answer: { status: 404, body: words('Not Found') } })
    expect((await failureOf(ask(env))).code).toBe('CI_REFUSED')
  })
})

describe('approvals that Azure DevOps has recorded', () => {
  const uuid = (digit: string): string => `${digit.repeat(8)}-0000-4000-8000-000000000000`
  const [stageId, otherStage, phase, job, checkpoint, otherPoint] = ['1', '2', '3', '4', '5', '6'].map(uuid)
  const [approval, otherApproval] = ['a', 'b'].map(uuid)
  const stage = async () => {
    const fake: AzureFake = started(await startAzure())
    fake.records.push(
      { id: stageId ?? '', type: 'Stage' },
      { id: otherStage ?? '', type: 'Stage' },
      { id: phase ?? '', parentId: stageId ?? '', type: 'Phase' },
      { id: job ?? '', parentId: phase ?? '', type: 'Job' },
      { id: checkpoint ?? '', parentId: stageId ?? '', type: 'Checkpoint' },
      { id: approval ?? '', parentId: checkpoint ?? '', type: 'Checkpoint.Approval' },
      { id: otherPoint ?? '', parentId: otherStage ?? '', type: 'Checkpoint' },
      { id: otherApproval ?? '', parentId: otherPoint ?? '', type: 'Checkpoint.Approval' },
    )
    const env: Env = {
      TF_BUILD: 'True',
      SYSTEM_COLLECTIONURI: `${fake.url}/acme/`,
      SYSTEM_TEAMPROJECT: 'web shop',
      BUILD_BUILDID: '44',
      SYSTEM_JOBID: (job ?? '').toUpperCase(),
      SYSTEM_ACCESSTOKEN: azureToken,
      ENVIRONMENT_NAME: 'prod',
    }
    return { fake, env }
  }
  const step = (uniqueName: string, status = 'approved') => ({
    status,
    actualApprover: { uniqueName },
    lastModifiedOn: '2026-11-21T11:30:00.1234567Z',
  })

  it('are the steps of the checks of the stage of this job', async () => {
    const { fake, env } = await stage()
    fake.approvals.push(
      {
        id: approval ?? '',
        steps: [
          step('Carol@example.com'),
          step('dan@example.com', 'rejected'),
          { status: 'pending', lastModifiedOn: '' },
        ],
      },
      { id: otherApproval ?? '', steps: [step('eve@example.com')] },
    )
    expect(await ask(env)).toEqual({
      approvals: [
        {
          user: 'Carol@example.com',
          emails: ['carol@example.com'],
          at: '2026-11-21T11:30:00.123Z',
          what: 'approved the stage',
        },
      ],
    })
    expect(fake.requests.at(-1)?.query.get('approvalIds')).toBe(approval)
  })

  it.each<[string, Env, RegExp]>([
    ['a job of another environment', { ENVIRONMENT_NAME: 'dev' }, /deployment job with `environment: prod`/],
    ['a job that is no deployment', { ENVIRONMENT_NAME: '' }, /deployment job/],
    ['no token', { SYSTEM_ACCESSTOKEN: '$(System.AccessToken)' }, /SYSTEM_ACCESSTOKEN: /],
    ['nobody who had to approve', {}, /add the check Approvals/],
    ['a job that the timeline does not have', { SYSTEM_JOBID: uuid('f') }, /add the check Approvals/],
  ])('are none with %s', async (_, more, hint) => {
    const found = await ask({ ...(await stage()).env, ...more })
    expect('none' in found ? found.hint : found).toMatch(hint)
  })

  it('are none for a job that has ended, whatever the variable says', async () => {
    const { fake, env } = await stage()
    for (const one of fake.records) if (one.type === 'Job') one.state = 'completed'
    fake.approvals.push({ id: approval ?? '', steps: [step('carol@example.com')] })
    expect(await ask(env)).toMatchObject({ none: 'nobody had to approve this stage' })
  })

  it('tell which right is lacking', async () => {
    const { fake, env } = await stage()
    fake.trouble({ path: /\/pipelines\/approvals$/, answer: { status: 403, body: { message: 'no' } } })
    expect((await failureOf(ask(env))).hint).toMatch(/Reader of the environment/)
  })
})

it('a machine of a developer has none', async () => {
  expect(await ask({ USER: 'ada' })).toEqual({ none: 'this is no CI job' })
})
