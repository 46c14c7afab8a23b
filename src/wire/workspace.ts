import { endpoint, type Empty, type Int64 } from './endpoint.ts'

/** https://docs.databricks.com/api/workspace/workspace. `/Workspace/X` and `/X` name the same object. */
export type ObjectType = 'NOTEBOOK' | 'DIRECTORY' | 'LIBRARY' | 'FILE' | 'REPO' | 'DASHBOARD'
export type Language = 'PYTHON' | 'SQL' | 'SCALA' | 'R'
export type ImportFormat = 'AUTO' | 'SOURCE' | 'HTML' | 'JUPYTER' | 'DBC' | 'R_MARKDOWN' | 'RAW'

export interface ObjectInfo {
  path: string
  object_type: ObjectType
  object_id?: Int64
  /** Only on notebooks. */
  language?: Language
  /** Milliseconds since 1970, by the server's clock. */
  created_at?: Int64
  modified_at?: Int64
  /** Bytes; only on files. */
  size?: Int64
  resource_id?: string
}

export interface ImportInput {
  path: string
  format?: ImportFormat
  language?: Language
  overwrite?: boolean
  /** JSON form: base64, at most 10 MB. Multipart form: the bytes. */
  content?: string
}

/** The multipart form of import takes raw bytes and is about twice as fast (databricks/cli#5165). */
export interface UploadInput extends Omit<ImportInput, 'content'> {
  content: Uint8Array
}

const at = (name: string) => `/api/2.0/workspace/${name}`

export const workspace = {
  /** One path, two content types: a server tells JSON from multipart by the Content-Type header. */
  import: endpoint<ImportInput, Empty>('POST', at('import')),
  export: endpoint<
    { path: string; format?: ImportFormat; direct_download?: boolean },
    { content?: string; file_type?: string }
  >('GET', at('export')),
  list: endpoint<{ path: string; notebooks_modified_after?: Int64 }, { objects?: ObjectInfo[] }>(
    'GET',
    at('list'),
  ),
  getStatus: endpoint<{ path: string }, ObjectInfo>('GET', at('get-status')),
  mkdirs: endpoint<{ path: string }, Empty>('POST', at('mkdirs'), { repeat: 'safe' }),
  delete: endpoint<{ path: string; recursive?: boolean }, Empty>('POST', at('delete'), { repeat: 'safe' }),
}

/** Other spellings of workspace endpoints: same method and path, another content type. A server needs no row for them. */
export const workspaceBytes = {
  /** With overwrite: a repeat leaves the same content. */
  upload: endpoint<UploadInput, Empty>('POST', at('import'), { input: 'multipart', repeat: 'safe' }),
  /** Without overwrite: it claims the path; a repeat after a lost answer sees its own claim. */
  claim: endpoint<UploadInput, Empty>('POST', at('import'), { input: 'multipart', repeat: 'once' }),
  download: endpoint<{ path: string; direct_download: true; format?: ImportFormat }, Uint8Array>(
    'GET',
    at('export'),
    { output: 'bytes' },
  ),
}
