import { mkdirSync, rmSync } from 'node:fs'
import { dbfsRoot } from '../dbfs/paths.ts'
import { onDisk } from '../server/disk.ts'
import type { Store } from '../server/store.ts'
import { createDisk, type Disk } from './disk.ts'
import { readIndex, workspaceRoot, writeIndex, type Index, type Mirrored } from './index.ts'
import { allObjects, bytesOnDisk, type Node } from './objects.ts'

/** Counts of one pass. `skipped`: names that this disk cannot hold; no run can open them. */
interface Pass {
  written: number
  removed: number
  skipped: { path: string; reason: string }[]
}

const isFolder = ({ type }: Pick<Node, 'type'>): boolean => type === 'DIRECTORY' || type === 'REPO'

/** What is gone, or has become something else. Children before their folders. */
const gone = (known: Index, objects: readonly Node[]): string[] => {
  const present = new Map(objects.map((node) => [node.path, node]))
  const stale = Object.entries(known.objects).filter(([path, old]) => {
    const node = present.get(path)
    return node === undefined || node.id !== old.id || node.type !== old.type
  })
  return stale.map(([path]) => path).toSorted((a, b) => (a < b ? 1 : -1))
}

const entryOf = ({ id, type, modified, language }: Node): Mirrored =>
  language === null ? { id, type, modified } : { id, type, modified, language, format: 'SOURCE' }

/** Brings one object up to date. Returns what the index is to say of it, and whether it was written. */
const place = (db: Store, disk: Disk, node: Node, old: Mirrored | undefined): [Mirrored, boolean] => {
  if (isFolder(node)) return [entryOf(node), disk.folder(node.path)]
  const same = old?.id === node.id && old.modified === node.modified
  if (same && disk.holds(node.path, old)) return [old, false]
  const written = disk.write(node.path, bytesOnDisk(db, node), node.modified)
  return [{ ...entryOf(node), ...written }, true]
}

/** A name that is too long, or holds what no file name may. */
const cannotBeNamed = (error: unknown): string | undefined => {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  const known = code === 'ENAMETOOLONG' || code === 'EILSEQ' || code === 'ERR_INVALID_ARG_VALUE'
  return known ? code : undefined
}

/**
 * Everything that may be on disk when a pass ends early: the next one finds what is stale by it, and trusts nothing
 * that the last whole pass did not write.
 */
const ahead = (known: Index | undefined, objects: readonly Node[]): Index => {
  const planned = Object.fromEntries(objects.map((node) => [node.path, entryOf(node)]))
  return { version: 1, objects: { ...planned, ...known?.objects } }
}

const passOver = (db: Store, folder: string): Pass => {
  const root = workspaceRoot(folder)
  const known = readIndex(root)
  // Without an index nobody knows what is stale.
  if (known === undefined) rmSync(root, { recursive: true, force: true })
  const index: Index = { version: 1, objects: {} }
  const pass: Pass = { written: 0, removed: 0, skipped: [] }
  const objects = allObjects(db)
  const disk = createDisk(root, () => writeIndex(root, ahead(known, objects)))
  for (const path of known === undefined ? [] : gone(known, objects)) if (disk.remove(path)) pass.removed += 1
  for (const node of objects)
    try {
      const [entry, written] = place(db, disk, node, known?.objects[node.path])
      index.objects[node.path] = entry
      if (written) pass.written += 1
    } catch (error) {
      const reason = cannotBeNamed(error)
      if (reason === undefined) throw error
      pass.skipped.push({ path: node.path, reason })
    }
  if (known === undefined || pass.written + pass.removed > 0) writeIndex(root, index)
  return pass
}

/**
 * Bring `<folder>/workspace`, the `/Workspace` of runs, up to date with the objects of the workspace: files with their
 * bytes, notebooks as SOURCE without extension; `.brickrail-index.json` tells which is which, and in what language. What is
 * unchanged is not touched; what a run changed or removed is put back; what is gone is deleted; what runs made beside it
 * stays. The folder of DBFS is there afterwards, too. Each file changes at once, and two passes never mix, in one process or in several.
 *
 * Call it outside of a transaction: it is one itself.
 * @param folder `site.folder()`
 * @throws Refused IO_ERROR with the reason: a full disk, no rights
 */
export const mirrorWorkspace = (db: Store, folder: string): Pass =>
  db.atomically(() =>
    onDisk('/Workspace', () => {
      mkdirSync(dbfsRoot(folder), { recursive: true })
      return passOver(db, folder)
    }),
  )

/** A new workspace has no mirror. @param folder `site.folder()` */
export const emptyMirror = (folder: string): void =>
  rmSync(workspaceRoot(folder), { recursive: true, force: true, maxRetries: 3 })
