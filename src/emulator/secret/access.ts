import type { AclPermission } from '../../wire/secrets.ts'
import { isAdmin, type Principal } from '../server/principals.ts'
import type { Call } from '../server/call.ts'
import { neededText } from '../server/read.ts'
import { absent, denied } from '../server/refused.ts'
import type { Store } from '../server/store.ts'
import { aclsOf, allScopes, findScope, permissions, secretsOf } from './rows.ts'

/** Workspace admins manage every scope: https://docs.databricks.com/security/auth/access-control/secret-acl */
const may = (db: Store, me: Principal, scope: string, permission: AclPermission): boolean =>
  isAdmin(me) ||
  aclsOf(db, scope).some(
    (acl) =>
      (acl.principal === me.user || me.groups.includes(acl.principal)) &&
      permissions.indexOf(acl.permission) >= permissions.indexOf(permission),
  )

/**
 * The scope's own spelling of its name.
 * @throws Refused 404, or 403 without that permission
 */
export const reachScope = (call: Call, name: unknown, permission: AclPermission): string => {
  const given = neededText(name, 'scope')
  const scope = findScope(call.db, given)
  if (scope === undefined) throw absent(`Scope ${given} does not exist!`)
  if (may(call.db, call.me, scope, permission)) return scope
  throw denied(`${call.me.user} does not have ${permission} permission on scope ${scope}`)
}

/**
 * What `dbutils.secrets` of a run answers: scope -> key -> value, for the scopes that `me` may READ. Bytes that are no
 * UTF-8 come with replacement characters, as there.
 */
export const secretsFor = (db: Store, me: Principal): Record<string, Record<string, string>> => {
  const scopes = allScopes(db).filter(({ name }) => may(db, me, name, 'READ'))
  const text = (value: Uint8Array) => Buffer.from(value).toString('utf8')
  return Object.fromEntries(
    scopes.map(({ name }) => [
      name,
      Object.fromEntries(secretsOf(db, name).map(({ key, value }) => [key, text(value)])),
    ]),
  )
}
