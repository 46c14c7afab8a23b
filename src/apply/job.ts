import type { Databricks } from '../client/databricks.ts'
import { Fail } from '../errors.ts'
import { AnswerLost, isMissing } from '../http/api-error.ts'
import { compareJob } from '../plan/job-fields.ts'
import { clusterKeys, withIds } from '../plan/job-refs.ts'
import { jobOwnerOf } from '../plan/marker.ts'
import type { Int64 } from '../wire/endpoint.ts'
import type { Job, JobSettings } from '../wire/jobs.ts'
import type { AccessControl } from '../wire/permissions.ts'
import type { Run } from './cluster.ts'
import type { ApplyContext } from './context.ts'

/** References to clusters that this very deployment has created. */
const resolve = (context: ApplyContext, settings: JobSettings): JobSettings => {
  const known = withIds(settings, (key) => context.created.get(key))
  const [left] = clusterKeys(known)
  if (left !== undefined) throw new Error(`no step has created the cluster ${left}`)
  return known
}

/** As the workspace names it: a marker that is as sent, and the oldest of those that carry it. */
const findOurs = async (client: Databricks, settings: JobSettings): Promise<Int64 | undefined> => {
  const wanted = jobOwnerOf(settings)
  const ours = (await client.jobs.all()).filter((job) => {
    const owner = jobOwnerOf(job.settings)
    return (
      owner !== undefined &&
      owner.project === wanted?.project &&
      owner.target === wanted.target &&
      owner.key === wanted.key &&
      job.settings.name === settings.name
    )
  })
  return ours.sort((a, b) => Number(a.created_time ?? 0) - Number(b.created_time ?? 0))[0]?.job_id
}

const attempts = 3

/**
 * jobs/create is not idempotent: when the answer is lost, look for our marker before trying again, or there are two jobs and
 * both run on schedule.
 * @throws ApiError; AnswerLost after three lost answers without a job
 */
const createJob = async (client: Databricks, settings: JobSettings, attempt = 1): Promise<Int64> => {
  try {
    const { job_id } = await client.jobs.create(settings)
    if (job_id !== undefined) return job_id
    throw new Fail('NOT_APPLIED', { what: 'jobs/create gave no job_id' })
  } catch (error) {
    if (!(error instanceof AnswerLost)) throw error
    const id = await findOurs(client, settings)
    if (id !== undefined) return id
    if (attempt === attempts) throw error
    return await createJob(client, settings, attempt + 1)
  }
}

/** An answer of 200 alone proves nothing. */
const verify = async (context: ApplyContext, key: string, id: Int64, sent: JobSettings): Promise<void> => {
  const job: Job = await context.client.jobs.whole(id)
  const differs = compareJob(sent, job.settings, undefined, context.tools, job.run_as_user_name)
  const fields = differs.filter(({ new: wanted }) => wanted !== undefined).map(({ path }) => path)
  const marked = JSON.stringify(jobOwnerOf(job.settings)) === JSON.stringify(jobOwnerOf(sent))
  if (fields.length > 0 || !marked)
    throw new Fail('NOT_APPLIED', {
      what: `job ${key} (${String(id)}) reads back with other values of ${[...fields, ...(marked ? [] : ['tags'])].join(', ')}`,
    })
}

export const create: Run<'job.create'> = async (context, { key, settings, acl }) => {
  const body = resolve(context, settings)
  const id = await createJob(context.client, { ...body, ...(acl ? { access_control_list: acl } : {}) })
  context.createdJobs.set(key, String(id))
  await verify(context, key, id, body)
}

export const reset: Run<'job.reset'> = async (context, { key, id, settings }) => {
  const new_settings = resolve(context, settings)
  const job_id = BigInt(id)
  await context.client.jobs.reset({ job_id, new_settings })
  await verify(context, key, job_id, new_settings)
}

const isGranted = (grant: AccessControl, all: readonly { [name: string]: unknown }[]): boolean =>
  all.some(
    (entry) =>
      ['user_name', 'group_name', 'service_principal_name'].every(
        (name) => entry[name] === grant[name as keyof AccessControl],
      ) &&
      Array.isArray(entry['all_permissions']) &&
      entry['all_permissions'].some(
        (one: { permission_level?: string }) => one.permission_level === grant.permission_level,
      ),
  )

/** Replaces the direct grants; what is inherited stays. */
export const permissions: Run<'job.permissions'> = async (context, { key, id, acl }) => {
  const { access_control_list } = await context.client.permissions.set({
    request_object_type: 'jobs',
    request_object_id: id,
    access_control_list: acl,
  })
  const missing = acl.filter((grant) => !isGranted(grant, (access_control_list ?? []) as never))
  if (missing.length > 0)
    throw new Fail('NOT_APPLIED', { what: `${missing.length} permission(s) of job ${key} were not set` })
}

/** Gone already is as good as deleted; so is one whose deletion was not answered, when it is gone at the second try. */
export const remove: Run<'job.delete'> = async ({ client }, { id }) => {
  const job_id = BigInt(id)
  const again = async (error: unknown) => {
    if (error instanceof AnswerLost) await client.jobs.delete({ job_id })
    else throw error
  }
  try {
    await client.jobs.delete({ job_id }).catch(again)
  } catch (error) {
    if (!isMissing(error)) throw error
  }
}
