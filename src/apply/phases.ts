import type { Plan, Step } from '../plan/state.ts'

/** Steps that must not begin before those of an earlier phase are done: a job never meets code that is not there yet. */
type Phase = 'packages' | 'clusters, files and apps' | 'jobs' | 'jobs that go' | 'removals'

const order: readonly Phase[] = ['packages', 'clusters, files and apps', 'jobs', 'jobs that go', 'removals']

const isJob = ({ do: what }: Step): boolean => what.startsWith('job.')

/** Where jobs change, what they may use until then goes after them: clusters and files that are no longer declared. */
const leavesLate = ({ clusters, steps }: Plan): ReadonlySet<Step> => {
  if (!steps.some(isJob)) return new Set()
  const gone = new Set(clusters.filter(({ action }) => action === 'delete').map(({ key }) => key))
  const lastUpload = steps.findLastIndex((step) => step.do === 'files.upload' || step.do === 'files.mkdirs')
  return new Set(
    steps.filter((step, index) => {
      if ('cluster' in step) return gone.has(step.cluster.key)
      return (step.do === 'files.delete' || step.do === 'files.remove-folders') && index > lastUpload
    }),
  )
}

const phaseOf = (step: Step): Phase => {
  if (step.do === 'package.upload') return 'packages'
  if (step.do === 'app.delete' || step.do === 'package.delete') return 'removals'
  if (step.do === 'job.delete') return 'jobs that go'
  return isJob(step) ? 'jobs' : 'clusters, files and apps'
}

/** Steps of one cluster wait for each other, as do those of one app and those of one job; the rest do not. */
export const laneOf = (step: Step): string => {
  if ('cluster' in step) return `cluster ${step.cluster.key}`
  if (step.do === 'package.upload') return `package ${step.package.key}`
  if ('app' in step) return `app ${step.app.key}`
  if (!('key' in step)) return 'files'
  return `${step.do.split('.', 1)[0]} ${step.key}`
}

/** The steps of a plan as phases, each as its lanes; empty phases are left out. */
export const phasesOf = (plan: Plan): { lane: string; steps: Step[] }[][] => {
  const late = leavesLate(plan)
  const phases = order.map((phase) =>
    plan.steps.filter((step) => (late.has(step) ? 'removals' : phaseOf(step)) === phase),
  )
  return phases
    .filter((steps) => steps.length > 0)
    .map((steps) =>
      [...new Set(steps.map(laneOf))].map((lane) => ({
        lane,
        steps: steps.filter((step) => laneOf(step) === lane),
      })),
    )
}
