import { Fail } from '../errors.ts'
import type { DeploymentRecord, Owner } from './record.ts'

/** Says whether a record's process is known to be dead: same machine, no such pid. */
export type IsDead = (owner: Owner) => boolean

const endOf = (record: DeploymentRecord): number => Date.parse(record.beatAt) + record.ttlSeconds * 1000

/** Whether the record still locks the target at `now` (ms since 1970). */
export const isHeld = (record: DeploymentRecord, now: number, isDead: IsDead): boolean =>
  record.status === 'open' && now < endOf(record) && !isDead(record.owner)

const minutes = (ms: number): string => `${Math.max(1, Math.ceil(ms / 1000))} s`

export const lockedBy = (record: DeploymentRecord, target: string, now: number): Fail =>
  new Fail('LOCKED', {
    target,
    number: record.number,
    owner: record.owner.actor,
    since: record.startedAt,
    url: record.owner.pipelineUrl === undefined ? '' : ` (${record.owner.pipelineUrl})`,
    left: minutes(endOf(record) - now),
  })
