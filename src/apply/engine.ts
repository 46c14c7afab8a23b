import type { Emit } from '../report/events.ts'
import type { Plan, Step } from '../plan/state.ts'
import * as app from './app.ts'
import * as cluster from './cluster.ts'
import type { ApplyContext, Progress } from './context.ts'
import * as files from './files.ts'
import * as job from './job.ts'
import * as libraries from './libraries.ts'
import * as wheel from './package.ts'
import { phasesOf } from './phases.ts'
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
  'package.upload': wheel.upload,
  'package.delete': wheel.remove,
  'app.upload': app.upload,
  'app.point': app.point,
  'app.delete': app.remove,
  'job.create': job.create,
  'job.reset': job.reset,
  'job.permissions': job.permissions,
  'job.delete': job.remove,
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
    warn: (text) => emit({ type: 'notice', level: 'warning', text }),
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

const runPhase = async (
  context: ApplyContext,
  lanes: ReturnType<typeof phasesOf>[number],
  emit: Emit,
): Promise<void> => {
  const results = await Promise.allSettled(
    lanes.map(({ lane, steps }) => runLane(context, lane, steps, emit)),
  )
  const failure = results.find((result) => result.status === 'rejected')
  if (failure) throw failure.reason
}

/**
 * Run the steps of a plan, phase by phase. When one fails, the rest of its lane is not run; the other lanes of its phase end
 * in good order, and no further phase begins.
 * @throws the first failure
 */
export const applyPlan = async (context: ApplyContext, plan: Plan, emit: Emit): Promise<void> => {
  for (const phase of phasesOf(plan)) await runPhase(context, phase, emit)
}
