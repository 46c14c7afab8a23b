/** https://docs.databricks.com/api/workspace/permissions */
import type { AccessControlResponse, ObjectPermissions, permissions } from '../wire/permissions.ts'
import type { InputOf } from '../wire/endpoint.ts'
import {
  demand,
  dropGrants,
  grantsOn,
  kindOfPrincipal,
  kinds,
  putGrant,
  type Grant,
  type ObjectKind,
} from './acl.ts'
import { findRecord } from './cluster/record.ts'
import { findJob } from './jobs/rows.ts'
import { findModelById } from './registry/models.ts'
import type { Call, Handlers } from './server/call.ts'
import { findPrincipal, groupExists } from './server/principals.ts'
import { items, members, neededText, text, type Loose } from './server/read.ts'
import { absent, badValue, notImplemented } from './server/refused.ts'
import { collectionOf, grantsPath } from './tree/access.ts'
import { find, findById } from './tree/objects.ts'

type Input = Loose<InputOf<typeof permissions.set>>

interface Target {
  collection: string
  kind: ObjectKind
  /** `/clusters/<id>` */
  object: string
  /** What it inherits from, nearest first. */
  inherits: string[]
}

const parents = (call: Call, collection: string, id: string): string[] => {
  if (collection === 'clusters') {
    if (findRecord(call.db, id) === undefined) throw absent(`Cluster ${id} does not exist.`)
    return []
  }
  if (collection === 'jobs') {
    if (findJob(call.db, id) === undefined) throw absent(`Job ${id} does not exist.`)
    return []
  }
  if (collection === 'registered-models') {
    if (findModelById(call.db, id)?.registry !== 'workspace')
      throw absent(`Registered model with ID ${id} does not exist.`)
    return []
  }
  const node = id === '0' ? find(call.db, '/') : findById(call.db, id)
  if (node === undefined || collectionOf(node) !== collection)
    throw absent(`RESOURCE_DOES_NOT_EXIST: ${collection} ${id}`)
  return grantsPath(call, node.path).slice(1)
}

const targetOf = (input: Input, call: Call): Target => {
  const collection = neededText(input.request_object_type, 'request_object_type')
  const id = neededText(input.request_object_id, 'request_object_id')
  const kind = kinds[collection]
  if (kind === undefined) throw notImplemented(`has no permissions of ${collection}`)
  return { collection, kind, object: `/${collection}/${id}`, inherits: parents(call, collection, id) }
}

const words = {
  user_name: 'UserName',
  group_name: 'GroupName',
  service_principal_name: 'ServicePrincipalName',
} as const

const principalKinds = ['user_name', 'group_name', 'service_principal_name'] as const

const exists = (call: Call, grant: Grant): boolean => {
  if (grant.kind === 'group_name') return groupExists(call.db, grant.principal)
  const principal = findPrincipal(call.db, grant.principal)
  return principal !== undefined && kindOfPrincipal(principal) === grant.kind
}

/** One entry of an access_control_list. @throws Refused 400, 404 for an unknown principal */
export const readGrant = (value: unknown, target: Pick<Target, 'kind'>, call: Call): Grant => {
  const entry = members(value, 'access_control_list') ?? {}
  const present = principalKinds.filter((kind) => text(entry[kind], kind))
  const [kind] = present
  if (kind === undefined || present.length > 1)
    throw badValue(`Exactly one of ${principalKinds.join(', ')} must be specified`)
  const level = neededText(entry['permission_level'], 'permission_level')
  if (target.kind.levels[level] === undefined)
    throw badValue(
      `${level} is not a permission level of ${target.kind.type}. Valid levels: ${Object.keys(target.kind.levels).join(', ')}`,
    )
  const grant = { kind, principal: neededText(entry[kind], kind), level }
  if (!exists(call, grant)) throw absent(`Principal: ${words[kind]}(${grant.principal}) does not exist`)
  return grant
}

const entryOf = (grant: Grant, inheritedFrom?: string[]): AccessControlResponse => ({
  [grant.kind]: grant.principal,
  display_name: grant.principal,
  all_permissions: [
    inheritedFrom === undefined
      ? { permission_level: grant.level, inherited: false }
      : { permission_level: grant.level, inherited: true, inherited_from_object: inheritedFrom },
  ],
})

/** One entry per principal: its direct level first, then what it inherits. */
const merged = (entries: AccessControlResponse[]): AccessControlResponse[] => {
  const byName = new Map<string, AccessControlResponse>()
  for (const entry of entries) {
    const key = `${entry.user_name} ${entry.group_name} ${entry.service_principal_name}`
    const known = byName.get(key)
    if (known === undefined) byName.set(key, entry)
    else known.all_permissions = [...(known.all_permissions ?? []), ...(entry.all_permissions ?? [])]
  }
  return [...byName.values()]
}

const admins: Grant = { kind: 'group_name', principal: 'admins', level: 'CAN_MANAGE' }

const show = (call: Call, target: Target): ObjectPermissions => ({
  object_id: target.object,
  object_type: target.kind.type,
  access_control_list: merged([
    ...grantsOn(call.db, target.object).map((grant) => entryOf(grant)),
    ...target.inherits.flatMap((object) =>
      grantsOn(call.db, object).map((grant) => entryOf(grant, [object])),
    ),
    entryOf(admins, [`/${target.collection}/`]),
  ]),
})

/** Who created a cluster keeps it, whatever replaces the grants. */
const keptBy = (call: Call, { collection, object }: Target): Grant | undefined => {
  if (collection !== 'clusters') return undefined
  const creator = findRecord(call.db, object.slice('/clusters/'.length))?.creator
  const principal = creator === undefined ? undefined : findPrincipal(call.db, creator)
  return principal && { kind: kindOfPrincipal(principal), principal: principal.user, level: 'CAN_MANAGE' }
}

/** @throws Refused 400 */
export const checkOwner = (call: Call, target: Pick<Target, 'collection' | 'object'>): void => {
  if (target.collection !== 'jobs') return
  const owners = grantsOn(call.db, target.object).filter(({ level }) => level === 'IS_OWNER')
  if (owners.length !== 1) throw badValue('The job must have exactly one owner.')
}

const change = (call: Call, input: Input, replace: boolean): ObjectPermissions => {
  const target = targetOf(input, call)
  demand(call, target.collection, [target.object, ...target.inherits], 'CAN_MANAGE')
  const list = items(input.access_control_list, 'access_control_list')
  if (list === undefined) throw badValue("Missing required field 'access_control_list'")
  const grants = list.map((entry) => readGrant(entry, target, call))
  if (replace) dropGrants(call.db, target.object)
  const kept = keptBy(call, target)
  // The last level of a principal wins, as on the real service.
  for (const grant of kept === undefined ? grants : [...grants, kept]) putGrant(call.db, target.object, grant)
  checkOwner(call, target)
  return show(call, target)
}

const weakest = (target: Target): string => Object.keys(target.kind.levels)[0] ?? ''

export const permissionsHandlers: Handlers<typeof permissions> = {
  get: (input, call) => {
    const target = targetOf(input, call)
    demand(call, target.collection, [target.object, ...target.inherits], weakest(target))
    return show(call, target)
  },
  set: (input, call) => change(call, input, true),
  update: (input, call) => change(call, input, false),
  getLevels: (input, call) => ({
    permission_levels: Object.entries(targetOf(input, call).kind.levels).map(([level, description]) => ({
      permission_level: level,
      description,
    })),
  }),
}
