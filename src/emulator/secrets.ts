/** Secrets: https://docs.databricks.com/api/workspace/secrets. Values are in the database, and in no answer but `get`. */
import type { secrets } from '../wire/secrets.ts'
import type { InputOf } from '../wire/endpoint.ts'
import { reachScope } from './secret/access.ts'
import {
  addScope,
  allScopes,
  aclsOf,
  dropAcl,
  dropScope,
  dropSecret,
  findScope,
  findSecret,
  keysOf,
  permissions,
  putAcl,
  putSecret,
} from './secret/rows.ts'
import { base64 } from './server/base64.ts'
import type { Call, Handlers } from './server/call.ts'
import { findPrincipal, groupExists } from './server/principals.ts'
import { neededText, text, type Loose } from './server/read.ts'
import { absent, badValue, notImplemented, Refused } from './server/refused.ts'

const mostBytes = 128 * 1024
const mostSecrets = 1000
const mostScopes = 1000
const legal = /^[A-Za-z0-9_.@-]{1,128}$/

const tooMany = (what: string) => new Refused(400, 'RESOURCE_LIMIT_EXCEEDED', what)

const readName = (value: unknown, field: 'scope' | 'key'): string => {
  const name = neededText(value, field)
  if (legal.test(name)) return name
  const rule = 'alphanumeric characters, dashes, underscores, @ and periods, at most 128'
  throw badValue(`The ${field} name is invalid. It must consist of ${rule}.`)
}

/** Exactly one of the two. The value itself is in no message. */
const readValue = (input: Loose<InputOf<typeof secrets.put>>): Uint8Array => {
  const words = text(input.string_value, 'string_value')
  const bytes = base64(input.bytes_value, 'bytes_value')
  if ((words === undefined) === (bytes === undefined))
    throw badValue('Exactly one of string_value and bytes_value must be specified')
  const value = bytes ?? Buffer.from(words ?? '')
  if (value.length <= mostBytes) return value
  throw badValue(`The secret has ${value.length} bytes; at most ${mostBytes} are accepted`)
}

const createScope = (call: Call, input: Loose<InputOf<typeof secrets.createScope>>): void => {
  const name = readName(input.scope, 'scope')
  const backend = text(input.scope_backend_type, 'scope_backend_type') || 'DATABRICKS'
  if (backend !== 'DATABRICKS') throw notImplemented(`has no secret scopes of type ${backend}`)
  const manager = text(input.initial_manage_principal, 'initial_manage_principal') || call.me.user
  if (manager !== 'users' && manager !== call.me.user)
    throw badValue(`initial_manage_principal can only be 'users', not ${manager}`)
  if (findScope(call.db, name) !== undefined)
    throw new Refused(400, 'RESOURCE_ALREADY_EXISTS', `Scope ${name} already exists!`)
  if (allScopes(call.db).length >= mostScopes)
    throw tooMany(`A workspace is limited to a maximum of ${mostScopes} secret scopes`)
  addScope(call.db, name, manager)
}

const put = (call: Call, input: Loose<InputOf<typeof secrets.put>>): void => {
  const scope = reachScope(call, input.scope, 'WRITE')
  const key = readName(input.key, 'key')
  const value = readValue(input)
  if (findSecret(call.db, scope, key) === undefined && keysOf(call.db, scope).length >= mostSecrets)
    throw tooMany(`Scope ${scope} holds ${mostSecrets} secrets, which is the maximum`)
  putSecret(call.db, scope, { key, value }, call.now)
}

const missing = (scope: string, key: string) =>
  absent(`Failed to find secret ${key} in scope ${scope}: it does not exist.`)

const setAcl = (call: Call, input: Loose<InputOf<typeof secrets.putAcl>>): void => {
  const scope = reachScope(call, input.scope, 'MANAGE')
  const principal = neededText(input.principal, 'principal')
  if (findPrincipal(call.db, principal) === undefined && !groupExists(call.db, principal))
    throw badValue(`Principal ${principal} does not exist`)
  const given = neededText(input.permission, 'permission')
  const permission = permissions.find((known) => known === given)
  if (permission === undefined)
    throw badValue(`Invalid permission ${given}. Valid values: ${permissions.join(', ')}`)
  putAcl(call.db, scope, { principal, permission })
}

const noAcl = (scope: string, principal: string) => absent(`Scope ${scope} has no ACL for ${principal}`)

export const secretsHandlers: Handlers<typeof secrets> = {
  createScope: (input, call) => {
    createScope(call, input)
    return {}
  },
  deleteScope: (input, call) => {
    dropScope(call.db, reachScope(call, input.scope, 'MANAGE'))
    return {}
  },
  /** Their names can be read by every user: https://docs.databricks.com/security/secrets/secret-scopes */
  listScopes: (_, call) => {
    const found = allScopes(call.db).map(({ name }) => ({ name, backend_type: 'DATABRICKS' as const }))
    return found.length === 0 ? {} : { scopes: found }
  },
  put: (input, call) => {
    put(call, input)
    return {}
  },
  delete: (input, call) => {
    const scope = reachScope(call, input.scope, 'WRITE')
    const key = neededText(input.key, 'key')
    if (!dropSecret(call.db, scope, key)) throw missing(scope, key)
    return {}
  },
  get: (input, call) => {
    const scope = reachScope(call, input.scope, 'READ')
    const key = neededText(input.key, 'key')
    const found = findSecret(call.db, scope, key)
    if (found === undefined) throw missing(scope, key)
    return { key, value: Buffer.from(found.value).toString('base64') }
  },
  list: (input, call) => {
    const keys = keysOf(call.db, reachScope(call, input.scope, 'READ'))
    const found = keys.map(({ key, updated }) => ({ key, last_updated_timestamp: updated }))
    return found.length === 0 ? {} : { secrets: found }
  },
  putAcl: (input, call) => {
    setAcl(call, input)
    return {}
  },
  deleteAcl: (input, call) => {
    const scope = reachScope(call, input.scope, 'MANAGE')
    const principal = neededText(input.principal, 'principal')
    if (!dropAcl(call.db, scope, principal)) throw noAcl(scope, principal)
    return {}
  },
  getAcl: (input, call) => {
    const scope = reachScope(call, input.scope, 'MANAGE')
    const principal = neededText(input.principal, 'principal')
    const found = aclsOf(call.db, scope).find((acl) => acl.principal === principal)
    if (found === undefined) throw noAcl(scope, principal)
    return found
  },
  listAcls: (input, call) => {
    const found = aclsOf(call.db, reachScope(call, input.scope, 'MANAGE'))
    return found.length === 0 ? {} : { items: found }
  },
}
