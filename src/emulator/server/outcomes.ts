import type { TerminationReason } from '../../wire/clusters.ts'
import type { VersionStatus } from '../../wire/registry.ts'
import { next } from './clock.ts'
import { stored } from './json.ts'
import type { Store } from './store.ts'

/**
 * How a start, an installation or a registration is to end, as posted to /_emulator/outcomes: for a cluster or registered model of that
 * name (`*`: any), or for a library whose JSON contains that text. It is used `times` times (default 1; 0: always).
 */
export interface Outcome {
  cluster?: string
  /** What a start ends in; default TERMINATED. */
  state?: 'ERROR' | 'TERMINATED'
  termination_reason?: TerminationReason
  library?: string
  /** Registered model of which the next version ends so, in any registry. */
  model?: string
  /** Default FAILED_REGISTRATION; PENDING_REGISTRATION: the registration never ends. */
  status?: VersionStatus
  /** Of the failed library or registration, or the cluster's state_message. */
  messages?: string[]
  times?: number
}

interface Row {
  seq: number
  doc: string
}

const all = (db: Store): { seq: number; outcome: Outcome }[] =>
  db
    .all<Row>('SELECT seq, doc FROM outcomes ORDER BY seq')
    .map(({ seq, doc }) => ({ seq, outcome: stored<Outcome>(doc) }))

export const outcomes = (db: Store): Outcome[] => all(db).map(({ outcome }) => outcome)

export const addOutcome = (db: Store, outcome: Outcome): void => {
  db.run('INSERT INTO outcomes VALUES (?, ?)', next(db), JSON.stringify(outcome))
}

const take = (db: Store, matches: (outcome: Outcome) => boolean): Outcome | undefined => {
  const found = all(db).find(({ outcome }) => matches(outcome))
  if (found === undefined || found.outcome.times === 0) return found?.outcome
  const times = (found.outcome.times ?? 1) - 1
  if (times === 0) db.run('DELETE FROM outcomes WHERE seq = ?', found.seq)
  else
    db.run(
      'UPDATE outcomes SET doc = ? WHERE seq = ?',
      JSON.stringify({ ...found.outcome, times }),
      found.seq,
    )
  return found.outcome
}

export const takeClusterOutcome = (db: Store, name: string): Outcome | undefined =>
  take(db, ({ cluster }) => cluster === '*' || (cluster !== undefined && cluster === name))

export const takeLibraryOutcome = (db: Store, json: string): Outcome | undefined =>
  take(db, ({ library }) => library !== undefined && json.includes(library))

export const takeModelOutcome = (db: Store, name: string): Outcome | undefined =>
  take(db, ({ model }) => model === '*' || (model !== undefined && model === name))
