import type { Call } from './server/call.ts'
import { isAdmin, type Principal } from './server/principals.ts'
import { denied } from './server/refused.ts'
import type { Store } from './server/store.ts'

export interface ObjectKind {
  /** `object_type` of the answer. */
  readonly type: string
  /** Level -> what it allows, weakest first. */
  readonly levels: Readonly<Record<string, string>>
}

const tree = {
  CAN_READ: 'Can view',
  CAN_RUN: 'Can view and run',
  CAN_EDIT: 'Can view, run and edit',
  CAN_MANAGE: 'Can view, run, edit, and change permissions',
}

/** request_object_type -> kind. https://docs.databricks.com/security/auth/access-control */
export const kinds: Readonly<Record<string, ObjectKind>> = {
  clusters: {
    type: 'cluster',
    levels: {
      CAN_ATTACH_TO: 'Can attach to the cluster',
      CAN_RESTART: 'Can attach to, start and restart the cluster',
      CAN_MANAGE: 'Can edit, terminate and change permissions of the cluster',
    },
  },
  jobs: {
    type: 'job',
    levels: {
      CAN_VIEW: 'Can view job details and results',
      CAN_MANAGE_RUN: 'Can run, cancel and view the job',
      IS_OWNER: 'Is the owner of the job: its runs use the rights of the owner',
      CAN_MANAGE: 'Can edit, run and change permissions of the job',
    },
  },
  directories: { type: 'directory', levels: tree },
  notebooks: { type: 'notebook', levels: tree },
  files: { type: 'file', levels: tree },
  'registered-models': {
    type: 'registered-model',
    levels: {
      CAN_READ: 'Can view the model, and request transitions of its versions',
      CAN_EDIT: 'Can also add versions, and change descriptions and tags',
      CAN_MANAGE_STAGING_VERSIONS: 'Can also move versions among None, Archived and Staging',
      CAN_MANAGE_PRODUCTION_VERSIONS: 'Can also move versions to and from Production',
      CAN_MANAGE: 'Can also rename and delete the model, and change its permissions',
    },
  },
}

export interface Grant {
  kind: 'user_name' | 'group_name' | 'service_principal_name'
  principal: string
  level: string
}

/** Direct grants on `/clusters/<id>`, `/directories/<id>`, ... */
export const grantsOn = (db: Store, object: string): Grant[] =>
  db.all<Grant>(
    'SELECT kind, principal, level FROM grants WHERE object = ? ORDER BY kind DESC, principal',
    object,
  )

export const putGrant = (db: Store, object: string, grant: Grant): void => {
  db.run(
    'INSERT OR REPLACE INTO grants VALUES (?, ?, ?, ?)',
    object,
    grant.kind,
    grant.principal,
    grant.level,
  )
}

export const dropGrants = (db: Store, object: string): void => {
  db.run('DELETE FROM grants WHERE object = ?', object)
}

export const kindOfPrincipal = (principal: Principal): Grant['kind'] =>
  principal.kind === 'user' ? 'user_name' : 'service_principal_name'

const concerns = (grant: Grant, principal: Principal): boolean =>
  grant.kind === 'group_name'
    ? principal.groups.includes(grant.principal)
    : grant.principal === principal.user && grant.kind === kindOfPrincipal(principal)

/** May `me` do on any of `objects` (the thing itself and what it inherits from) what `level` allows? */
export const allows = (call: Call, kind: string, objects: readonly string[], level: string): boolean => {
  if (isAdmin(call.me)) return true
  const order = Object.keys(kinds[kind]?.levels ?? {})
  const least = order.indexOf(level)
  return objects.some((object) =>
    grantsOn(call.db, object).some(
      (grant) => concerns(grant, call.me) && order.indexOf(grant.level) >= least,
    ),
  )
}

/** @throws Refused 403 PERMISSION_DENIED: who lacks what on which object. */
export const demand = (call: Call, kind: string, objects: readonly string[], level: string): void => {
  if (allows(call, kind, objects, level)) return
  throw denied(`${call.me.user} does not have ${level} permission on ${objects[0]}.`)
}
