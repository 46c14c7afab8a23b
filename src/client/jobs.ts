import type { Call } from '../http/call.ts'
import { pages } from '../http/pages.ts'
import type { Int64 } from '../wire/endpoint.ts'
import { jobs, type Job } from '../wire/jobs.ts'
import { runs, type JobRun } from '../wire/runs.ts'
import { bind, type Bound } from './bind.ts'

/** Jobs and their runs: one family, two tables. */
export interface JobsClient extends Bound<typeof jobs> {
  readonly runs: Bound<typeof runs>
  /** Every job, with the first 100 tasks of each. */
  all(): Promise<Job[]>
  /** Every job of that name, whole and in any case; names need not be unique. Their settings are complete. */
  named(name: string): Promise<Job[]>
  activeRuns(): Promise<JobRun[]>
  /** One job with all its tasks: more than a hundred are answered in pages. */
  whole(job_id: Int64): Promise<Job>
}

/** The API refuses a larger page: 100 jobs, 25 runs. */
const pageOf = { jobs: 100, runs: 25 }

/** What is answered in pages. */
const paged = ['tasks', 'job_clusters', 'parameters', 'environments']

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])

const wholeJob = async (call: Call, job_id: Int64): Promise<Job> => {
  const first = await call(jobs.get, { job_id })
  const settings = { ...first.settings }
  for (let token = first.next_page_token; token;) {
    const page = await call(jobs.get, { job_id, page_token: token })
    for (const name of paged)
      if (page.settings[name] !== undefined)
        settings[name] = [...listOf(settings[name]), ...listOf(page.settings[name])]
    token = page.next_page_token
  }
  const { next_page_token: _token, has_more: _more, ...job } = first
  return { ...job, settings }
}

export const jobsClient = (call: Call): JobsClient => ({
  ...bind(call, jobs),
  runs: bind(call, runs),
  all: () => pages(call, jobs.list, { limit: pageOf.jobs, expand_tasks: true }, 'jobs'),
  named: async (name) => {
    const found = await pages(call, jobs.list, { limit: pageOf.jobs, name }, 'jobs')
    return await Promise.all(found.map(({ job_id: id }) => wholeJob(call, id)))
  },
  activeRuns: () =>
    pages(call, runs.list, { limit: pageOf.runs, active_only: true, expand_tasks: true }, 'runs'),
  whole: (job_id) => wholeJob(call, job_id),
})
