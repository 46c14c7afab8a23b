import type { Databricks } from '../../client/databricks.ts'
import type { Clock } from '../../http/clock.ts'
import type { Int64 } from '../../wire/endpoint.ts'
import { readRun } from './read.ts'
import { seenOf } from './state.ts'

/** ms. CI hosts end a cancelled job sooner than this; by hand there is time. */
const longest = 120_000
const pauseMs = 1000

const say = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/**
 * Cancel a run and wait until it has really ended: what is started next must not meet it.
 * @param client not ended by the stop signal
 * @returns what became of it, as the end of a sentence; it never throws, because why the run is cancelled matters more
 */
export const cancelRun = async (client: Databricks, clock: Clock, id: Int64): Promise<string> => {
  const end = clock.now() + longest
  try {
    await client.jobs.runs.cancel({ run_id: id })
    for (;;) {
      const seen = seenOf(await readRun(client, id))
      if (seen?.ended) return `run ${id} was cancelled and has ended ${seen.word}`
      if (clock.now() > end) return `run ${id} was cancelled, but is still ${seen?.word ?? 'without a state'}`
      await clock.sleep(pauseMs)
    }
  } catch (error) {
    return `run ${id} could not be cancelled (${say(error)}): look after it in the workspace`
  }
}
