import type { Databricks } from '../client/databricks.ts'
import type { DeployedFiles } from '../plan/state.ts'
import type { ObjectInfo } from '../wire/workspace.ts'

/**
 * Which folders to look into: those that a file of ours is in, or `all` where foreign objects must be found too.
 * Foreign subfolders are not walked: their size is not ours to pay for (databricks/cli#2935).
 */
export const observeFiles = async (
  client: Databricks,
  root: string,
  folders: ReadonlySet<string> | 'all',
): Promise<DeployedFiles> => {
  const objects: ObjectInfo[] = []
  const walk = async (folder: string): Promise<boolean> => {
    const children = await client.workspace.children(folder)
    if (children === undefined) return false
    objects.push(...children)
    const inside = children.filter(
      ({ object_type, path }) =>
        object_type === 'DIRECTORY' && (folders === 'all' || folders.has(path.slice(root.length + 1))),
    )
    await Promise.all(inside.map(({ path }) => walk(path)))
    return true
  }
  return (await walk(root)) ? { root, objects } : { root }
}
