import { lstatSync, mkdirSync, renameSync, rmSync, utimesSync, writeFileSync, type Stats } from 'node:fs'
import { dirname, join } from 'node:path'
import { parentOf } from '../tree/paths.ts'
import type { Mirrored } from './index.ts'

/** The mirror's folder, in one pass. Runs can make anything of it, links too: none is ever followed. */
export interface Disk {
  /** Returns whether it had to be made. Parents first. */
  folder(path: string): boolean
  /** Whether the file is there as it was written. */
  holds(path: string, entry: Mirrored): boolean
  /** @param modified ms since 1970 */
  write(path: string, bytes: Uint8Array, modified: number): Required<Pick<Mirrored, 'size' | 'mtime'>>
  /** Returns whether there was anything. */
  remove(path: string): boolean
}

const look = (path: string): Stats | undefined => lstatSync(path, { throwIfNoEntry: false })

/** @param before done once, before anything changes */
export const createDisk = (root: string, before: () => void): Disk => {
  let begun = false
  const change = (work: () => void): void => {
    if (!begun) before()
    begun = true
    work()
  }
  const at = (path: string) => join(root, path)
  const known = new Map<string, boolean>()
  /** Whether every folder on the way is one, and no link. */
  const real = (folder: string): boolean => {
    const seen = known.get(folder)
    if (seen !== undefined) return seen
    const found = (folder === '/' || real(parentOf(folder))) && look(at(folder))?.isDirectory() === true
    known.set(folder, found)
    return found
  }
  const incoming = join(dirname(root), 'workspace-incoming')
  if (look(root)?.isDirectory() !== true) rmSync(root, { recursive: true, force: true })
  mkdirSync(root, { recursive: true })
  return {
    folder: (path) => {
      if (real(path)) return false
      change(() => {
        rmSync(at(path), { recursive: true, force: true })
        mkdirSync(at(path))
      })
      known.set(path, true)
      return true
    },
    holds: (path, { size, mtime }) => {
      const stats = look(at(path))
      return stats?.isFile() === true && stats.size === size && stats.mtimeMs === mtime
    },
    write: (path, bytes, modified) => {
      const target = at(path)
      const replaced = look(target)
      change(() => {
        try {
          writeFileSync(incoming, bytes)
          utimesSync(incoming, modified / 1000, modified / 1000)
          if (replaced?.isFile() !== true) rmSync(target, { recursive: true, force: true })
          renameSync(incoming, target)
        } catch (error) {
          rmSync(incoming, { force: true })
          throw error
        }
      })
      const { size, mtimeMs } = lstatSync(target)
      return { size, mtime: mtimeMs }
    },
    remove: (path) => {
      if (!real(parentOf(path)) || look(at(path)) === undefined) return false
      change(() => rmSync(at(path), { recursive: true, force: true }))
      known.clear()
      return true
    },
  }
}
