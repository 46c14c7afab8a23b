import type { Call } from '../http/call.ts'
import { pages } from '../http/pages.ts'
import { jobs, type Job, type JobRun } from '../wire/jobs.ts'
import { bind, type Bound } from './bind.ts'

export interface JobsClient extends Bound<typeof jobs> {
  /** Every job, tasks included. */
  all(): Promise<Job[]>
  activeRuns(): Promise<JobRun[]>
}

/** The API refuses a larger page: 100 jobs, 25 runs. */
const pageOf = { jobs: 100, runs: 25 }

export const jobsClient = (call: Call): JobsClient => ({
  ...bind(call, jobs),
  all: () => pages(call, jobs.list, { limit: pageOf.jobs, expand_tasks: true }, 'jobs'),
  activeRuns: () =>
    pages(call, jobs.runsList, { limit: pageOf.runs, active_only: true, expand_tasks: true }, 'runs'),
})
