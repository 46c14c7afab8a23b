import { endpoint, type Empty, type Int64 } from './endpoint.ts'

/** https://docs.databricks.com/api/workspace/secrets. Values go in and reach runs; only `get` may answer them, in base64. */
export type AclPermission = 'READ' | 'WRITE' | 'MANAGE'

export interface AclItem {
  principal: string
  permission: AclPermission
}

export interface SecretScope {
  name: string
  backend_type?: 'DATABRICKS' | 'AZURE_KEYVAULT'
}

interface Key {
  scope: string
  key: string
}
interface OfPrincipal {
  scope: string
  principal: string
}

const at = (name: string) => `/api/2.0/secrets/${name}`

export const secrets = {
  createScope: endpoint<
    { scope: string; initial_manage_principal?: string; scope_backend_type?: string },
    Empty
  >('POST', at('scopes/create')),
  deleteScope: endpoint<{ scope: string }, Empty>('POST', at('scopes/delete')),
  listScopes: endpoint<Empty, { scopes?: SecretScope[] }>('GET', at('scopes/list')),
  /** Exactly one of string_value and bytes_value (base64). */
  put: endpoint<Key & { string_value?: string; bytes_value?: string }, Empty>('POST', at('put'), {
    repeat: 'safe',
  }),
  delete: endpoint<Key, Empty>('POST', at('delete')),
  /** Needs READ; `value` is base64. https://docs.databricks.com/api/workspace/secrets/getsecret */
  get: endpoint<Key, { key: string; value: string }>('GET', at('get')),
  list: endpoint<{ scope: string }, { secrets?: { key: string; last_updated_timestamp: Int64 }[] }>(
    'GET',
    at('list'),
  ),
  putAcl: endpoint<OfPrincipal & { permission: AclPermission }, Empty>('POST', at('acls/put'), {
    repeat: 'safe',
  }),
  deleteAcl: endpoint<OfPrincipal, Empty>('POST', at('acls/delete')),
  getAcl: endpoint<OfPrincipal, AclItem>('GET', at('acls/get')),
  listAcls: endpoint<{ scope: string }, { items?: AclItem[] }>('GET', at('acls/list')),
}
