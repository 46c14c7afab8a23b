import type { Job, JobTask } from '../wire/jobs.ts'
import type { JobUse } from './state.ts'

/** A `for_each_task` has no compute of its own; the task in it has. */
const inner = (task: JobTask): JobTask | undefined => task.for_each_task?.task

const isOn = (task: JobTask, id: string): boolean => {
  const nested = inner(task)
  return task.existing_cluster_id === id || (nested !== undefined && isOn(nested, id))
}

/** How a job uses a cluster; no tasks and not whole: it does not. */
export const usesOf = ({ job_id, settings }: Job, id: string): JobUse => ({
  job_id,
  name: settings.name ?? String(job_id),
  tasks: (settings.tasks ?? []).filter((task) => isOn(task, id)),
  whole: settings.existing_cluster_id === id,
})

export const isUsed = ({ tasks, whole }: JobUse): boolean => whole || tasks.length > 0

/** The task on another cluster. */
export const movedTo = (task: JobTask, id: string): JobTask => {
  if (task.existing_cluster_id !== undefined) return { ...task, existing_cluster_id: id }
  return task.for_each_task
    ? { ...task, for_each_task: { ...task.for_each_task, task: movedTo(task.for_each_task.task, id) } }
    : task
}
