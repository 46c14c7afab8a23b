import { parse } from 'yaml'
import type { GeneratedFile } from '../../src/ci/model.ts'
import { holds, interpolate, type Scope } from './github-expression.ts'

export interface WorkflowStep {
  id?: string
  name?: string
  if?: string
  uses?: string
  with?: Record<string, unknown>
  run?: string
  env?: Record<string, string>
}

export interface Concurrency {
  group: string
  'cancel-in-progress': boolean
}

export interface WorkflowJob {
  name: string
  needs?: string | string[]
  if?: string
  'runs-on': string
  'timeout-minutes': number
  permissions: Record<string, string>
  environment?: string
  concurrency?: Concurrency
  env?: Record<string, string>
  outputs?: Record<string, string>
  steps: WorkflowStep[]
}

interface DispatchInput {
  type: string
  description: string
  required?: boolean
  default?: string
  options?: string[]
}

type Triggers =
  | string[]
  | {
      push?: { branches?: string[]; tags?: string[] }
      schedule?: { cron: string }[]
      workflow_dispatch?: { inputs: Record<string, DispatchInput> }
    }

export interface WorkflowFile {
  name: string
  'run-name'?: string
  on: Triggers
  permissions: object
  concurrency?: Concurrency
  defaults: unknown
  env?: Record<string, string>
  jobs: Record<string, WorkflowJob>
}

/** What happened, in GitHub's words. */
export interface Happened {
  event: 'push' | 'pull_request' | 'merge_group' | 'workflow_dispatch' | 'schedule'
  /** `refs/heads/master` */
  ref: string
  repository: string
  /** The event's payload. */
  payload: Record<string, unknown>
  inputs?: Record<string, string>
  secrets?: Record<string, string>
  /** Of the job. */
  token?: string
  vars?: Record<string, string>
}

export const workflowsOf = (files: readonly GeneratedFile[]): Map<string, WorkflowFile> =>
  new Map(files.map(({ path, text }) => [path.split('/').at(-1) ?? path, parse(text) as WorkflowFile]))

/** `**` and plain names: the only filters that are generated. */
const filtered = (name: string, filters: readonly string[] | undefined): boolean =>
  filters?.some((filter) => filter === '**' || filter === name) ?? false

/** Whether an event starts a workflow. A `push` with tags only is for tags only, and the other way round. */
export const isStarted = ({ on }: WorkflowFile, { event, ref, payload, inputs }: Happened): boolean => {
  if (Array.isArray(on)) return on.includes(event)
  if (event === 'push')
    return ref.startsWith('refs/tags/')
      ? filtered(ref.slice('refs/tags/'.length), on.push?.tags)
      : filtered(ref.slice('refs/heads/'.length), on.push?.branches)
  if (event === 'schedule') return on.schedule?.some(({ cron }) => cron === payload['schedule']) ?? false
  const asked = event === 'workflow_dispatch' ? on.workflow_dispatch?.inputs['job']?.options : undefined
  return asked?.includes(inputs?.['job'] ?? '') ?? false
}

export type Result = 'success' | 'failure' | 'cancelled' | 'skipped'

export interface Ended {
  result: Exclude<Result, 'skipped'>
  outputs: Record<string, string>
}

export interface Started {
  id: string
  job: WorkflowJob
  scope: Scope
}

export const needsOf = ({ needs = [] }: WorkflowJob): string[] => [needs].flat()

/** All jobs before a job. */
const ancestors = (id: string, jobs: WorkflowFile['jobs']): string[] => {
  const found = new Set<string>()
  const visit = (name: string): void => {
    for (const need of needsOf(jobs[name]!)) {
      if (found.has(need)) continue
      found.add(need)
      visit(need)
    }
  }
  visit(id)
  return [...found]
}

const githubOf = ({ event, ref, repository, payload, token = 'ghs_of-the-job' }: Happened): object => ({
  event_name: event,
  event: payload,
  ref,
  ref_name: ref.replace(/^refs\/(heads|tags|pull)\//, ''),
  repository,
  actor: 'ada',
  token,
})

/**
 * A run of a workflow: each job as soon as all that it needs has ended, if its condition holds.
 * @param execute does the work of a job that starts
 * @returns how each job ended, in the order of the file
 */
export const runWorkflow = async (
  workflow: WorkflowFile,
  happened: Happened,
  execute: (started: Started) => Ended | Promise<Ended>,
): Promise<Map<string, Result>> => {
  const { jobs } = workflow
  const all = new Map<string, Promise<{ result: Result; outputs: Record<string, string> }>>()
  const results = new Map<string, Result>()
  const run = async (id: string, job: WorkflowJob) => {
    const needs = Object.fromEntries(
      await Promise.all(needsOf(job).map(async (name) => [name, await end(name)] as const)),
    )
    const before = ancestors(id, jobs).map((name) => results.get(name))
    const { inputs = {}, secrets = {}, vars = {} } = happened
    const scope: Scope = {
      contexts: { github: githubOf(happened), needs, inputs, secrets, vars },
      functions: {
        always: () => true,
        cancelled: () => false,
        failure: () => before.includes('failure'),
        success: () => before.every((result) => result === 'success'),
      },
    }
    const ended = holds(job.if ?? 'success()', scope)
      ? await execute({ id, job, scope })
      : { result: 'skipped' as const, outputs: {} }
    results.set(id, ended.result)
    return { result: ended.result, outputs: ended.outputs }
  }
  const end = (id: string) => {
    const ended = all.get(id) ?? run(id, jobs[id]!)
    all.set(id, ended)
    return ended
  }
  await Promise.all(Object.keys(jobs).map(end))
  return new Map(Object.keys(jobs).map((id) => [id, results.get(id) ?? 'skipped']))
}

/** Environment of a step: that of the workflow, of the job, its own. */
export const environmentOf = (
  workflow: WorkflowFile,
  job: WorkflowJob,
  step: WorkflowStep,
  scope: Scope,
): Record<string, string> =>
  Object.fromEntries(
    Object.entries({ ...workflow.env, ...job.env, ...step.env }).map(([name, value]) => [
      name,
      interpolate(value, scope),
    ]),
  )
