/** Workspace objects: https://docs.databricks.com/api/workspace/workspace */
import type { ObjectInfo, workspace } from '../wire/workspace.ts'
import type { Call, Handlers } from './server/call.ts'
import { flag, whole } from './server/read.ts'
import { Refused } from './server/refused.ts'
import { demandPath } from './tree/access.ts'
import { exportObject } from './tree/export.ts'
import { importObject } from './tree/import.ts'
import {
  childrenOf,
  find,
  infoOf,
  isEmpty,
  makeFolders,
  needed,
  protectedFolder,
  removeTree,
  type Node,
} from './tree/objects.ts'
import { isProtected, lineage, readPath } from './tree/paths.ts'

/** A file is its own list. */
const list = (call: Call, node: Node, modifiedAfter: number): ObjectInfo[] => {
  const nodes = node.type === 'DIRECTORY' ? childrenOf(call.db, node.path) : [node]
  return nodes.filter((child) => child.type !== 'NOTEBOOK' || child.modified > modifiedAfter).map(infoOf)
}

const remove = (call: Call, path: string, recursive: boolean): void => {
  if (isProtected(path)) throw protectedFolder(path)
  const node = needed(call.db, path)
  demandPath(call, path, 'CAN_EDIT')
  if (!recursive && !isEmpty(call.db, path))
    throw new Refused(400, 'DIRECTORY_NOT_EMPTY', `Folder (${path}) is not empty`)
  removeTree(call.db, node)
}

export const workspaceHandlers: Handlers<typeof workspace> = {
  import: (input, call) => {
    importObject(call, input)
    return {}
  },
  export: (input, call) => {
    const { bytes, fileType } = exportObject(call, input)
    if (flag(input.direct_download, 'direct_download') === true) return bytes
    return { content: Buffer.from(bytes).toString('base64'), file_type: fileType }
  },
  list: (input, call) => {
    const path = readPath(input.path)
    const node = needed(call.db, path)
    demandPath(call, path, 'CAN_READ')
    const objects = list(call, node, whole(input.notebooks_modified_after, 'notebooks_modified_after') ?? -1)
    return objects.length === 0 ? {} : { objects }
  },
  getStatus: (input, call) => {
    const path = readPath(input.path)
    const node = needed(call.db, path)
    demandPath(call, path, 'CAN_READ')
    return infoOf(node)
  },
  mkdirs: (input, call) => {
    const path = readPath(input.path)
    const nearest = lineage(path).find((step) => find(call.db, step) !== undefined) ?? '/'
    if (nearest !== path) demandPath(call, nearest, 'CAN_EDIT')
    makeFolders(call.db, call.now, path)
    return {}
  },
  delete: (input, call) => {
    remove(call, readPath(input.path), flag(input.recursive, 'recursive') ?? false)
    return {}
  },
}
