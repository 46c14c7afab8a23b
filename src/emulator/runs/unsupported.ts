import type { JobTask } from '../../wire/jobs.ts'
import { typesIn } from '../jobs/task.ts'

const runnable = new Set(['spark_python_task', 'notebook_task', 'python_wheel_task', 'condition_task'])

/** Why the embedded workspace does not run this task, or undefined. It never makes up a success. */
export const unsupported = (task: JobTask): string | undefined => {
  const [type = 'no task type'] = typesIn(task)
  if (!runnable.has(type))
    return `the embedded workspace does not run ${type}; it runs ${[...runnable].join(', ')}`
  const source = task.notebook_task?.source ?? task.spark_python_task?.source
  if (source === 'GIT')
    return 'the embedded workspace does not check out git_source; use files of the workspace'
  const { warehouse_id: warehouse }: Record<string, unknown> = { ...task.notebook_task }
  return warehouse === undefined
    ? undefined
    : 'the embedded workspace has no SQL warehouse to run a notebook on'
}
