import { isSecretName } from '../../config/secrets.ts'
import { Fail } from '../../errors.ts'
import { readPairs, readSeconds } from '../args.ts'
import type { Session } from '../session.ts'
import { follow } from './follow.ts'
import { readRun } from './read.ts'
import { propose } from './propose.ts'
import { failureOf, runData, runText, withOutputs, withoutTraces } from './result.ts'
import { startingAnew } from './interrupted.ts'
import { start, type Started, type Wish } from './start.ts'
import { seenOf } from './state.ts'

const textOf = (value: string | boolean | undefined) => (typeof value === 'string' ? value : undefined)

/** @throws Fail USAGE */
const parametersOf = ({ run: { lists, redactor } }: Session): Wish['parameters'] => {
  const parameters = readPairs('param', lists['param'])
  // The run may print it, and the report says with what it was started.
  for (const [name, value] of Object.entries(parameters)) if (isSecretName(name)) redactor.add(value)
  return parameters
}

/** @throws Fail USAGE */
const wishOf = (session: Session): Wish => {
  const { values, lists } = session.run
  const word = textOf(values['job'])
  if (!word) throw new Fail('USAGE', { what: 'nothing is named to run', hint: 'give a job or a file' })
  return {
    word,
    parameters: parametersOf(session),
    cluster: textOf(values['cluster']),
    only: (lists['only'] ?? []).flatMap((list) => list.split(',')).filter(Boolean),
  }
}

/** The embedded workspace ends with this process, and its runs with it. */
const mustWait = ({ run: { emit, values }, host }: Session): boolean => {
  if (values['wait'] !== false) return true
  if (host !== 'embedded') return false
  const text = '--no-wait: the embedded workspace lives in this process, so the run is waited for'
  emit({ type: 'notice', level: 'info', text })
  return true
}

const leave = async (session: Session, { id, what }: Started, wish: Wish): Promise<void> => {
  const run = await readRun(session.client, id)
  const seen = seenOf(run) ?? { word: 'PENDING', ended: false, success: false, message: '' }
  const followed = { run: { ...run, run_id: id }, seen, tasks: [] }
  const data = withOutputs(followed, runData(followed, wish.parameters))
  const text = `${runText(what, followed)}\n  not waited for: ${propose(session.project, `logs ${id}`)}`
  session.run.emit({ type: 'result', data, text })
  // One over max_concurrent_runs is skipped at once, and nobody would look after it.
  const failure = seen.ended ? failureOf(session.project, what, followed) : undefined
  if (failure) throw failure
}

const startAndFollow = async (session: Session): Promise<void> => {
  const wish = wishOf(session)
  const timeoutMs = readSeconds(session.run.values, 'timeout') * 1000
  const wait = mustWait(session)
  const started = await start(session, wish)
  if (!wait) return await leave(session, started, wish)
  const followed = await follow(session, { ...started, timeoutMs })
  const data = withOutputs(followed, runData(followed, wish.parameters))
  // Each trace was shown as its task ended.
  const shown = runText(
    started.what,
    withoutTraces(followed, () => true),
  )
  session.run.emit({ type: 'result', data, text: runText(started.what, followed), shown })
  const failure = failureOf(session.project, started.what, followed)
  if (failure) throw failure
}

/**
 * Start a job or a file, follow it to its end, and fail if it has not succeeded.
 * @throws Fail USAGE, NOT_DEPLOYED, RUN_FAILED, TIMEOUT, INTERRUPTED
 */
export const runWord = async (session: Session): Promise<void> => {
  try {
    await startAndFollow(session)
  } catch (error) {
    throw startingAnew(error)
  }
}
