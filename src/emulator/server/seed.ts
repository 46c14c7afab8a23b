import { nextId, now, startClock, tick } from './clock.ts'
import { addPrincipal } from './principals.ts'
import type { Store } from './store.ts'

export interface Configured {
  user: string
  token: string
  clients: readonly { id: string; secret: string }[]
}

const makeFolder = (db: Store, path: string): string | undefined => {
  const at = tick(db, now(db))
  const id = nextId(db)
  const insert =
    'INSERT OR IGNORE INTO objects (path, parent, id, type, created, modified) VALUES (?, ?, ?, ?, ?, ?)'
  return db.run(insert, path, '/', id, 'DIRECTORY', at, at) > 0 ? id : undefined
}

/** What a new workspace has, and the credentials that the options name. Safe to repeat on a known state folder. */
export const seed = (db: Store, { user, token, clients }: Configured): void => {
  startClock(db)
  for (const path of ['/', '/Users', '/Repos']) makeFolder(db, path)
  const shared = makeFolder(db, '/Shared')
  // Everybody may write in /Shared until somebody changes that.
  if (shared !== undefined)
    db.run(
      'INSERT INTO grants VALUES (?, ?, ?, ?)',
      `/directories/${shared}`,
      'group_name',
      'users',
      'CAN_MANAGE',
    )
  db.run('DELETE FROM tokens WHERE configured = 1')
  const entitlements = ['workspace-access', 'databricks-sql-access', 'allow-cluster-create']
  addPrincipal(db, { user, token, entitlements, groups: ['admins'] }, true)
  for (const { id, secret } of clients)
    addPrincipal(db, { user: id, kind: 'service_principal', secret, entitlements, groups: ['admins'] })
}
