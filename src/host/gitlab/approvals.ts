import { setValue, type Env } from '../context.ts'
import type { Dialect } from '../failures.ts'
import type { HostTools, JobApproval, JobApprovals } from '../host.ts'
import { emailsOf, read, type Unread } from '../read.ts'
import { createSend } from '../send.ts'
import { serverOf } from './client.ts'

/** https://docs.gitlab.com/ci/jobs/ci_job_token/#job-token-access: its own job, deployments; not pipelines. */
const dialect = (url: string): Dialect => ({
  host: 'GitLab',
  url,
  token:
    'CI_JOB_TOKEN ends with its job, and sees what the user sees who started the job; BRICKRAIL_GITLAB_TOKEN is a project access token',
  rights: [
    [/\/deployments/, 'to see the deployments of the project: role Reporter for the user who starts the job'],
    [/\/pipelines\//, 'scope `read_api` and role Reporter in BRICKRAIL_GITLAB_TOKEN'],
  ],
  known: [],
})

interface Place {
  api: string
  project: string
  token: string
  /** Of one's own: CI_JOB_TOKEN may not read pipelines. */
  own: string | undefined
}

const placeOf = (env: Env): Place | { none: string; hint: string } => {
  const [project, token] = [setValue(env['CI_PROJECT_ID']), setValue(env['CI_JOB_TOKEN'])]
  if (project === undefined || !/^\d+$/.test(project) || token === undefined)
    return { none: 'CI_PROJECT_ID and CI_JOB_TOKEN are not set', hint: 'GitLab sets them; do not unset them' }
  const server = serverOf(setValue(env['CI_API_V4_URL']) ?? 'https://gitlab.com/api/v4')
  return { api: `${server}/api/v4`, project, token, own: setValue(env['BRICKRAIL_GITLAB_TOKEN']) }
}

type Get = (path: string, own?: boolean) => Promise<Unread>

const reader = ({ api, token, own }: Place, tools: HostTools): Get => {
  tools.onSecret(token)
  if (own !== undefined) tools.onSecret(own)
  const send = createSend(dialect(api), tools)
  return async (path, asOwn = false) => {
    const credentials: Record<string, string> =
      asOwn && own !== undefined ? { 'private-token': own } : { 'job-token': token }
    const headers = { accept: 'application/json', ...credentials }
    return read(await (await send(`${api}${path}`, { method: 'GET', headers })).json())
  }
}

/** `public_email` is '' for those who show none. */
const approval = (user: Unread, at: string | undefined, what: string): JobApproval[] => {
  const name = user.text('username')
  if (name === undefined || at === undefined) return []
  return [{ user: name, emails: emailsOf([user.text('public_email'), user.text('email')]), at, what }]
}

/** The newest ones are enough: this job is under way. */
const deploymentOf = async (get: Get, project: string, job: Unread, environment: string): Promise<Unread> => {
  const query = new URLSearchParams({ environment, order_by: 'id', sort: 'desc', per_page: '100' })
  const found = (await get(`/projects/${project}/deployments?${query.toString()}`)).list
  return found.find((one) => one.at('deployable').number('id') === job.number('id')) ?? read(undefined)
}

/** Deployment approvals are in Premium and Ultimate: https://docs.gitlab.com/ci/environments/deployment_approvals/ */
const approvalsOf = (deployment: Unread): JobApproval[] =>
  deployment
    .at('approvals')
    .list.filter((one) => one.text('status') === 'approved')
    .flatMap((one) => approval(one.at('user'), one.time('created_at'), 'approved the deployment'))

const nobody = (hint: string): JobApprovals => ({
  none: 'GitLab has no record of an approval of this job',
  hint,
})

/**
 * Who pressed play. GitLab does not say whether a job is a manual one, only who started it: when that is somebody else than
 * the pipeline's own user, it was by hand.
 */
const starter = async (get: Get, { own, project }: Place, job: Unread): Promise<JobApprovals> => {
  const pipeline = job.at('pipeline').number('id')
  if (own === undefined || pipeline === undefined)
    return nobody(
      'without deployment approvals (Premium), set BRICKRAIL_GITLAB_TOKEN (scope `read_api`, role Reporter): who started the pipeline has to be known to tell who started this job by hand',
    )
  const by = (await get(`/projects/${project}/pipelines/${pipeline}`, true)).at('user')
  const user = job.at('user')
  if (by.number('id') === undefined || by.number('id') === user.number('id'))
    return nobody('the pipeline and this job were started by one person: somebody else has to start the job')
  return { approvals: approval(user, job.time('started_at'), 'started the manual job') }
}

/**
 * Approvals of this job's deployment to an environment; where there are none, whoever started the job by hand. The job is the
 * one that CI_JOB_TOKEN belongs to, whatever the variables say.
 * https://docs.gitlab.com/api/jobs/#get-job-tokens-job, https://docs.gitlab.com/api/deployments/
 */
export const approvals = async (tools: HostTools, environment: string): Promise<JobApprovals> => {
  const place = placeOf(tools.env)
  if ('none' in place) return place
  const get = reader(place, tools)
  const job = await get('/job')
  const listed = await deploymentOf(get, place.project, job, environment)
  const id = listed.number('id')
  if (id === undefined)
    return {
      none: `this job is no deployment to ${environment}`,
      hint: `give the job environment: ${environment}`,
    }
  const found = approvalsOf(await get(`/projects/${place.project}/deployments/${id}`))
  return found.length > 0 ? { approvals: found } : await starter(get, place, job)
}
