import { timingSafeEqual } from 'node:crypto'
import { nextId, tick } from './clock.ts'
import { stored } from './json.ts'
import { Refused } from './refused.ts'
import type { Store } from './store.ts'

/** Who calls. `user` is a user's e-mail, or a service principal's application id. */
export interface Principal {
  readonly user: string
  readonly id: string
  readonly kind: 'user' | 'service_principal'
  readonly entitlements: readonly string[]
  readonly groups: readonly string[]
}

/** A principal to add. `token` is a personal access token; `secret` makes it an OAuth client. */
export interface NewPrincipal {
  user: string
  kind?: Principal['kind']
  entitlements?: readonly string[]
  groups?: readonly string[]
  token?: string
  secret?: string
}

interface Row {
  user: string
  id: string
  kind: Principal['kind']
  secret: string | null
  entitlements: string
  groups: string
}

const fromRow = (row: Row): Principal => ({
  user: row.user,
  id: row.id,
  kind: row.kind,
  entitlements: stored<string[]>(row.entitlements),
  groups: stored<string[]>(row.groups),
})

export const isAdmin = (principal: Principal): boolean => principal.groups.includes('admins')

export const findPrincipal = (db: Store, user: string): Principal | undefined => {
  const row = db.get<Row>('SELECT * FROM principals WHERE user = ?', user)
  return row && fromRow(row)
}

/** In the order of their names. */
export const allPrincipals = (db: Store): Principal[] =>
  db.all<Row>('SELECT * FROM principals ORDER BY user').map(fromRow)

/** `users` and `admins` always exist; other groups exist as soon as somebody is in them. */
export const groupExists = (db: Store, group: string): boolean =>
  group === 'users' || group === 'admins' || allPrincipals(db).some(({ groups }) => groups.includes(group))

const makeHome = (db: Store, user: string): void => {
  const at = tick(db, Date.now())
  const id = nextId(db)
  const insert =
    'INSERT OR IGNORE INTO objects (path, parent, id, type, created, modified) VALUES (?, ?, ?, ?, ?, ?)'
  const made = db.run(insert, `/Users/${user}`, '/Users', id, 'DIRECTORY', at, at)
  if (made > 0)
    db.run('INSERT INTO grants VALUES (?, ?, ?, ?)', `/directories/${id}`, 'user_name', user, 'CAN_MANAGE')
}

/** Adds it, or gives a known one these groups, entitlements and credentials. Everybody is in `users`. */
export const addPrincipal = (db: Store, added: NewPrincipal, configured = false): Principal => {
  const known = findPrincipal(db, added.user)
  const kind = added.kind ?? (added.user.includes('@') ? 'user' : 'service_principal')
  const groups = [...new Set([...(added.groups ?? []), 'users'])]
  db.run(
    'INSERT OR REPLACE INTO principals (user, id, kind, secret, entitlements, groups) VALUES (?, ?, ?, ?, ?, ?)',
    added.user,
    known?.id ?? nextId(db),
    kind,
    added.secret ?? null,
    JSON.stringify(added.entitlements ?? ['workspace-access']),
    JSON.stringify(groups),
  )
  makeHome(db, added.user)
  if (added.token !== undefined) addToken(db, added.token, added.user, undefined, configured)
  const principal = findPrincipal(db, added.user)
  if (principal === undefined) throw new Error(`principal ${added.user} was not stored`)
  return principal
}

/** @param expires ms since 1970; `undefined` never. @param configured given by the emulator's own options. */
export const addToken = (
  db: Store,
  token: string,
  user: string,
  expires: number | undefined,
  configured = false,
): void => {
  db.run(
    'INSERT OR REPLACE INTO tokens VALUES (?, ?, ?, ?)',
    token,
    user,
    expires ?? null,
    configured ? 1 : 0,
  )
}

/** The OAuth client with that secret, compared in constant time. */
export const findClient = (db: Store, id: string, secret: string): Principal | undefined => {
  const row = db.get<Row>('SELECT * FROM principals WHERE user = ?', id)
  if (row?.secret === undefined || row.secret === null) return undefined
  const [a, b] = [Buffer.from(row.secret), Buffer.from(secret)]
  return a.length === b.length && timingSafeEqual(a, b) ? fromRow(row) : undefined
}

const unauthenticated = (message: string) => new Refused(401, 'UNAUTHENTICATED', message)

/** @throws Refused 401 for a missing, unknown or expired bearer token. */
export const authenticate = (db: Store, authorization: string | null, at: number): Principal => {
  const token = /^Bearer\s+(.+)$/i.exec(authorization ?? '')?.[1]?.trim()
  if (token === undefined)
    throw unauthenticated('Credential was not sent or was of an unsupported type for this API.')
  const row = db.get<Row & { expires: number | null }>(
    'SELECT principals.*, tokens.expires FROM tokens JOIN principals USING (user) WHERE token = ?',
    token,
  )
  if (row === undefined) throw unauthenticated('Invalid access token.')
  if (row.expires !== null && row.expires <= at) throw unauthenticated('Access token is expired.')
  return fromRow(row)
}
