import { endpoint, type Empty, type Int64 } from './endpoint.ts'

/** https://docs.databricks.com/api/workspace/dbfs. `dbfs:/x` and `/x` name the same file; answers carry `/x`. */
export interface FileInfo {
  path: string
  is_dir: boolean
  /** Bytes; 0 for a folder. */
  file_size: Int64
  /** Milliseconds since 1970, by the server's clock. */
  modification_time: Int64
}

export interface PutInput {
  path: string
  overwrite?: boolean
  /** JSON form: base64, at most 1 MB of bytes. Multipart form: a file part named `contents` or `file`, of any size. */
  contents?: string
}

const at = (name: string) => `/api/2.0/dbfs/${name}`

export const dbfs = {
  create: endpoint<{ path: string; overwrite?: boolean }, { handle: Int64 }>('POST', at('create')),
  /** `data` is base64 of at most 1 MB. */
  addBlock: endpoint<{ handle: Int64; data: string }, Empty>('POST', at('add-block')),
  close: endpoint<{ handle: Int64 }, Empty>('POST', at('close')),
  /** One path, two content types: a server tells JSON from multipart by the Content-Type header. */
  put: endpoint<PutInput, Empty>('POST', at('put')),
  /** At most 1 MB a call; `data` is base64. */
  read: endpoint<{ path: string; offset?: Int64; length?: Int64 }, { bytes_read: Int64; data: string }>(
    'GET',
    at('read'),
  ),
  /** Of a file: itself. */
  list: endpoint<{ path: string }, { files?: FileInfo[] }>('GET', at('list')),
  getStatus: endpoint<{ path: string }, FileInfo>('GET', at('get-status')),
  mkdirs: endpoint<{ path: string }, Empty>('POST', at('mkdirs'), { repeat: 'safe' }),
  move: endpoint<{ source_path: string; destination_path: string }, Empty>('POST', at('move')),
  /** A missing path is a success. A large folder may answer 503 PARTIAL_DELETE: ask again. */
  delete: endpoint<{ path: string; recursive?: boolean }, Empty>('POST', at('delete'), { repeat: 'safe' }),
}

/** Other spellings of DBFS endpoints. A server needs no row for them. */
export const dbfsBytes = {
  /** With overwrite: a repeat leaves the same content. */
  upload: endpoint<Omit<PutInput, 'contents'> & { contents: Uint8Array }, Empty>('POST', at('put'), {
    input: 'multipart',
    repeat: 'safe',
  }),
}
