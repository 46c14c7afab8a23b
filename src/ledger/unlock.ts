import type { Databricks } from '../client/databricks.ts'
import type { Clock } from '../http/clock.ts'
import { isHeld, lockedBy, type IsDead } from './lease.ts'
import { readRecords } from './read.ts'
import { recordPath, type Journal, type JournalRecord } from './record.ts'

export interface UnlockOptions<R extends JournalRecord> {
  client: Databricks
  clock: Clock
  journal: Journal<R>
  isDead: IsDead
  /** Also when the run still gives signs of life. */
  force: boolean
}

/**
 * Close the open record of a run that died; it counts as interrupted.
 * @returns the record that was open, undefined when there was none
 * @throws Fail LOCKED when its run is alive and `force` is not given
 */
export const unlock = async <R extends JournalRecord>(options: UnlockOptions<R>): Promise<R | undefined> => {
  const { client, clock, journal } = options
  const [newest] = await readRecords(client, journal, 1)
  if (newest?.status !== 'open') return undefined
  if (!options.force && isHeld(newest, clock.now(), options.isDead))
    throw lockedBy(newest, journal, clock.now())
  const endedAt = new Date(clock.now()).toISOString()
  const failure = { code: 'UNLOCKED', message: 'its lock was ended by hand' }
  await client.workspace.upload({
    path: recordPath(journal, newest.number),
    format: 'RAW',
    overwrite: true,
    content: journal.encode({ ...newest, status: 'interrupted', endedAt, failure }),
  })
  return newest
}
