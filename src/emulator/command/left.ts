/** What a context leaves when its emulator is killed: a token, and what its code had started. */
import { keepToken, revokeToken } from '../runs/env.ts'
import type { Call } from '../server/call.ts'
import type { Store } from '../server/store.ts'

/** Names the process of a context, among those of runs. */
export const taskOf = (context: string): string => `context-${context}`

interface Row {
  id: string
  owner: string
  token: string
}

/** The token is good from now on, until `forgetContext`. */
export const noteContext = (db: Store, { id, owner, token }: Row, user: string): void =>
  db.atomically(() => {
    keepToken(db, token, user)
    db.run('INSERT INTO contexts VALUES (?, ?, ?)', id, owner, token)
  })

export const forgetContext = (db: Store, { id, token }: Pick<Row, 'id' | 'token'>): void => {
  revokeToken(db, token)
  db.run('DELETE FROM contexts WHERE id = ?', id)
}

export const ownersOfContexts = (db: Store): string[] =>
  db.all<Pick<Row, 'owner'>>('SELECT DISTINCT owner FROM contexts').map(({ owner }) => owner)

/** Ends what contexts of that emulator have left; inside of a transaction. */
export const endContextsOf = ({ db, site }: Pick<Call, 'db' | 'site'>, owner: string): void => {
  const { compute, later } = site
  for (const row of db.all<Row>('SELECT * FROM contexts WHERE owner = ?', owner)) {
    forgetContext(db, row)
    if (compute !== undefined) later(() => void compute.reap(taskOf(row.id)).catch(() => undefined))
  }
}
