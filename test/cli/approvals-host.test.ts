import { expect, it, onTestFinished } from 'vitest'
import { modelsEnvironment } from '../../src/ci/built-in.ts'
import { gitlabJobToken, startGitlab, type GitlabFake } from '../host/fakes/gitlab.ts'
import { closeClean } from '../host/fakes/server.ts'
import { inCi } from '../support/harness.ts'
import { trainer, withPeople } from './approve-stage.ts'

const args = ['--to', 'staging', '--version', '1']
const users = {
  ada: { id: 9, username: 'ada', public_email: 'ada@example.com' },
  hidden: { id: 10, username: 'hidden', public_email: '' },
  trainer: { id: 11, username: 'trainer', public_email: trainer },
}

/** A job of GitLab that deploys to the environment for models of the target. */
const open = async (more: string, sources = 'ci_environment') => {
  const people = await withPeople('workspace', sources, more)
  await people.stage.version(0.9)
  const fake: GitlabFake = await startGitlab()
  onTestFinished(async () => await closeClean(fake))
  const { harness } = people
  const env = {
    ...inCi(harness),
    CI_API_V4_URL: `${fake.url}/api/v4`,
    CI_PROJECT_ID: '12',
    CI_JOB_TOKEN: gitlabJobToken,
  }
  const fetch: typeof globalThis.fetch = async (input, init) =>
    String(input instanceof Request ? input.url : input).startsWith(fake.url)
      ? await globalThis.fetch(input, init)
      : await harness.emulator.fetch(input, init)
  const approved = (names: readonly (keyof typeof users)[], at = '2026-11-21T11:30:00Z'): void => {
    const approvals = names.map((name) => ({
      user: users[name],
      status: 'approved' as const,
      created_at: at,
      comment: '',
    }))
    fake.pipeline.deployments = [
      { id: 31, environment: modelsEnvironment('dev'), deployable: { id: 5 }, approvals },
    ]
  }
  return { ...people, approved, promote: async () => await harness.run('promote', args, { env, fetch }) }
}

const distinct = 'required: 1, from: [], distinct_from: [training_run_user]'

it('an approval on the CI host lets the job promote what it judges', async () => {
  const { approved, promote } = await open(distinct)
  approved(['ada'])
  const promoted = await promote()
  expect([promoted.exit, promoted.stderr]).toEqual([0, expect.anything()])
})

it.each<[string, (keyof typeof users)[], RegExp, string | undefined]>([
  ['of nobody', [], /the CI host tells of no approval/, undefined],
  ['of the trainer, by the address', ['trainer'], /waits for 1 approval/, undefined],
  ['of an account without address', ['hidden'], /tells no e-mail address of hidden, who might be/, undefined],
  ['from before the evidence', ['ada'], /before the evidence was made/, '2026-11-21T10:59:00Z'],
])('does not count: one %s', async (_, names, says, at) => {
  const { approved, promote } = await open(distinct)
  approved(names, at)
  const waiting = await promote()
  expect([waiting.exit, waiting.stderr]).toEqual([9, expect.stringMatching(says)])
})

it('an account without address is not a second voice', async () => {
  const { approved, promote, as } = await open(
    'required: 2, from: [], distinct_from: []',
    'ci_environment, transition_request',
  )
  await as('bob@example.com', 'approve', args)
  approved(['hidden'])
  const waiting = await promote()
  expect([waiting.exit, waiting.stderr]).toEqual([9, expect.stringMatching(/others have approved elsewhere/)])
})
