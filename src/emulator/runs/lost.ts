/** Runs, and contexts, whose process is gone: they are ended, and what they left running as well. */
import { endContextsOf, ownersOfContexts } from '../command/left.ts'
import type { Call } from '../server/call.ts'
import { now } from '../server/clock.ts'
import { transact, type Services } from '../server/router.ts'
import { endAttempt, failed } from './attempts.ts'
import { endClusters } from './clusters.ts'
import { isAlive } from './owner.ts'
import { activeOf, activeOwners, hasEnded, saveRun, type RunRecord } from './record.ts'

const lost = failed('INTERNAL_ERROR', 'The embedded workspace that ran it has ended')

type At = Pick<Call, 'db' | 'mode' | 'now' | 'site'>

const lose = (at: At, run: RunRecord): void => {
  const { later, compute } = at.site
  run.stopping = lost
  for (const task of run.tasks)
    for (const attempt of task.attempts.filter(({ life }) => !hasEnded(life))) {
      endAttempt(at, run, task, attempt, lost)
      if (compute !== undefined) later(() => void compute.reap(attempt.id).catch(() => undefined))
    }
  Object.assign(run, { life: lost.life, ended: lost, end: at.now })
  endClusters(at, run)
  saveRun(at.db, run)
}

const goneOwners = ({ db, site }: Pick<Services, 'db' | 'site'>): string[] =>
  [...new Set([...activeOwners(db), ...ownersOfContexts(db)])].filter(
    (owner) => owner !== site.owner && !isAlive(owner),
  )

/** Ends the active runs of emulators that are no longer there; inside of a transaction. Two small queries when there are none. */
export const reclaimWithin = (at: At): void => {
  const owners = goneOwners(at)
  for (const owner of owners) endContextsOf(at, owner)
  const runs = owners.flatMap((owner) => activeOf(at.db, owner))
  for (const { run } of runs) lose(at, run)
  // A place in a queue may be free now.
  if (runs.length > 0) at.site.later(at.site.wake)
}

/** The same, outside of a transaction. */
export const reclaim = (services: Services): void => {
  const { db, mode } = services
  if (goneOwners(services).length > 0)
    transact(services, (site) => reclaimWithin({ db, mode, now: now(db), site }))
}
