import { Fail } from '../../errors.ts'
import { isMissing } from '../../http/api-error.ts'
import { poll } from '../../http/poll.ts'
import type { Int64 } from '../../wire/endpoint.ts'
import type { JobRun } from '../../wire/runs.ts'
import type { Session } from '../session.ts'
import { cancelRun } from './cancel.ts'
import { createLogFile } from './log-file.ts'
import { createOutputs } from './output.ts'
import { readRun } from './read.ts'
import { seenOf, tasksSeen, type Seen } from './state.ts'
import { createTracker, type TaskReport, type Tracker } from './tasks.ts'

export interface Following {
  id: Int64
  /** For messages: `job train`. */
  what: string
  /** ms; 0: as long as it takes. */
  timeoutMs: number
}

/** A run that has ended, however. */
export interface Followed {
  run: JobRun
  seen: Seen
  tasks: TaskReport[]
}

const notOurs = 'look at the run in the workspace; whoever has removed it will know why'

/** A run that is gone, or has no state, has not succeeded. */
const stateless = ({ id, what }: Following, why: string, cause?: unknown): Fail =>
  new Fail('RUN_FAILED', { run: `${id}`, what, state: 'UNKNOWN', why: `: ${why}`, hint: notOurs }, { cause })

const readSeen = async (session: Session, following: Following): Promise<{ run: JobRun; seen: Seen }> => {
  try {
    const run = await readRun(session.client, following.id)
    const seen = seenOf(run)
    if (seen) return { run, seen }
  } catch (error) {
    if (!isMissing(error)) throw error
    throw stateless(following, 'it is no longer there', error)
  }
  throw stateless(following, 'the workspace answered without a state')
}

const announce = ({ run: { emit } }: Session, { id, what }: Following, run: JobRun): void => {
  const url = run.run_page_url ? `: ${run.run_page_url}` : ''
  emit({ type: 'notice', level: 'info', text: `run ${id} of ${what}${url}` })
}

const isEnd = (error: unknown, stop: AbortSignal): boolean =>
  stop.aborted || (error instanceof Fail && error.code === 'TIMEOUT')

/** The same failure, with what became of the run. */
const withEnd = (error: unknown, ended: string): unknown => {
  if (!(error instanceof Fail)) return error
  if (error.code === 'TIMEOUT')
    return new Fail('TIMEOUT', { ...error.context, hint: ended }, { cause: error })
  if (error.code === 'INTERRUPTED')
    return new Fail('INTERRUPTED', { ...error.context, what: ended }, { cause: error })
  return error
}

const trackerOf = (session: Session, { id }: Following, last: () => JobRun | undefined): Tracker => {
  const { run, client } = session
  const outputs = createOutputs({
    client,
    emit: run.emit,
    file: createLogFile(run, `run-${id}.log`),
    several: () => (last()?.tasks?.length ?? 1) > 1,
    url: () => last()?.run_page_url,
  })
  return createTracker(run.emit, outputs, () => run.world.clock.now())
}

/**
 * Follow a run to its end: one task of the report for each task, with what it prints. When this process is told to end, or time is
 * up, the run is cancelled and waited for.
 * @throws Fail RUN_FAILED for a run that is gone or has no state, TIMEOUT, INTERRUPTED; a run that has failed is not a failure here
 */
export const follow = async (session: Session, following: Following): Promise<Followed> => {
  const { world } = session.run
  let last: JobRun | undefined
  const tracker = trackerOf(session, following, () => last)
  try {
    const { run, seen } = await poll({
      read: async () => {
        const read = await readSeen(session, following)
        if (!last) announce(session, following, read.run)
        last = read.run
        await tracker.see(tasksSeen(read.run))
        return read
      },
      done: (read) => read.seen.ended,
      state: (read) => read.seen.word,
      what: `run ${following.id} of ${following.what}`,
      hint: '',
      timeoutMs: following.timeoutMs || Number.MAX_SAFE_INTEGER,
      clock: world.clock,
      stop: world.stop,
      firstMs: 1000,
      // Asking the embedded workspace costs nobody anything.
      maxMs: session.host === 'embedded' ? 1000 : 10_000,
    })
    return { run, seen, tasks: await tracker.reports(tasksSeen(run)) }
  } catch (error) {
    if (!isEnd(error, world.stop)) throw error
    const text = `cancelling run ${following.id}, and waiting for its end`
    session.run.emit({ type: 'notice', level: 'info', text })
    const ended = await cancelRun(session.lastWords, world.clock, following.id)
    throw withEnd(world.stop.aborted ? world.stop.reason : error, ended)
  }
}
