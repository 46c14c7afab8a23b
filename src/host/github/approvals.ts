import { setValue } from '../context.ts'
import { unwrapped } from '../failures.ts'
import type { HostTools, JobApproval, JobApprovals } from '../host.ts'
import { emailsOf, read, type Unread } from '../read.ts'
import { githubClient } from './client.ts'

const isOf =
  (environment: string) =>
  (review: Unread): boolean =>
    review
      .at('environments')
      .list.some((one) => one.text('name')?.toLowerCase() === environment.toLowerCase())

/** GitHub does not tell when somebody approved: not before the run began. */
const approval =
  (at: string) =>
  (review: Unread): JobApproval[] => {
    const user = review.at('user')
    const name = user.text('login')
    const what = 'approved the deployment'
    return name === undefined
      ? []
      : [{ user: name, emails: emailsOf([user.text('email')]), at, vague: true, what }]
  }

/**
 * Required reviewers of the environment who have approved it for this run. Only of a run's first attempt: GitHub lists the
 * approvals of all attempts together, and those of an earlier one were given for something else.
 * https://docs.github.com/rest/actions/workflow-runs#get-the-review-history-for-a-workflow-run
 * @throws Fail CI_DENIED without `actions: read`; CI_REFUSED, CI_UNREACHABLE
 */
export const approvals = async (tools: HostTools, environment: string): Promise<JobApprovals> => {
  const { env } = tools
  const [owner, repo] = (setValue(env['GITHUB_REPOSITORY']) ?? '').split('/')
  const run_id = Number(setValue(env['GITHUB_RUN_ID']) ?? Number.NaN)
  const token = setValue(env['GITHUB_TOKEN'])
  if (!owner || !repo || !Number.isInteger(run_id) || token === undefined)
    return {
      none: 'GITHUB_REPOSITORY, GITHUB_RUN_ID or GITHUB_TOKEN is not set',
      hint: 'give the step `env: { GITHUB_TOKEN: ${{ github.token }} }` and the job `permissions: { actions: read }`',
    }
  const url = setValue(env['GITHUB_API_URL']) ?? 'https://api.github.com'
  const { actions } = await githubClient(url, token, tools)
  const of = { owner, repo, run_id }
  const run = read((await unwrapped(actions.getWorkflowRun(of))).data)
  const at = run.time('run_started_at') ?? run.time('created_at')
  if (run.number('run_attempt') !== 1 || at === undefined)
    return {
      none: 'this run is a repeated one, and GitHub does not tell for which attempt an approval was given',
      hint: 'start a new run instead of repeating this one',
    }
  // GITHUB_RUN_ID is only a variable: this run is still going on.
  if (run.text('status') === 'completed')
    return {
      none: `run ${run_id} has ended, so it is not the one of this job`,
      hint: 'GitHub sets GITHUB_RUN_ID; do not set it',
    }
  const reviews = read((await unwrapped(actions.getReviewsForRun(of))).data).list
  const approved = reviews.filter((one) => one.text('state') === 'approved').filter(isOf(environment))
  if (approved.length > 0) return { approvals: approved.flatMap(approval(at)) }
  return {
    none: `nobody had to approve the environment ${environment} for this run`,
    hint: `give it required reviewers (Settings, Environments, ${environment}), and the job \`environment: ${environment}\``,
  }
}
