import type { JobSettings } from '../wire/jobs.ts'
import { planAcl } from './job-acl.ts'
import { chooseJob, type JobChoice } from './job-choose.ts'
import { compareJob, foreignJobTags } from './job-fields.ts'
import { clusterKeys, withIds, withRefs, writtenClusterIds, type ClusterIds } from './job-refs.ts'
import type { PlanTools } from './fields.ts'
import { jobOwnerOf, markedJob } from './marker.ts'
import type { DeployedJobs, DesiredJob, JobChange, ObservedJob } from './state-code.ts'
import type { Desired, FieldChange, LedgerTail, Plan, Step } from './state.ts'

export interface JobPlan {
  change: JobChange
  steps: Step[]
  warnings: string[]
  refusals: Plan['refusals']
}

export interface JobInputs {
  deployed: DeployedJobs
  ledger: LedgerTail
  names: Pick<Desired, 'project' | 'target'>
  clusters: ReadonlyMap<string, ClusterIds>
  tools: PlanTools
}

const triggers = ['schedule', 'trigger', 'continuous'] as const

const pauseOf = (settings: JobSettings, name: string): unknown => {
  const trigger = settings[name]
  return typeof trigger === 'object' && trigger !== null && 'pause_status' in trigger
    ? trigger.pause_status
    : undefined
}

/**
 * Somebody has paused it, and nobody has declared that it runs: a deployment is no reason to start it, not even one that puts
 * another kind of trigger in the place of the one that was paused.
 */
const pausedThere = (declared: JobSettings, observed: JobSettings): string[] => {
  const isPaused = (name: string): boolean => pauseOf(observed, name) === 'PAUSED'
  return triggers.filter(
    (name) =>
      typeof declared[name] === 'object' &&
      pauseOf(declared, name) === undefined &&
      (observed[name] === undefined ? triggers.some(isPaused) : isPaused(name)),
  )
}

const withPauses = (declared: JobSettings, observed: JobSettings): JobSettings => ({
  ...declared,
  ...Object.fromEntries(
    pausedThere(declared, observed).map((name) => [
      name,
      { ...(declared[name] as object), pause_status: 'PAUSED' },
    ]),
  ),
})

/** Sent as it is to be: known ids in place, tags of ours and of others on it. */
const settingsFor = (job: DesiredJob, current: ObservedJob | undefined, inputs: JobInputs): JobSettings => {
  const { names, clusters, ledger } = inputs
  const recorded = ledger.state?.jobs?.[job.key]?.settings
  const declared = current ? withPauses(job.settings, current.settings) : job.settings
  const foreign = current ? foreignJobTags(job.settings, current.settings, recorded) : {}
  return markedJob(
    withIds(declared, (key) => clusters.get(key)?.now),
    { ...names, key: job.key },
    foreign,
  )
}

const fieldsOf = (job: DesiredJob, { settings, run_as }: ObservedJob, inputs: JobInputs): FieldChange[] => {
  const { clusters, ledger, tools } = inputs
  const recorded = ledger.state?.jobs?.[job.key]?.settings
  const declared = withRefs(withPauses(job.settings, settings), clusters)
  return compareJob(declared, withRefs(settings, clusters), recorded, tools, run_as)
}

export const activeHits = ({ activeRuns = 0 }: ObservedJob, then: string): string[] =>
  activeRuns === 0 ? [] : [`${activeRuns} active run(s): ${then}`]

/** Its key in the marker, when that is another one than under which it is declared now. */
const wasCalled = ({ key, settings }: ObservedJob): string | undefined => {
  const marked = jobOwnerOf(settings)?.key
  return marked === key ? undefined : marked
}

const notesOf = (job: DesiredJob, { current, adopted, duplicates }: JobChoice): string[] => [
  ...(adopted ? [`takes over ${String(current?.job_id)}, which nobody's project marks as its own`] : []),
  ...(current && wasCalled(current) !== undefined ? [`was called ${wasCalled(current)} under jobs`] : []),
  ...duplicates.map(
    ({ job_id }) =>
      `deletes ${String(job_id)}, a duplicate that an interrupted run has left; the oldest stays`,
  ),
  ...(current ? pausedThere(job.settings, current.settings) : []).map(
    (name) => `the ${name} is paused and stays so: ${name}.pause_status is not declared`,
  ),
]

/** A job that names a cluster which is not there cannot be created; with clusters in scope this very plan makes it. */
const clusterRefusals = (job: DesiredJob, { clusters }: JobInputs): Plan['refusals'] =>
  clusterKeys(job.settings)
    .filter((key) => !clusters.has(key))
    .map((key) => ({
      what: `cluster ${key}, which job ${job.key} names, is not there`,
      hint: 'run `brickrail build-cluster` first, or `brickrail deploy`',
    }))

/** The service may take such a job; none of its runs would start. */
const idRefusals = (job: DesiredJob, { deployed: { lostClusters = [] } }: JobInputs): Plan['refusals'] =>
  writtenClusterIds(job.settings)
    .filter((id) => lostClusters.includes(id))
    .map((id) => ({
      what: `there is no cluster ${id}, on which a task of job ${job.key} is to run`,
      hint: 'write ${clusters.KEY.id} for a cluster of this project, or the id of one that is there',
    }))

const createPlan = (
  job: DesiredJob,
  choice: JobChoice,
  inputs: JobInputs,
): Pick<JobPlan, 'change' | 'steps'> => {
  const { key, acl } = job
  const settings = settingsFor(job, undefined, inputs)
  return {
    change: {
      key,
      name: job.settings.name ?? key,
      action: 'create',
      fields: [],
      permissions: (acl ?? []).map((grant) => ({
        path: grant.user_name ?? grant.service_principal_name ?? grant.group_name ?? '',
        old: undefined,
        new: grant.permission_level,
      })),
      hits: [],
      notes: notesOf(job, choice),
    },
    steps: [{ do: 'job.create', key, settings, ...(acl ? { acl } : {}) }],
  }
}

const updatePlan = (
  job: DesiredJob,
  choice: JobChoice & { current: ObservedJob },
  inputs: JobInputs,
): Pick<JobPlan, 'change' | 'steps'> => {
  const { key } = job
  const { current, adopted, duplicates } = choice
  const id = String(current.job_id)
  const fields = fieldsOf(job, current, inputs)
  const acl = planAcl(job.acl, current.acl)
  const reset = fields.length > 0 || adopted || wasCalled(current) !== undefined
  const isChanged = reset || acl.set !== undefined
  return {
    change: {
      key,
      name: job.settings.name ?? key,
      action: isChanged ? 'update' : 'none',
      id,
      fields,
      permissions: acl.changes,
      hits: reset ? activeHits(current, 'they go on with the old settings') : [],
      notes: notesOf(job, choice),
    },
    steps: [
      ...(reset ? [{ do: 'job.reset' as const, key, id, settings: settingsFor(job, current, inputs) }] : []),
      ...(acl.set ? [{ do: 'job.permissions' as const, key, id, acl: acl.set }] : []),
      ...duplicates.map(({ job_id }) => ({
        do: 'job.delete' as const,
        key,
        id: String(job_id),
        why: 'a duplicate left over from an interrupted run',
      })),
    ],
  }
}

/** Plan one declared job: created, reset in place (id and run history stay), or nothing. */
export const planJob = (job: DesiredJob, inputs: JobInputs): JobPlan => {
  const choice = chooseJob(job, inputs.deployed, inputs.ledger)
  const { current, warnings, refusals } = choice
  const parts = current ? updatePlan(job, { ...choice, current }, inputs) : createPlan(job, choice, inputs)
  return {
    ...parts,
    warnings,
    refusals: [...refusals, ...clusterRefusals(job, inputs), ...idRefusals(job, inputs)],
  }
}
