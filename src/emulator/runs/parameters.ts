import type { JobTask } from '../../wire/jobs.ts'
import { hasEnded, lastAttempt, type Attempt, type RunRecord } from './record.ts'
import { resolve, type ReferenceScope } from './references.ts'

export interface JobParameter {
  name: string
  default?: string
  value: string
}

/** Declared ones with what the run says instead, then those that only the run has. */
export const jobParameters = ({ settings, overrides }: RunRecord): JobParameter[] => {
  const given = overrides.job_parameters ?? {}
  const declared = (settings.parameters ?? []).map(({ name, default: fallback }) => ({
    name,
    default: fallback,
    value: given[name] ?? fallback,
  }))
  const known = new Set(declared.map(({ name }) => name))
  const added = Object.entries(given).filter(([name]) => !known.has(name))
  return [...declared, ...added.map(([name, value]) => ({ name, value }))]
}

const scopeOf = (
  run: RunRecord,
  key: string,
  attempt: Attempt,
  parameters: Readonly<Record<string, string>>,
): ReferenceScope => ({
  job: {
    id: run.job,
    name: run.settings.name ?? run.name,
    runId: run.id,
    trigger: 'one_time',
    startedAt: run.started ?? run.created,
  },
  parameters,
  task: { name: key, runId: attempt.id, attempt: attempt.number },
  tasks: Object.fromEntries(
    run.tasks.map((task) => {
      const last = lastAttempt(task)
      const result = hasEnded(last.life) ? last.ended?.result : undefined
      return [task.key, { runId: last.id, result, attempts: task.attempts.length }]
    }),
  ),
  workspaceUrl: run.origin,
})

/** Job parameters go down to tasks that take names, and win over the task's own; run-now's own parameters win over all. */
const overridden = (task: JobTask, run: RunRecord, parameters: Record<string, string>): JobTask => {
  const { notebook_params, python_params, python_named_params } = run.overrides
  const { notebook_task: notebook, spark_python_task: file, python_wheel_task: wheel } = task
  if (notebook !== undefined)
    return {
      ...task,
      notebook_task: {
        ...notebook,
        base_parameters: { ...notebook.base_parameters, ...parameters, ...notebook_params },
      },
    }
  if (file !== undefined && python_params !== undefined)
    return { ...task, spark_python_task: { ...file, parameters: python_params } }
  if (wheel === undefined) return task
  const named = wheel.named_parameters ?? python_named_params
  if (named !== undefined)
    return {
      ...task,
      python_wheel_task: {
        ...wheel,
        named_parameters: { ...wheel.named_parameters, ...parameters, ...python_named_params },
      },
    }
  return python_params === undefined
    ? task
    : { ...task, python_wheel_task: { ...wheel, parameters: python_params } }
}

/**
 * A task as this attempt is to run it: with the run's parameters, references resolved.
 * @throws BadReference
 */
export const resolvedTask = (run: RunRecord, task: JobTask, attempt: Attempt): JobTask => {
  const scope = scopeOf(run, task.task_key, attempt, {})
  const raw = Object.fromEntries(jobParameters(run).map(({ name, value }) => [name, value]))
  const parameters = resolve(raw, scope)
  return resolve(overridden(task, run, parameters), { ...scope, parameters })
}
