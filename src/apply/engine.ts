import type { Emit } from '../report/events.ts'
import type { Plan, Step } from '../plan/state.ts'
import * as cluster from './cluster.ts'
import type { ApplyContext, Progress } from './context.ts'
import * as files from './files.ts'
import * as libraries from './libraries.ts'
import { titleOf } from './title.ts'
import { undo } from './undo.ts'

type Table = { [Do in Step['do']]: cluster.Run<Do> }

const runs: Table = {
  'cluster.create': cluster.create,
  'cluster.edit': cluster.edit,
  'cluster.resize': cluster.resize,
  'cluster.start': cluster.start,
  'cluster.restart': cluster.restart,
  'cluster.wait': cluster.wait,
  'cluster.pin': cluster.pin,
  'cluster.unpin': cluster.unpin,
  'cluster.copy-acl': cluster.copyAcl,
  'cluster.rewire-job': cluster.rewireJob,
  'cluster.remove': cluster.remove,
  'libraries.install': libraries.install,
  'libraries.uninstall': libraries.uninstall,
  'libraries.wait': libraries.wait,
  'files.mkdirs': files.mkdirs,
  'files.upload': files.upload,
  'files.delete': files.remove,
  'files.remove-folders': files.removeFolders,
}

/** Steps of one cluster wait for each other; clusters and the files do not. */
const laneOf = (step: Step): string => {
  if ('cluster' in step) return `cluster ${step.cluster.key}`
  return 'key' in step ? `cluster ${step.key}` : 'files'
}

const runStep = async (context: ApplyContext, step: Step, id: string, emit: Emit): Promise<void> => {
  const at = () => context.clock.now()
  const progress: Progress = {
    detail: (detail, done, total) =>
      emit({
        type: 'task',
        state: 'progress',
        id,
        detail,
        at: at(),
        ...(done === undefined ? {} : { done }),
        ...(total === undefined ? {} : { total }),
      }),
  }
  emit({ type: 'task', state: 'started', id, title: titleOf(step), at: at() })
  try {
    const run = runs[step.do] as (context: ApplyContext, step: Step, progress: Progress) => Promise<void>
    await run(context, step, progress)
    emit({ type: 'task', state: 'done', id, at: at() })
  } catch (error) {
    emit({
      type: 'task',
      state: 'failed',
      id,
      detail: error instanceof Error ? error.message : String(error),
      at: at(),
    })
    throw error
  }
}

const runLane = async (
  context: ApplyContext,
  lane: string,
  steps: readonly Step[],
  emit: Emit,
): Promise<void> => {
  for (const [index, step] of steps.entries())
    try {
      context.stop.throwIfAborted()
      await context.claim.pulse()
      await runStep(context, step, `${lane}/${index}`, emit)
    } catch (error) {
      await undo(context, steps.slice(0, index + 1), emit)
      throw error
    }
}

/**
 * Run the steps of a plan. When one fails, the rest of its lane is not run; the other lanes end in good order.
 * @throws the first failure
 */
export const applyPlan = async (context: ApplyContext, plan: Plan, emit: Emit): Promise<void> => {
  const lanes = new Set(plan.steps.map(laneOf))
  const results = await Promise.allSettled(
    [...lanes].map((lane) =>
      runLane(
        context,
        lane,
        plan.steps.filter((step) => laneOf(step) === lane),
        emit,
      ),
    ),
  )
  const failure = results.find((result) => result.status === 'rejected')
  if (failure) throw failure.reason
}
