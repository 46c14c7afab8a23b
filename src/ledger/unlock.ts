import type { Databricks } from '../client/databricks.ts'
import type { Clock } from '../http/clock.ts'
import { isHeld, lockedBy, type IsDead } from './lease.ts'
import { readLedger } from './read.ts'
import { encodeRecord, recordPath, type DeploymentRecord, type LedgerPlace } from './record.ts'

export interface UnlockOptions {
  client: Databricks
  clock: Clock
  place: LedgerPlace
  isDead: IsDead
  /** Also when the run still gives signs of life. */
  force: boolean
}

/**
 * Close the open record of a run that died; it counts as interrupted.
 * @returns the record that was open, undefined when there was none
 * @throws Fail LOCKED when its run is alive and `force` is not given
 */
export const unlock = async (options: UnlockOptions): Promise<DeploymentRecord | undefined> => {
  const { client, clock, place } = options
  const [newest] = (await readLedger(client, place)).records
  if (newest?.status !== 'open') return undefined
  if (!options.force && isHeld(newest, clock.now(), options.isDead))
    throw lockedBy(newest, place.target, clock.now())
  const endedAt = new Date(clock.now()).toISOString()
  const failure = { code: 'UNLOCKED', message: 'its lock was ended by hand' }
  await client.workspace.upload({
    path: recordPath(place, newest.number),
    format: 'RAW',
    overwrite: true,
    content: encodeRecord({ ...newest, status: 'interrupted', endedAt, failure }),
  })
  return newest
}
