import { activeHits, planJob, type JobInputs, type JobPlan } from './job.ts'
import { cloneWarnings, splitOwned } from './job-choose.ts'
import type { ObservedJob } from './state-code.ts'
import type { Desired, Plan } from './state.ts'

const why = 'no longer declared'

/** A job of this project and target that is no longer declared. */
const planRemoval = (key: string, owned: readonly ObservedJob[], { ledger }: JobInputs): JobPlan[] => {
  const recorded = ledger.state?.jobs?.[key]
  const { current, duplicates, clones } = splitOwned(owned, recorded?.id, recorded?.settings.name)
  if (!current) return []
  const gone = [current, ...duplicates]
  return [
    {
      change: {
        key,
        name: current.settings.name ?? key,
        action: 'delete',
        id: String(current.job_id),
        fields: [],
        permissions: [],
        hits: [
          ...gone.flatMap((job) => activeHits(job, 'they go on to their end')),
          'its run history is no longer shown',
        ],
        notes: duplicates.map(({ job_id }) => `also deletes ${String(job_id)}`),
      },
      steps: gone.map(({ job_id }) => ({ do: 'job.delete', key, id: String(job_id), why })),
      warnings: cloneWarnings(key, clones),
      refusals: [],
    },
  ]
}

/** Another key under `jobs:` for a job of the same name is the same job: its id and run history stay. */
const withNewKeys = ({ jobs = [] }: Desired, owned: readonly ObservedJob[]): ObservedJob[] => {
  const declared = new Set(jobs.map(({ key }) => key))
  const used = new Set(owned.map(({ key }) => key))
  const keyOf = new Map(
    jobs
      .filter(({ key }) => !used.has(key))
      .map(({ key, settings }) => [(settings.name ?? key).toLowerCase(), key] as const),
  )
  return owned.map((job) => {
    const key = declared.has(job.key) ? undefined : keyOf.get(job.settings.name?.toLowerCase() ?? '')
    return key === undefined ? job : { ...job, key }
  })
}

/** Plan every declared job, and the removal of ours that are not declared any more. */
export const planJobs = (desired: Desired, given: JobInputs): JobPlan[] => {
  const { jobs = [] } = desired
  const { deployed } = given
  const inputs = { ...given, deployed: { ...deployed, owned: withNewKeys(desired, deployed.owned) } }
  const declared = new Set(jobs.map(({ key }) => key))
  const gone = [...new Set(inputs.deployed.owned.map(({ key }) => key))].filter((key) => !declared.has(key))
  return [
    ...jobs.map((job) => planJob(job, inputs)),
    ...gone.flatMap((key) =>
      planRemoval(
        key,
        inputs.deployed.owned.filter((job) => job.key === key),
        inputs,
      ),
    ),
  ]
}

/** Ids of the jobs whose active runs must be known before this plan can be shown. */
export const needsRuns = ({ jobs = [], steps }: Pick<Plan, 'jobs' | 'steps'>): string[] => {
  const deleted = steps.flatMap((step) => (step.do === 'job.delete' ? [step.id] : []))
  const changed = jobs.flatMap(({ id, fields }) => (id !== undefined && fields.length > 0 ? [id] : []))
  return [...new Set([...deleted, ...changed])]
}
