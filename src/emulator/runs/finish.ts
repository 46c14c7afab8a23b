import { succeeded } from './attempts.ts'
import { endClusters, type Where } from './clusters.ts'
import { resultOf, standingOf, type Node } from './decide.ts'
import { lastAttempt, type Ending, type RunRecord } from './record.ts'

/** The words of the service: `Task main failed with message: Workload failed, see run output for details.` */
const failure = (run: RunRecord): Ending => {
  const ends = run.tasks.map((task) => ({ key: task.key, ended: lastAttempt(task).ended }))
  const skipped = ends.some(({ ended }) => ended?.result === 'UPSTREAM_FAILED')
  const first = ends.find(
    ({ ended }) =>
      ended !== undefined && ended.result !== 'UPSTREAM_FAILED' && standingOf(ended.result) === 'failed',
  )
  const reason = (first?.ended?.message ?? '').replace(/\.$/, '')
  const message = `Task ${first?.key} failed with message: ${reason}.`
  return {
    life: 'INTERNAL_ERROR',
    result: 'FAILED',
    code: first?.ended?.code ?? 'RUN_EXECUTION_ERROR',
    message: skipped ? `${message} This caused all downstream tasks to get skipped.` : message,
  }
}

const endingOf = (run: RunRecord, nodes: readonly Node[]): Ending => {
  if (run.stopping !== undefined) return run.stopping
  const [only, ...more] = run.tasks
  const ended = only === undefined || more.length > 0 ? undefined : lastAttempt(only).ended
  if (ended !== undefined && (run.single || ended.result === 'TIMEDOUT' || ended.result === 'CANCELED'))
    return ended
  const result = resultOf(nodes)
  if (result === 'FAILED') return failure(run)
  if (result === 'CANCELED')
    return { life: 'TERMINATED', result, code: 'USER_CANCELED', message: 'Run cancelled.' }
  return { ...succeeded, result }
}

/** All tasks have ended. */
export const finish = (at: Where, run: RunRecord, nodes: readonly Node[]): void => {
  const ending = endingOf(run, nodes)
  run.life = ending.life
  run.ended = ending
  run.end = at.now
  endClusters(at, run)
}
