import { readLedger } from '../ledger/read.ts'
import { pendingSince } from '../plan/pending.ts'
import { outdatedBy } from './outdated.ts'
import type { Session } from './session.ts'

/** Somebody has chosen another state than the declared one; an unrelated push must not undo that. */
const chosen = ['rollback', 'destroy']

/**
 * What an earlier run has left undeployed, a sentence each. CI hosts start a job when the paths of one push match; after a
 * red run, the next push need not touch them again.
 * @returns why there is nothing to do, in place of it
 */
export const leftBehind = async (session: Session): Promise<string[] | { nothing: string }> => {
  const { client, place, project } = session
  const { records, tail } = await readLedger(client, place)
  const last = records.find(({ status }) => status === 'done')
  if (last && records[0] === last && chosen.includes(last.command))
    return {
      nothing: `${place.target} was left by ${last.command} (#${last.number}, ${last.owner.actor}); it stays so until the next change, or \`brickrail deploy\``,
    }
  const outdated = outdatedBy(records, session.run.world)
  if (outdated !== undefined) return { nothing: outdated }
  const pending = pendingSince(project.desired, tail)
  if (pending.length > 0) return pending
  const since = last ? ` by #${last.number}` : ''
  return { nothing: `nothing left behind: all that is declared for ${place.target} was deployed${since}` }
}
