import { Fail } from '../errors.ts'
import type { JournalName, JournalRecord, Owner } from './record.ts'

/** Says whether a record's process is known to be dead: same machine, no such pid. */
export type IsDead = (owner: Owner) => boolean

const endOf = (record: JournalRecord): number => Date.parse(record.beatAt) + record.ttlSeconds * 1000

/** Whether the record still locks its subject at `now` (ms since 1970). */
export const isHeld = (record: JournalRecord, now: number, isDead: IsDead): boolean =>
  record.status === 'open' && now < endOf(record) && !isDead(record.owner)

export const lockedBy = (record: JournalRecord, { kind, subject, unlock }: JournalName, now: number): Fail =>
  new Fail('LOCKED', {
    kind,
    target: subject,
    number: record.number,
    owner: record.owner.actor,
    since: record.startedAt,
    url: record.owner.pipelineUrl === undefined ? '' : ` (${record.owner.pipelineUrl})`,
    left: `${Math.max(1, Math.ceil((endOf(record) - now) / 1000))} s`,
    unlock,
  })

/** Another run made the record that this one had planned to make, and has come to its end already. */
export const overtakenBy = (record: JournalRecord, { kind, subject }: JournalName): Fail =>
  new Fail('OVERTAKEN', { kind, target: subject, number: record.number, owner: record.owner.actor })
