import { kinds, putGrant } from '../acl.ts'
import { checkOwner, readGrant } from '../permissions.ts'
import type { Call } from '../server/call.ts'
import { findPrincipal, isAdmin } from '../server/principals.ts'
import { items, isMembers, text } from '../server/read.ts'
import { badValue, denied } from '../server/refused.ts'

/**
 * access_control_list of a new job or one-time run, beside its owner's grant; another IS_OWNER takes the place of it.
 * @throws Refused 400, 404 for an unknown principal
 */
export const grantAll = (call: Call, job: string, list: unknown): void => {
  const kind = kinds['jobs']
  if (kind === undefined) return
  const object = `/jobs/${job}`
  const grants = (items(list, 'access_control_list') ?? []).map((entry) => readGrant(entry, { kind }, call))
  if (grants.some(({ level }) => level === 'IS_OWNER'))
    call.db.run("DELETE FROM grants WHERE object = ? AND level = 'IS_OWNER'", object)
  for (const grant of grants) putGrant(call.db, object, grant)
  checkOwner(call, { collection: 'jobs', object })
}

/** Whose rights the runs will have. @throws Refused 400 for an unknown one, 403 when the caller may not choose it */
export const checkRunAs = (call: Call, runAs: unknown): void => {
  if (!isMembers(runAs)) return
  const user = text(runAs['user_name'], 'user_name')
  const principal = text(runAs['service_principal_name'], 'service_principal_name')
  const name = user ?? principal
  if (name === undefined || (user !== undefined && principal !== undefined))
    throw badValue('run_as must have exactly one of user_name and service_principal_name')
  if (findPrincipal(call.db, name) === undefined) throw badValue(`The run_as identity ${name} does not exist`)
  if (name !== call.me.user && !isAdmin(call.me))
    throw denied(`${call.me.user} may not let jobs run as ${name}: only workspace admins may.`)
}
