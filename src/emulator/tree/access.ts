import { demand } from '../acl.ts'
import type { Call } from '../server/call.ts'
import { isAdmin } from '../server/principals.ts'
import { find, type Node } from './objects.ts'
import { lineage } from './paths.ts'

export const collectionOf = (node: Node): string =>
  node.type === 'NOTEBOOK' ? 'notebooks' : node.type === 'FILE' ? 'files' : 'directories'

/** Grants of a folder hold for everything below it; a path that does not exist yet has its parents' only. */
export const grantsPath = (call: Pick<Call, 'db'>, path: string): string[] =>
  lineage(path)
    .map((step) => find(call.db, step))
    .filter((node) => node !== undefined)
    .map((node) => `/${collectionOf(node)}/${node.id}`)

/** The root and the standard folders can be seen by everybody. */
const open = new Set(['/', '/Users', '/Shared', '/Repos'])

/** @throws Refused 403 */
export const demandPath = (call: Call, path: string, level: 'CAN_READ' | 'CAN_EDIT' | 'CAN_MANAGE'): void => {
  if (isAdmin(call.me) || (level === 'CAN_READ' && open.has(path))) return
  demand(call, 'directories', [path, ...grantsPath(call, path)], level)
}
