import { Fail } from '../errors.ts'
import type { DeploymentRecord, Owner } from './record.ts'

/** Says whether a record's process is known to be dead: same machine, no such pid. */
export type IsDead = (owner: Owner) => boolean

const endOf = (record: DeploymentRecord): number => Date.parse(record.beatAt) + record.ttlSeconds * 1000

/** Whether the record still locks the target at `now` (ms since 1970). */
export const isHeld = (record: DeploymentRecord, now: number, isDead: IsDead): boolean =>
  record.status === 'open' && now < endOf(record) && !isDead(record.owner)

export const lockedBy = (record: DeploymentRecord, target: string, now: number): Fail =>
  new Fail('LOCKED', {
    target,
    number: record.number,
    owner: record.owner.actor,
    since: record.startedAt,
    url: record.owner.pipelineUrl === undefined ? '' : ` (${record.owner.pipelineUrl})`,
    left: `${Math.max(1, Math.ceil((endOf(record) - now) / 1000))} s`,
  })

/** Another run made the record that this one had planned to make, and has come to its end already. */
export const overtakenBy = (record: DeploymentRecord, target: string): Fail =>
  new Fail('OVERTAKEN', { target, number: record.number, owner: record.owner.actor })
