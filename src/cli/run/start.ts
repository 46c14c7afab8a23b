import { randomUUID } from 'node:crypto'
import { didYouMean } from '../../config/faults.ts'
import { Fail } from '../../errors.ts'
import { AnswerLost } from '../../http/api-error.ts'
import type { DesiredJob } from '../../plan/state-code.ts'
import type { Int64 } from '../../wire/endpoint.ts'
import type { Job, JobTask } from '../../wire/jobs.ts'
import type { RunNow } from '../../wire/runs.ts'
import { onlyElsewhere } from '../elsewhere.ts'
import type { Session } from '../session.ts'
import { warnOfDrift } from './drift.ts'
import { clusterKey, findCluster } from './find-cluster.ts'
import { declaredJob, findJob, unknownJob } from './find-job.ts'
import { findFile, type FileTask } from './find-file.ts'
import { assertDeclared, tellJob, type Parameters } from './parameters.ts'

export interface Wish {
  /** Key or name of a job, or a file. */
  word: string
  parameters: Parameters
  /** Key of a cluster. */
  cluster: string | undefined
  /** Keys of the only tasks to run. */
  only: readonly string[]
}

/** A run that has begun. */
export interface Started {
  id: Int64
  /** For messages: `job train`, `/Shared/x.py`. */
  what: string
}

/** How often a start is tried whose answer is lost: with the same token the workspace answers the same run. */
const tries = 3

type Runs = Session['client']['jobs']['runs']

/**
 * Start a run, once, although answers may be lost. After the first try the stop signal does not end it: a run that may have begun
 * has to be known to be cancelled.
 * @param begin with a token of at most 64 characters, which makes a repeat safe
 */
const startOnce = async (
  { client, lastWords }: Session,
  begin: (runs: Runs, token: string) => Promise<{ run_id: Int64 }>,
): Promise<Int64> => {
  const token = randomUUID()
  for (let number = 1; ; number += 1)
    try {
      return (await begin((number === 1 ? client : lastWords).jobs.runs, token)).run_id
    } catch (error) {
      if (!(error instanceof AnswerLost) || number === tries) throw error
    }
}

const usage = (what: string, hint: string): Fail => new Fail('USAGE', { what, hint })

const assertTasks = (key: string, { settings }: Job, only: readonly string[]): void => {
  const known = (settings.tasks ?? []).map((task) => task.task_key)
  const unknown = only.find((task) => !known.includes(task))
  if (unknown !== undefined)
    throw usage(`the job ${key} has no task «${unknown}»`, didYouMean(unknown, known))
}

const startJob = async (session: Session, declared: DesiredJob, wish: Wish): Promise<Started> => {
  const { key } = declared
  const what = `the job ${key}`
  if (wish.cluster !== undefined)
    throw usage('--cluster is for files', 'a job says itself on which cluster it runs')
  // Before anything is asked of the workspace.
  assertDeclared(what, declared.settings, wish.parameters)
  const job = await findJob(session, declared)
  assertTasks(key, job, wish.only)
  await warnOfDrift(session, { job: key })
  const body: RunNow = {
    job_id: job.job_id,
    ...tellJob(`${what}, as it is deployed,`, job.settings, wish.parameters),
    ...(wish.only.length > 0 ? { only: [...wish.only] } : {}),
  }
  return {
    id: await startOnce(session, (runs, token) => runs.runNow({ ...body, idempotency_token: token })),
    what: `job ${key}`,
  }
}

/** Run one task that belongs to no job. */
export const submit = async (
  session: Session,
  name: string,
  task: FileTask & Partial<JobTask>,
  timeoutSeconds = 0,
): Promise<Int64> =>
  await startOnce(session, (runs, token) =>
    runs.submit({
      run_name: name,
      idempotency_token: token,
      tasks: [{ ...task, task_key: 'main' }],
      ...(timeoutSeconds > 0 ? { timeout_seconds: timeoutSeconds } : {}),
    }),
  )

const startFile = async (session: Session, wish: Wish): Promise<Started | undefined> => {
  const found = await findFile(session, wish.word)
  if (found === undefined) return undefined
  if (wish.only.length > 0) throw usage('--only is for jobs', 'a file is one task: leave --only out')
  const cluster = await findCluster(session, clusterKey(session, wish.cluster))
  await warnOfDrift(session, { path: found.path })
  const task = { ...found.task(wish.parameters), existing_cluster_id: cluster }
  return { id: await submit(session, `brickrail run ${found.path}`, task), what: found.path }
}

/**
 * Start what a word means: a declared job, else a file.
 * @throws Fail USAGE, NOT_DEPLOYED
 */
export const start = async (session: Session, wish: Wish): Promise<Started> => {
  const jobs = session.project.desired.jobs ?? []
  const job = declaredJob(jobs, wish.word)
  const started = job ? await startJob(session, job, wish) : await startFile(session, wish)
  if (started) return started
  throw onlyElsewhere(session.project, 'jobs', wish.word) ?? unknownJob(jobs, wish.word)
}
