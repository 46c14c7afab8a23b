import { markedJob } from '../../src/plan/marker.ts'
import type { DeployedJobs, DesiredJob, ObservedJob } from '../../src/plan/state-code.ts'
import type { Deployed, Desired, LedgerTail, Plan } from '../../src/plan/state.ts'
import type { JobSettings, JobTask } from '../../src/wire/jobs.ts'
import { deployed, desired, plan } from './build.ts'

export const task = (fields: Partial<JobTask> = {}): JobTask => ({
  task_key: 'main',
  existing_cluster_id: '1121-120000-abc',
  spark_python_task: { python_file: '/Workspace/Shared/P/train.py' },
  ...fields,
})

export const settings = (fields: JobSettings = {}): JobSettings => ({
  name: 'Train',
  tasks: [task()],
  ...fields,
})

export const job = (fields: Partial<DesiredJob> = {}): DesiredJob => ({
  key: 'train',
  settings: settings(),
  adopt: false,
  ...fields,
})

/** As the service answers: with what it fills in. */
export const answered = (own: JobSettings): JobSettings => ({
  ...own,
  format: 'MULTI_TASK',
  timeout_seconds: 0,
  max_concurrent_runs: 1,
  email_notifications: {},
  webhook_notifications: {},
  ...(own.tasks
    ? {
        tasks: own.tasks.map((one) => ({
          run_if: 'ALL_SUCCESS' as const,
          timeout_seconds: 0,
          email_notifications: {},
          ...one,
        })),
      }
    : {}),
})

/** A job that nobody's marker is on. */
export const stranger = (own: JobSettings = settings(), id: number = 7): ObservedJob => ({
  key: '',
  job_id: id,
  settings: answered(own),
})

/** A job of project p, target dev, key train. */
export const ourJob = (own: JobSettings = settings(), fields: Partial<ObservedJob> = {}): ObservedJob => {
  const key = fields.key ?? 'train'
  const mark = { project: 'p', target: 'dev', key }
  return { key, job_id: 5, settings: answered(markedJob(own, mark)), ...fields }
}

export const there = (jobs: Partial<DeployedJobs> = {}, more: Partial<Deployed> = {}): Deployed =>
  deployed({ jobs: { owned: [], unowned: [], ...jobs }, ...more })

/** The tail after one finished deployment of these jobs. */
export const recordedJobs = (jobs: readonly DesiredJob[], id = '5'): LedgerTail => ({
  number: 1,
  unsettled: [],
  state: {
    jobs: Object.fromEntries(
      jobs.map(({ key, settings: own, acl }) => [key, { id, settings: own, ...(acl ? { acl } : {}) }]),
    ),
  },
})

/** Plan jobs alone. */
export const planJobsOf = (jobs: DesiredJob[], found: Deployed, more: Partial<Desired> = {}): Plan =>
  plan(desired({ jobs, ...more }), found, ['job'])
