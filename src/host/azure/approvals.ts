import { setValue, type Env } from '../context.ts'
import type { Dialect } from '../failures.ts'
import type { HostTools, JobApproval, JobApprovals } from '../host.ts'
import { emailsOf, read, type Unread } from '../read.ts'
import { createSend } from '../send.ts'
import { azureDialect } from './client.ts'

const dialect = (url: string): Dialect => ({
  ...azureDialect(url),
  token:
    'the identity is «<Project> Build Service (<organization>)»: give it the right in Pipelines, Security, or in the security of the environment',
  rights: [
    [/\/timeline/i, '«View builds»'],
    [/\/pipelines\/approvals/i, '«View builds», and role Reader of the environment'],
  ],
})

interface Place {
  /** Of the project. */
  root: string
  build: string
  job: string
  token: string
}

const placeOf = (env: Env): Place | undefined => {
  const collection =
    setValue(env['SYSTEM_COLLECTIONURI']) ?? setValue(env['SYSTEM_TEAMFOUNDATIONCOLLECTIONURI'])
  const names = ['SYSTEM_TEAMPROJECT', 'BUILD_BUILDID', 'SYSTEM_JOBID', 'SYSTEM_ACCESSTOKEN']
  const [project, build, job, token] = names.map((name) => setValue(env[name]))
  if (!collection || !project || !build || !job || !token) return undefined
  return { root: `${collection.replace(/\/+$/, '')}/${encodeURIComponent(project)}`, build, job, token }
}

/** The stage that a record is in: its ancestor, or itself. */
const stageOf = (records: ReadonlyMap<string, Unread>, id: string): string | undefined => {
  for (let at: string | undefined = id, left = records.size; at !== undefined && left > 0; left -= 1) {
    const record: Unread | undefined = records.get(at)
    if (record?.text('type') === 'Stage') return at
    at = record?.text('parentId')?.toLowerCase()
  }
  return undefined
}

/** Approvals are records below the checkpoint of a stage, and the record's id is the approval's. */
const approvalIds = (timeline: Unread, job: string): string[] => {
  const records = new Map(
    timeline.at('records').list.flatMap((one) => {
      const id = one.text('id')?.toLowerCase()
      return id === undefined ? [] : [[id, one] as const]
    }),
  )
  // SYSTEM_JOBID is only a variable: this job is still going on.
  const own = job.toLowerCase()
  const stage = records.get(own)?.text('state') === 'completed' ? undefined : stageOf(records, own)
  return [...records]
    .filter(([id, one]) => one.text('type') === 'Checkpoint.Approval' && stageOf(records, id) === stage)
    .flatMap(([id]) => (stage === undefined ? [] : [id]))
}

const step = (one: Unread): JobApproval[] => {
  const user = one.at('actualApprover')
  const name = user.text('uniqueName')
  const at = one.time('lastModifiedOn')
  if (one.text('status') !== 'approved' || name === undefined || at === undefined) return []
  return [{ user: name, emails: emailsOf([name]), at, what: 'approved the stage' }]
}

const nobody = (environment: string): JobApprovals => ({
  none: 'nobody had to approve this stage',
  hint: `add the check Approvals to the environment (Pipelines, Environments, ${environment})`,
})

/**
 * Who has approved the stage that this job is in. Azure DevOps asks for the checks of every protected resource of a stage at
 * once, and does not tell which of them an approval is of.
 * https://learn.microsoft.com/rest/api/azure/devops/approvalsandchecks/approvals/query
 */
export const approvals = async (tools: HostTools, environment: string): Promise<JobApprovals> => {
  const place = placeOf(tools.env)
  if (place === undefined)
    return {
      none: 'SYSTEM_ACCESSTOKEN is not set, or this is no job of a pipeline',
      hint: 'map it into the step: `env: { SYSTEM_ACCESSTOKEN: $(System.AccessToken) }`',
    }
  // Only deployment jobs have it. It can take an approval away and never give one.
  const named = setValue(tools.env['ENVIRONMENT_NAME'])
  if (named?.toLowerCase() !== environment.toLowerCase())
    return {
      none: `this job is no deployment to ${environment}`,
      hint: `make it a deployment job with \`environment: ${environment}\``,
    }
  tools.onSecret(place.token)
  const send = createSend(dialect(new URL(place.root).origin), tools)
  const headers = { authorization: `Bearer ${place.token}`, accept: 'application/json' }
  const get = async (path: string): Promise<Unread> =>
    read(await (await send(`${place.root}/_apis/${path}`, { method: 'GET', headers })).json())
  const ids = approvalIds(await get(`build/builds/${place.build}/timeline?api-version=7.1`), place.job)
  if (ids.length === 0) return nobody(environment)
  const query = new URLSearchParams({
    approvalIds: ids.join(','),
    $expand: 'steps',
    'api-version': '7.1-preview.1',
  })
  const found = (await get(`pipelines/approvals?${query.toString()}`)).at('value').list
  const steps = found.flatMap((one) => one.at('steps').list.flatMap(step))
  return steps.length > 0 ? { approvals: steps } : nobody(environment)
}
