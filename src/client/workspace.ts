import type { Call } from '../http/call.ts'
import { workspace, workspaceBytes, type ObjectInfo } from '../wire/workspace.ts'
import { orAbsent } from './absent.ts'
import { bind, type Bound } from './bind.ts'

export interface WorkspaceClient extends Bound<typeof workspace>, Bound<typeof workspaceBytes> {
  /** The objects of one folder, their paths without /Workspace; `undefined` when the folder is absent. */
  children(path: string): Promise<ObjectInfo[] | undefined>
  /** The bytes of a workspace file; `undefined` when it is absent. */
  read(path: string): Promise<Uint8Array | undefined>
}

/** `/Workspace/X` and `/X` are one path; a server may answer either. */
const plain = (object: ObjectInfo): ObjectInfo => ({
  ...object,
  path: object.path.replace(/^\/Workspace(?=\/)/, ''),
})

export const workspaceClient = (call: Call): WorkspaceClient => {
  const bound = { ...bind(call, workspace), ...bind(call, workspaceBytes) }
  return {
    ...bound,
    children: (path) => orAbsent(bound.list({ path }).then(({ objects }) => (objects ?? []).map(plain))),
    read: (path) => orAbsent(bound.download({ path, direct_download: true, format: 'AUTO' })),
  }
}
