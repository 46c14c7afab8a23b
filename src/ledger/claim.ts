import type { Databricks } from '../client/databricks.ts'
import { Fail } from '../errors.ts'
import { AnswerLost, hasCode, isMissing } from '../http/api-error.ts'
import type { Clock } from '../http/clock.ts'
import type { Attempt, LostCluster, RecordedState } from '../plan/state.ts'
import { lockedBy, overtakenBy } from './lease.ts'
import {
  decodeRecord,
  encodeRecord,
  ledgerFolder,
  recordPath,
  type DeploymentRecord,
  type LedgerPlace,
  type Owner,
  type PackIndex,
  type RecordStatus,
} from './record.ts'

export interface ClaimOptions {
  client: Databricks
  clock: Clock
  place: LedgerPlace
  /** The number that the plan was made on, plus one. */
  number: number
  command: string
  owner: Owner
  summary: string[]
  touches: string[]
  lost?: LostCluster[]
  attempts?: Attempt[]
  ttlSeconds?: number
}

export interface Closing {
  status: Exclude<RecordStatus, 'open'>
  state?: RecordedState
  pack?: PackIndex
  failure?: { code: string; message: string }
}

/** A held lock, which is the open record of this deployment. */
export interface Claim {
  readonly number: number
  /**
   * Give a sign of life when one is due.
   * @throws Fail LOCK_LOST when this run was taken for dead: another one has taken over, or somebody ended the lock
   */
  pulse(): Promise<void>
  /**
   * Look now whether the lock is still ours.
   * @throws Fail LOCK_LOST
   */
  check(): Promise<void>
  close(closing: Closing): Promise<void>
}

const defaultTtlSeconds = 180

const write = async (options: ClaimOptions, record: DeploymentRecord) =>
  await options.client.workspace.upload({
    path: recordPath(options.place, record.number),
    format: 'RAW',
    overwrite: true,
    content: encodeRecord(record),
  })

const create = async (options: ClaimOptions, record: DeploymentRecord): Promise<void> => {
  const { client, place } = options
  const input = {
    path: recordPath(place, record.number),
    format: 'RAW' as const,
    overwrite: false,
    content: encodeRecord(record),
  }
  try {
    await client.workspace.claim(input)
  } catch (error) {
    if (!isMissing(error)) throw error
    // The first deployment of this target: its folder is not there yet.
    await client.workspace.mkdirs({ path: ledgerFolder(place.project, place.target) })
    await client.workspace.claim(input)
  }
}

const maxAttempts = 3

/** What the next run must know of a dead one is of no use when this one has come to its end. */
const closed = (record: DeploymentRecord, status: RecordStatus): DeploymentRecord => {
  if (status !== 'done') return record
  const { lost: _lost, attempts: _attempts, ...rest } = record
  return rest
}

/** Create the record, or find out who has. A lost answer is settled by looking whose record is there. */
const take = async (options: ClaimOptions, record: DeploymentRecord, attempt = 1): Promise<void> => {
  const { client, place, number, owner, clock } = options
  try {
    await create(options, record)
  } catch (error) {
    const lost = error instanceof AnswerLost
    if (!lost && !hasCode(error, 'RESOURCE_ALREADY_EXISTS')) throw error
    const present = await client.workspace.read(recordPath(place, number))
    if (present === undefined && lost && attempt < maxAttempts)
      return await take(options, record, attempt + 1)
    if (present === undefined) throw error
    const holder = decodeRecord(recordPath(place, number), present)
    if (holder.owner.id === owner.id) return
    throw holder.status === 'open'
      ? lockedBy(holder, place.target, clock.now())
      : overtakenBy(holder, place.target)
  }
}

/**
 * Creating record N+1 without overwrite is the lock: of two runs that planned on record N only one gets it, and it
 * proves that nothing was deployed since the plan was made. Taking over from a dead run is the same create, one further.
 * @throws Fail LOCKED or OVERTAKEN when another run was faster
 */
export const claim = async (options: ClaimOptions): Promise<Claim> => {
  const { clock, owner, number } = options
  const now = () => new Date(clock.now()).toISOString()
  const record: DeploymentRecord = {
    version: 1,
    number,
    status: 'open',
    command: options.command,
    owner,
    startedAt: now(),
    beatAt: now(),
    ttlSeconds: options.ttlSeconds ?? defaultTtlSeconds,
    summary: options.summary,
    touches: options.touches,
    ...(options.lost?.length ? { lost: options.lost } : {}),
    ...(options.attempts?.length ? { attempts: options.attempts } : {}),
  }
  await take(options, record)
  return held(options, record)
}

/** @throws Fail LOCK_LOST when a newer record is there, or ours is no longer open */
const checkHeld = async (options: ClaimOptions, record: DeploymentRecord): Promise<void> => {
  const { client, place } = options
  for (const number of [record.number + 1, record.number]) {
    const path = recordPath(place, number)
    const bytes = await client.workspace.read(path)
    const found = bytes === undefined ? undefined : decodeRecord(path, bytes)
    const isOurs = found?.owner.id === record.owner.id && found.status === 'open'
    if (found === undefined || isOurs) continue
    const why =
      number === record.number
        ? 'its lock was ended by hand'
        : `${found.owner.actor} has taken over with #${number}`
    throw new Fail('LOCK_LOST', { target: place.target, number: record.number, why })
  }
}

const held = (options: ClaimOptions, record: DeploymentRecord): Claim => {
  const { clock } = options
  const every = (record.ttlSeconds * 1000) / 4
  let current = record
  let beating: Promise<void> | undefined
  const isDue = () => clock.now() - Date.parse(current.beatAt) >= every
  const check = () => checkHeld(options, record)

  const beat = async () => {
    await check()
    current = { ...current, beatAt: new Date(clock.now()).toISOString() }
    await write(options, current)
  }
  return {
    number: record.number,
    check,
    pulse: async () => {
      if (!isDue()) return
      beating ??= beat().finally(() => (beating = undefined))
      await beating
    },
    close: async ({ status, ...rest }) => {
      await beating?.catch(() => undefined)
      // After a silence somebody may have taken over; his record must not be followed by a «done» of ours.
      if (isDue()) await check()
      await write(options, {
        ...closed(current, status),
        ...rest,
        status,
        endedAt: new Date(clock.now()).toISOString(),
      })
    },
  }
}
