import { hasCode } from '../http/api-error.ts'
import type { Call } from '../http/call.ts'
import { dbfs, dbfsBytes, type FileInfo } from '../wire/dbfs.ts'
import { orAbsent } from './absent.ts'
import { bind, type Bound } from './bind.ts'

export interface DbfsClient extends Bound<typeof dbfs>, Bound<typeof dbfsBytes> {
  /** `undefined` when there is nothing. Paths of answers are without `dbfs:`. */
  find(path: string): Promise<FileInfo | undefined>
  /** What is in a folder; a file is its own child. `undefined` when there is nothing. */
  children(path: string): Promise<FileInfo[] | undefined>
  /** Every file below a folder, in all depths, without the folders. `undefined` when there is nothing. */
  files(path: string): Promise<FileInfo[] | undefined>
  /** A whole file; `undefined` when it is absent. */
  readAll(path: string): Promise<Uint8Array | undefined>
  /** The path and everything below it, in as many calls as it takes; a missing path is a success. */
  deleteAll(path: string): Promise<void>
}

/** What one read may ask for: https://docs.databricks.com/api/workspace/dbfs/read */
const blockBytes = 1024 * 1024

/** Each answer «partial» means that thousands were deleted; a folder that needs more calls than this does not shrink. */
const mostDeletions = 1000

const readBlocks = async (bound: Bound<typeof dbfs>, path: string): Promise<Uint8Array> => {
  const blocks: Buffer[] = []
  for (let offset = 0; ;) {
    const { data } = await bound.read({ path, offset, length: blockBytes })
    const bytes = Buffer.from(data, 'base64')
    blocks.push(bytes)
    offset += bytes.length
    // A server may give less than was asked for; only nothing is the end.
    if (bytes.length === 0) return Buffer.concat(blocks)
  }
}

const deleteAll = async (bound: Bound<typeof dbfs>, path: string): Promise<void> => {
  for (let count = 1; ; count += 1)
    try {
      await bound.delete({ path, recursive: true })
      return
    } catch (error) {
      if (!hasCode(error, 'PARTIAL_DELETE') || count >= mostDeletions) throw error
    }
}

export const dbfsClient = (call: Call): DbfsClient => {
  const bound = { ...bind(call, dbfs), ...bind(call, dbfsBytes) }
  const children = (path: string) => orAbsent(bound.list({ path }).then(({ files }) => files ?? []))
  const filesIn = async (entries: FileInfo[]): Promise<FileInfo[]> => {
    const found = entries.map(async (entry) =>
      entry.is_dir ? await filesIn((await children(entry.path)) ?? []) : [entry],
    )
    return (await Promise.all(found)).flat()
  }
  return {
    ...bound,
    find: (path) => orAbsent(bound.getStatus({ path })),
    children,
    files: async (path) => {
      const entries = await children(path)
      return entries && (await filesIn(entries))
    },
    readAll: (path) => orAbsent(readBlocks(bound, path)),
    deleteAll: (path) => deleteAll(bound, path),
  }
}
