import type { Databricks } from '../client/databricks.ts'
import { Fail } from '../errors.ts'
import { AnswerLost, hasCode, isMissing } from '../http/api-error.ts'
import type { Clock } from '../http/clock.ts'
import { lockedBy, overtakenBy } from './lease.ts'
import { recordPath, type DeploymentRecord, type Journal, type JournalRecord, type Owner } from './record.ts'
import { findIn } from './read.ts'

/** What a record of some kind has beside that of every record. */
export type Contents<R extends JournalRecord> = Omit<R, keyof JournalRecord>

export interface ClaimOptions<R extends JournalRecord> {
  client: Databricks
  clock: Clock
  journal: Journal<R>
  /** The number that the plan was made on, plus one. */
  number: number
  command: string
  owner: Owner
  contents: Contents<R>
  ttlSeconds?: number
}

export type Closing<R extends JournalRecord> = Partial<Contents<R>> & {
  status: Exclude<R['status'], 'open'>
  failure?: { code: string; message: string }
}

/** A held lock, which is the open record of this run. */
export interface Claim<R extends JournalRecord = DeploymentRecord> {
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
  close(closing: Closing<R>): Promise<void>
}

const defaultTtlSeconds = 180

/** Put a record in the place of what is there under its number. */
export const overwrite = async <R extends JournalRecord>(
  client: Databricks,
  journal: Journal<R>,
  record: R,
): Promise<void> => {
  await client.workspace.upload({
    path: recordPath(journal, record.number),
    format: 'RAW',
    overwrite: true,
    content: journal.encode(record),
  })
}

type At<R extends JournalRecord> = Pick<ClaimOptions<R>, 'client' | 'journal' | 'clock'>

const create = async <R extends JournalRecord>({ client, journal }: At<R>, record: R): Promise<void> => {
  const input = {
    path: recordPath(journal, record.number),
    format: 'RAW' as const,
    overwrite: false,
    content: journal.encode(record),
  }
  try {
    await client.workspace.claim(input)
  } catch (error) {
    if (!isMissing(error)) throw error
    // The first record of this journal: its folder is not there yet.
    await client.workspace.mkdirs({ path: journal.folder })
    await client.workspace.claim(input)
  }
}

const maxAttempts = 3

/**
 * Create a record, or find out who has. A lost answer is settled by looking whose record is there.
 * @throws Fail LOCKED or OVERTAKEN when another run was faster
 */
export const take = async <R extends JournalRecord>(at: At<R>, record: R, attempt = 1): Promise<void> => {
  const { client, journal, clock } = at
  try {
    await create(at, record)
  } catch (error) {
    const lost = error instanceof AnswerLost
    if (!lost && !hasCode(error, 'RESOURCE_ALREADY_EXISTS')) throw error
    const present = await findIn(client, journal, record.number)
    if (present === undefined && lost && attempt < maxAttempts) return await take(at, record, attempt + 1)
    if (present === undefined) throw error
    if (present.owner.id === record.owner.id) return
    throw present.status === 'open' ? lockedBy(present, journal, clock.now()) : overtakenBy(present, journal)
  }
}

/** A record as it begins. */
export const begun = <R extends JournalRecord>(options: ClaimOptions<R>): R => {
  const at = new Date(options.clock.now()).toISOString()
  const record: JournalRecord = {
    version: 1,
    number: options.number,
    status: 'open',
    command: options.command,
    owner: options.owner,
    startedAt: at,
    beatAt: at,
    ttlSeconds: options.ttlSeconds ?? defaultTtlSeconds,
  }
  return { ...record, ...options.contents } as R
}

/**
 * Creating record N+1 without overwrite is the lock: of two runs that planned on record N only one gets it, and it
 * proves that nothing was done since the plan was made. Taking over from a dead run is the same create, one further.
 * @throws Fail LOCKED or OVERTAKEN when another run was faster
 */
export const claim = async <R extends JournalRecord>(options: ClaimOptions<R>): Promise<Claim<R>> => {
  const record = begun(options)
  await take(options, record)
  return held(options, record)
}

/** @throws Fail LOCK_LOST when a newer record is there, or ours is no longer open */
const checkHeld = async <R extends JournalRecord>(
  { client, journal }: ClaimOptions<R>,
  record: R,
): Promise<void> => {
  for (const number of [record.number + 1, record.number]) {
    const found = await findIn(client, journal, number)
    const isOurs = found?.owner.id === record.owner.id && found.status === 'open'
    if (found === undefined || isOurs) continue
    const why =
      number === record.number
        ? 'its lock was ended by hand'
        : `${found.owner.actor} has taken over with #${number}`
    throw new Fail('LOCK_LOST', { kind: journal.kind, target: journal.subject, number: record.number, why })
  }
}

const held = <R extends JournalRecord>(options: ClaimOptions<R>, record: R): Claim<R> => {
  const { client, clock, journal } = options
  const every = (record.ttlSeconds * 1000) / 4
  let current = record
  let beating: Promise<void> | undefined
  const isDue = () => clock.now() - Date.parse(current.beatAt) >= every
  const check = () => checkHeld(options, record)

  const beat = async () => {
    await check()
    current = { ...current, beatAt: new Date(clock.now()).toISOString() }
    await overwrite(client, journal, current)
  }
  return {
    number: record.number,
    check,
    pulse: async () => {
      if (!isDue()) return
      beating ??= beat().finally(() => (beating = undefined))
      await beating
    },
    close: async (closing) => {
      await beating?.catch(() => undefined)
      // After a silence somebody may have taken over; his record must not be followed by a «done» of ours.
      if (isDue()) await check()
      const last = closing.status === 'done' && journal.settled ? journal.settled(current) : current
      await overwrite(client, journal, { ...last, ...closing, endedAt: new Date(clock.now()).toISOString() })
    },
  }
}
