/** DBFS: https://docs.databricks.com/api/workspace/dbfs. Plain files in the state folder; every user may do everything. */
import { rmSync } from 'node:fs'
import type { dbfs, PutInput } from '../wire/dbfs.ts'
import { addBlock, closeHandle, openHandle } from './dbfs/handles.ts'
import { dbfsRoot, readDbfsPath } from './dbfs/paths.ts'
import { readBlock } from './dbfs/read.ts'
import { childrenOf, existingPlace, infoOf, makeFolders, move, remove } from './dbfs/tree.ts'
import { writeFile } from './dbfs/write.ts'
import { base64 } from './server/base64.ts'
import type { Handlers } from './server/call.ts'
import { flag, neededText, type Loose } from './server/read.ts'
import { badValue, Refused } from './server/refused.ts'
import { Spooled, uploadsRoot } from './server/spool.ts'

/** 1 MB of bytes in a JSON body: https://docs.databricks.com/api/workspace/dbfs/addblock */
const mostInJson = 1024 * 1024

const block = (value: unknown, field: string): Buffer | undefined => {
  const bytes = base64(value, field)
  if (bytes !== undefined && bytes.length > mostInJson)
    throw new Refused(
      400,
      'MAX_BLOCK_SIZE_EXCEEDED',
      `At most ${mostInJson} bytes are accepted in '${field}', not ${bytes.length}`,
    )
  return bytes
}

/** JSON carries base64; a form the bytes, in a part `contents` (SDKs) or `file` (legacy CLI). */
const contentsOf = (input: Loose<PutInput> & { file?: unknown }): Uint8Array | Spooled => {
  for (const part of [input.contents, input.file])
    if (part instanceof Uint8Array || part instanceof Spooled) return part
  return block(input.contents, 'contents') ?? new Uint8Array()
}

export const dbfsHandlers: Handlers<typeof dbfs> = {
  create: (input, call) => ({
    handle: BigInt(openHandle(call, readDbfsPath(input.path), flag(input.overwrite, 'overwrite') ?? false)),
  }),
  addBlock: (input, call) => {
    const bytes = block(input.data, 'data')
    if (bytes === undefined) throw badValue("Missing required field 'data'")
    addBlock(call, neededText(input.handle, 'handle'), bytes)
    return {}
  },
  close: (input, call) => {
    closeHandle(call, neededText(input.handle, 'handle'))
    return {}
  },
  put: (input, call) => {
    const contents = contentsOf(input)
    try {
      const overwrite = flag(input.overwrite, 'overwrite') ?? false
      writeFile(call, readDbfsPath(input.path), contents, overwrite)
    } finally {
      if (contents instanceof Spooled) rmSync(contents.path, { force: true })
    }
    return {}
  },
  read: (input, call) => readBlock(call, input),
  list: (input, call) => {
    const path = readDbfsPath(input.path)
    const { stats } = existingPlace(call, path)
    const files = stats.isDirectory() ? childrenOf(call, path) : [infoOf(path, stats)]
    return files.length === 0 ? {} : { files }
  },
  getStatus: (input, call) => {
    const path = readDbfsPath(input.path)
    return infoOf(path, existingPlace(call, path).stats)
  },
  mkdirs: (input, call) => {
    makeFolders(call, readDbfsPath(input.path))
    return {}
  },
  move: (input, call) => {
    const source = readDbfsPath(input.source_path, 'source_path')
    move(call, source, readDbfsPath(input.destination_path, 'destination_path'))
    return {}
  },
  delete: (input, call) => {
    remove(call, readDbfsPath(input.path), flag(input.recursive, 'recursive') ?? false)
    return {}
  },
}

/** A new workspace has an empty DBFS. @param folder `site.folder()` */
export const emptyDbfs = (folder: string): void => {
  for (const root of [dbfsRoot(folder), uploadsRoot(folder)])
    rmSync(root, { recursive: true, force: true, maxRetries: 3 })
}
