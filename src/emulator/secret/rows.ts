import type { AclItem, AclPermission } from '../../wire/secrets.ts'
import type { Store } from '../server/store.ts'

interface Scope {
  name: string
}

/** A secret's bytes; nothing but `get` and runs may see them. */
interface Secret {
  key: string
  value: Uint8Array
}

export const allScopes = (db: Store): Scope[] => db.all<Scope>('SELECT name FROM secret_scopes ORDER BY name')

/** The name as it was created: scope names are case insensitive (docs.databricks.com/security/secrets). */
export const findScope = (db: Store, name: string): string | undefined =>
  db.get<Scope>('SELECT name FROM secret_scopes WHERE name = ?', name)?.name

export const addScope = (db: Store, name: string, manager: string): void => {
  db.run('INSERT INTO secret_scopes VALUES (?)', name)
  putAcl(db, name, { principal: manager, permission: 'MANAGE' })
}

export const dropScope = (db: Store, name: string): void => {
  db.run('DELETE FROM secret_scopes WHERE name = ?', name)
  for (const table of ['secrets', 'secret_acls']) db.run(`DELETE FROM ${table} WHERE scope = ?`, name)
}

export const keysOf = (db: Store, scope: string): { key: string; updated: number }[] =>
  db.all('SELECT key, updated FROM secrets WHERE scope = ? ORDER BY key', scope)

export const secretsOf = (db: Store, scope: string): Secret[] =>
  db.all<Secret>('SELECT key, value FROM secrets WHERE scope = ? ORDER BY key', scope)

export const findSecret = (db: Store, scope: string, key: string): Secret | undefined =>
  db.get<Secret>('SELECT key, value FROM secrets WHERE scope = ? AND key = ?', scope, key)

export const putSecret = (db: Store, scope: string, secret: Secret, at: number): void => {
  db.run('INSERT OR REPLACE INTO secrets VALUES (?, ?, ?, ?)', scope, secret.key, secret.value, at)
}

/** Returns whether there was one. */
export const dropSecret = (db: Store, scope: string, key: string): boolean =>
  db.run('DELETE FROM secrets WHERE scope = ? AND key = ?', scope, key) > 0

export const aclsOf = (db: Store, scope: string): AclItem[] =>
  db.all<AclItem>('SELECT principal, permission FROM secret_acls WHERE scope = ? ORDER BY principal', scope)

export const putAcl = (db: Store, scope: string, { principal, permission }: AclItem): void => {
  db.run('INSERT OR REPLACE INTO secret_acls VALUES (?, ?, ?)', scope, principal, permission)
}

/** Returns whether there was one. */
export const dropAcl = (db: Store, scope: string, principal: string): boolean =>
  db.run('DELETE FROM secret_acls WHERE scope = ? AND principal = ?', scope, principal) > 0

/** Weakest first; each holds those before it. */
export const permissions: readonly AclPermission[] = ['READ', 'WRITE', 'MANAGE']
