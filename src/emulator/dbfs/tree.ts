import {
  lstatSync,
  mkdirSync,
  opendirSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  unlinkSync,
  type Stats,
} from 'node:fs'
import { join } from 'node:path'
import type { FileInfo } from '../../wire/dbfs.ts'
import type { Call } from '../server/call.ts'
import { onDisk } from '../server/disk.ts'
import { absent, badValue } from '../server/refused.ts'
import { parentOf } from '../tree/paths.ts'
import { dbfsRoot, fileAbove, locate, type Place } from './paths.ts'
import { noSuchPath, notEmpty, partialDelete, pathExists } from './refusals.ts'

/** How many files and folders one call deletes, so that clients have to ask again for more. */
export const mostDeleted = 5000

/** The root is always there. @throws Refused 400 for a link */
export const placeOf = (call: Call, path: string): Place => {
  const root = dbfsRoot(call.site.folder())
  return onDisk(path, () => {
    mkdirSync(root, { recursive: true })
    return locate(root, path)
  })
}

/** @throws Refused 404 */
export const existingPlace = (call: Call, path: string): Place & { stats: Stats } => {
  const { stats, ...place } = placeOf(call, path)
  if (stats === undefined) throw noSuchPath(path)
  return { ...place, stats }
}

export const infoOf = (path: string, stats: Stats): FileInfo => ({
  path,
  is_dir: stats.isDirectory(),
  file_size: stats.isDirectory() ? 0 : stats.size,
  modification_time: Math.floor(stats.mtimeMs),
})

/** By name; what is neither file nor folder (a link that a run made) is not shown. */
export const childrenOf = (call: Call, path: string): FileInfo[] => {
  const { local } = placeOf(call, path)
  const names = onDisk(path, () => readdirSync(local)).toSorted()
  return names.flatMap((name) => {
    const stats = lstatSync(join(local, name), { throwIfNoEntry: false })
    if (stats?.isDirectory() !== true && stats?.isFile() !== true) return []
    return [infoOf(`${path === '/' ? '' : path}/${name}`, stats)]
  })
}

export const makeFolders = (call: Call, path: string): void => {
  const { local, stats } = placeOf(call, path)
  const above = fileAbove(dbfsRoot(call.site.folder()), path)
  if (above !== undefined) throw pathExists(above)
  if (stats !== undefined && !stats.isDirectory()) throw pathExists(path)
  onDisk(path, () => mkdirSync(local, { recursive: true }))
}

export const move = (call: Call, from: string, to: string): void => {
  if (from === '/') throw badValue('The root of DBFS cannot be moved.')
  const { local: source } = existingPlace(call, from)
  if (to === from || to.startsWith(`${from}/`)) throw badValue(`Cannot move ${from} into itself: ${to}`)
  const { local: destination, stats } = placeOf(call, to)
  if (stats !== undefined) throw pathExists(to)
  if (placeOf(call, parentOf(to)).stats?.isDirectory() !== true)
    throw absent(`The parent folder of ${to} does not exist.`)
  onDisk(to, () => renameSync(source, destination))
}

/** A run on Linux can give names that are no UTF-8; here they arrive changed, and nothing is found under them. */
const isUnspeakable = (path: string): boolean =>
  path.includes('\uFFFD') && lstatSync(path, { throwIfNoEntry: false }) === undefined

const removeWhole = (folder: string, count: number): number => {
  rmSync(folder, { recursive: true, force: true })
  return count + 1
}

/** Children first. Returns how many were deleted; more than `most` are left for the next call. */
const removeUpTo = (folder: string, most: number): number => {
  let count = 0
  const entries = opendirSync(folder)
  try {
    for (let entry = entries.readSync(); entry !== null && count < most; entry = entries.readSync()) {
      const path = join(folder, entry.name)
      if (isUnspeakable(path)) return removeWhole(folder, count)
      if (entry.isDirectory()) count += removeUpTo(path, most - count)
      else {
        unlinkSync(path)
        count += 1
      }
    }
  } finally {
    entries.closeSync()
  }
  if (count >= most) return count
  rmdirSync(folder)
  return count + 1
}

/** A missing path is a success. @throws Refused 503 PARTIAL_DELETE when there is more to delete */
export const remove = (call: Call, path: string, recursive: boolean): void => {
  if (path === '/') throw badValue('The root of DBFS cannot be deleted.')
  const { local, stats } = placeOf(call, path)
  if (stats === undefined) return
  if (!stats.isDirectory()) return onDisk(path, () => rmSync(local))
  if (!recursive && onDisk(path, () => readdirSync(local)).length > 0) throw notEmpty()
  const count = onDisk(path, () => removeUpTo(local, mostDeleted))
  if (placeOf(call, path).stats !== undefined) throw partialDelete(count)
}
