import type { JobAction } from '../plan/state-code.ts'
import type { ClusterAction, ClusterChange, JobUse, Plan, Step } from '../plan/state.ts'
import { count } from './text.ts'

/** What an action does to a cluster, in the words of a heading. */
export const actionTitles: Readonly<Record<ClusterAction, string>> = {
  none: 'unchanged',
  start: 'start',
  create: 'create',
  resize: 'resize',
  edit: 'edit in place',
  'blue-green': 'replace (blue-green: the new one first)',
  recreate: 'replace (delete, then create)',
  delete: 'delete',
}

/** What an action does to a job: a reset is in place. */
export const jobTitles: Readonly<Record<JobAction, string>> = {
  none: 'unchanged',
  create: 'create',
  update: 'change in place; id and run history kept',
  delete: 'delete',
}

const verbs: Readonly<Record<Exclude<ClusterAction, 'none'>, string>> = {
  create: 'to create',
  start: 'to start',
  resize: 'to resize',
  edit: 'to edit',
  'blue-green': 'to replace',
  recreate: 'to replace',
  delete: 'to delete',
}

const sum = (changes: readonly ClusterChange[], of: (change: ClusterChange) => number): number =>
  changes.reduce((total, change) => total + of(change), 0)

const clusterCounts = (plan: Plan): string[] => {
  const phrases = [...new Set(Object.values(verbs))]
  const parts = phrases.flatMap((verb) => {
    const n = plan.clusters.filter(({ action }) => action !== 'none' && verbs[action] === verb).length
    return n === 0 ? [] : [`${count(n, 'cluster')} ${verb}`]
  })
  const install = sum(plan.clusters, (change) => change.install.length)
  const uninstall = sum(plan.clusters, (change) => change.uninstall.length)
  if (install > 0) parts.push(`${count(install, 'library')} to install`)
  if (uninstall > 0) parts.push(`${count(uninstall, 'library')} to uninstall`)
  return parts
}

const fileCounts = ({ files }: Plan): string[] => {
  const upload = files ? files.add.length + files.update.length : 0
  const remove = files?.delete.length ?? 0
  return upload + remove === 0 ? [] : [`${count(upload, 'file')} to upload, ${remove} to delete`]
}

const tally = (
  changes: readonly { action: string }[] | undefined,
  noun: string,
  words: Readonly<Record<string, string>>,
): string[] =>
  Object.entries(words).flatMap(([action, word]) => {
    const n = (changes ?? []).filter((change) => change.action === action).length
    return n === 0 ? [] : [`${count(n, noun)} ${word}`]
  })

const codeCounts = ({ packages, apps, jobs }: Plan): string[] => [
  ...tally(packages, 'package', { upload: 'to build and upload', delete: 'to delete' }),
  ...tally(apps, 'app', { deploy: 'to deploy', delete: 'to delete' }),
  ...tally(jobs, 'job', { create: 'to create', update: 'to change', delete: 'to delete' }),
]

const sayQuiet = (step: Step): string[] => {
  if (step.do === 'cluster.pin') return [`pin cluster ${step.cluster.key}`]
  if (step.do === 'cluster.copy-acl') return [`copy permissions to cluster ${step.cluster.key}`]
  if (step.do === 'cluster.wait')
    return [`wait until cluster ${step.cluster.key} is ${step.until === 'RUNNING' ? 'RUNNING' : 'stable'}`]
  return step.do === 'libraries.wait'
    ? [`wait for ${count(step.libraries.length, 'library')} on ${step.cluster.key}`]
    : []
}

/** Beside real changes they go without saying; alone they are all there is to say. */
const quietSteps = ({ steps }: Plan): string => {
  const texts = steps.flatMap(sayQuiet)
  return texts.length > 0 ? `: ${texts.join(', ')}` : ''
}

/** `Plan: 1 cluster to create, 5 libraries to install, 12 files to upload, 0 to delete.` */
export const summaryLine = (plan: Plan): string => {
  if (plan.refusals.length > 0)
    return `This plan cannot be applied: ${count(plan.refusals.length, 'obstacle')}, see above.`
  const parts = [...clusterCounts(plan), ...fileCounts(plan), ...codeCounts(plan)]
  if (parts.length > 0) return `Plan: ${parts.join(', ')}.`
  if (plan.steps.length > 0)
    return `Plan: no difference in what is declared, ${count(plan.steps.length, 'step')} to do${quietSteps(plan)}.`
  if (plan.settles) return 'Plan: nothing to change; the record of a run that was killed will be closed.'
  return 'Nothing to do: the workspace is as declared.'
}

const named = (step: Step): string | undefined => {
  if ('cluster' in step) return step.cluster.key
  return step.do === 'cluster.create' ? step.key : undefined
}

const rewired = ({ name, tasks, whole }: JobUse): string => {
  const parts = whole ? 'the whole job' : tasks.map((task) => task.task_key).join(', ')
  return `points job «${name}» (${parts}) to the new cluster`
}

const sayStep = (step: Step): string[] => {
  if (step.do === 'cluster.start') return ['starts the cluster']
  if (step.do === 'cluster.restart') return ['restarts the cluster']
  if (step.do === 'cluster.rewire-job') return [rewired(step.job)]
  if (step.do === 'cluster.unpin') return ['unpins the old cluster']
  if (step.do !== 'cluster.remove') return []
  return [`removes cluster ${'id' in step.cluster ? step.cluster.id : step.cluster.key}: ${step.why}`]
}

/** The steps of one cluster that interrupt, move or remove something, in sentences and in order. */
export const notableSteps = (plan: Plan, key: string): string[] =>
  plan.steps.filter((step) => named(step) === key).flatMap(sayStep)

/** Whether there is anything to tell of a cluster. */
export const isQuiet = (plan: Plan, change: ClusterChange): boolean =>
  change.action === 'none' &&
  change.install.length + change.uninstall.length + change.notes.length + change.hits.length === 0 &&
  notableSteps(plan, change.key).length === 0
