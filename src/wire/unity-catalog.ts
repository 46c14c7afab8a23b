import { endpoint, type Empty, type Int64 } from './endpoint.ts'

/** Models in Unity Catalog, the public API: https://docs.databricks.com/api/workspace/registeredmodels */
export interface UcAlias {
  alias_name: string
  version_num: number
  id?: string
  catalog_name?: string
  schema_name?: string
  model_name?: string
}

export interface UcModel {
  name: string
  catalog_name: string
  schema_name: string
  full_name: string
  owner?: string
  comment?: string
  storage_location?: string
  created_at?: Int64
  created_by?: string
  updated_at?: Int64
  updated_by?: string
  /** Only with `include_aliases`. */
  aliases?: UcAlias[]
}

export interface UcVersion {
  model_name: string
  catalog_name: string
  schema_name: string
  version: number
  status?: 'PENDING_REGISTRATION' | 'READY' | 'FAILED_REGISTRATION'
  source?: string
  run_id?: string
  run_workspace_id?: Int64
  comment?: string
  storage_location?: string
  created_at?: Int64
  created_by?: string
  updated_at?: Int64
  updated_by?: string
  aliases?: UcAlias[]
}

interface Paging {
  max_results?: number
  page_token?: string
}
interface Named {
  full_name: string
}
interface Versioned extends Named {
  version: number
}
interface Aliased extends Named {
  alias: string
}

const at = '/api/2.1/unity-catalog/models'
const one = `${at}/{full_name}`
const safe = { repeat: 'safe' } as const

/** A page may be empty and still have a token. */
export const unityCatalog = {
  createModel: endpoint<
    { name: string; catalog_name: string; schema_name: string; comment?: string },
    UcModel
  >('POST', at),
  getModel: endpoint<Named & { include_aliases?: boolean; include_browse?: boolean }, UcModel>('GET', one),
  listModels: endpoint<
    Paging & { catalog_name?: string; schema_name?: string; include_browse?: boolean },
    { registered_models?: UcModel[]; next_page_token?: string }
  >('GET', at),
  updateModel: endpoint<Named & { comment?: string; new_name?: string; owner?: string }, UcModel>(
    'PATCH',
    one,
    safe,
  ),
  deleteModel: endpoint<Named, Empty>('DELETE', one, safe),
  getVersion: endpoint<Versioned & { include_aliases?: boolean }, UcVersion>(
    'GET',
    `${one}/versions/{version}`,
  ),
  listVersions: endpoint<Named & Paging, { model_versions?: UcVersion[]; next_page_token?: string }>(
    'GET',
    `${one}/versions`,
  ),
  updateVersion: endpoint<Versioned & { comment?: string }, UcVersion>(
    'PATCH',
    `${one}/versions/{version}`,
    safe,
  ),
  deleteVersion: endpoint<Versioned, Empty>('DELETE', `${one}/versions/{version}`, safe),
  setAlias: endpoint<Aliased & { version_num: number }, UcAlias>('PUT', `${one}/aliases/{alias}`, safe),
  versionByAlias: endpoint<Aliased & { include_aliases?: boolean }, UcVersion>(
    'GET',
    `${one}/aliases/{alias}`,
  ),
  deleteAlias: endpoint<Aliased, Empty>('DELETE', `${one}/aliases/{alias}`, safe),
}
