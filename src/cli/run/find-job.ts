import type { Databricks } from '../../client/databricks.ts'
import { didYouMean } from '../../config/faults.ts'
import { isMissing } from '../../http/api-error.ts'
import { jobOwnerOf } from '../../plan/marker.ts'
import type { DesiredJob } from '../../plan/state-code.ts'
import type { Job } from '../../wire/jobs.ts'
import { Fail } from '../../errors.ts'
import type { Session } from '../session.ts'
import { propose } from './propose.ts'

const nameOf = ({ key, settings }: DesiredJob): string => settings.name ?? key

/** A declared job by its key, else by its name. */
export const declaredJob = (jobs: readonly DesiredJob[], word: string): DesiredJob | undefined =>
  jobs.find(({ key }) => key === word) ?? jobs.find((job) => nameOf(job) === word)

/** @throws Fail USAGE with the job that was most likely meant */
export const unknownJob = (jobs: readonly DesiredJob[], word: string): Fail =>
  new Fail('USAGE', {
    what: `there is no job and no file «${word}»`,
    hint: didYouMean(
      word,
      jobs.map(({ key }) => key),
    ),
  })

const isOurs = ({ settings }: Job, { place }: Session, key: string): boolean => {
  const owner = jobOwnerOf(settings)
  return owner?.project === place.project && owner.target === place.target && owner.key === key
}

/** Oldest first: a deployment that has made two of one keeps that one. */
const oldest = (jobs: readonly Job[]): Job | undefined =>
  jobs.toSorted((a, b) => Number(a.created_time ?? 0) - Number(b.created_time ?? 0))[0]

const listed = async (client: Databricks, name: string): Promise<Job[]> => {
  const { jobs: found = [] } = await client.jobs.list({ name, limit: 100, expand_tasks: true })
  return found
}

/** The list leaves out what exceeds 100 tasks, and may be older than the job. */
const whole = async (client: Databricks, job: Job): Promise<Job | undefined> => {
  try {
    return await client.jobs.whole(job.job_id)
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

/**
 * The deployed job of a declaration, by its marker: a name may be that of somebody else's job.
 * @throws Fail NOT_DEPLOYED
 */
export const findJob = async (session: Session, job: DesiredJob): Promise<Job> => {
  const { client, place, project } = session
  const ours = (found: readonly Job[]): Job[] => found.filter((one) => isOurs(one, session, job.key))
  const named = oldest(ours(await listed(client, nameOf(job)))) ?? oldest(ours(await client.jobs.all()))
  const found = named && (await whole(client, named))
  if (found) return found
  throw new Fail('NOT_DEPLOYED', {
    what: `the job ${job.key}`,
    target: place.target,
    hint: `deploy it first: ${propose(project, 'deploy')}`,
  })
}
