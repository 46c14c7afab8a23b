import { randomUUID } from 'node:crypto'
import { mkdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Call } from '../server/call.ts'
import { onDisk } from '../server/disk.ts'
import { Spooled, uploadsRoot } from '../server/spool.ts'
import { dbfsRoot, fileAbove, locate } from './paths.ts'
import { pathExists } from './refusals.ts'

/** @throws Refused 400 when it exists and may not be overwritten, is a folder, or is below a file */
export const demandWritable = (call: Call, path: string, overwrite: boolean): void => {
  const root = dbfsRoot(call.site.folder())
  onDisk(path, () => {
    const above = fileAbove(root, path)
    if (above !== undefined) throw pathExists(above)
    const { stats } = locate(root, path)
    if (path === '/' || (stats !== undefined && (!overwrite || !stats.isFile()))) throw pathExists(path)
  })
}

/** Give a whole file its name: parents are made, readers see the old bytes or the new ones. */
export const moveIntoPlace = (call: Call, path: string, temporary: string): void => {
  onDisk(path, () => {
    const { local } = locate(dbfsRoot(call.site.folder()), path)
    mkdirSync(dirname(local), { recursive: true })
    utimesSync(temporary, call.now / 1000, call.now / 1000)
    renameSync(temporary, local)
  })
}

const spool = (call: Call, bytes: Uint8Array): string => {
  const folder = uploadsRoot(call.site.folder())
  const temporary = join(folder, randomUUID())
  mkdirSync(folder, { recursive: true })
  try {
    writeFileSync(temporary, bytes)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
  return temporary
}

/** Write a file at once: all of it or nothing. @param content a spooled one is moved, not copied */
export const writeFile = (
  call: Call,
  path: string,
  content: Uint8Array | Spooled,
  overwrite: boolean,
): void => {
  demandWritable(call, path, overwrite)
  const temporary = content instanceof Spooled ? content.path : onDisk(path, () => spool(call, content))
  try {
    moveIntoPlace(call, path, temporary)
  } finally {
    rmSync(temporary, { force: true })
  }
}
