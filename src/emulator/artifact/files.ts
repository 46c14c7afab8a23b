import { randomUUID } from 'node:crypto'
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  type Stats,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { fileAbove, locate } from '../dbfs/paths.ts'
import type { Call } from '../server/call.ts'
import { onDisk } from '../server/disk.ts'
import { badValue, Refused } from '../server/refused.ts'
import { Spooled, uploadsRoot } from '../server/spool.ts'
import { StoredFile } from '../server/stored-file.ts'
import { below, rootOf, type ArtifactPlace } from './storage.ts'

type Where = Pick<Call, 'site'>

const find = ({ site }: Where, { store, path }: ArtifactPlace): { local: string; stats: Stats | undefined } =>
  locate(rootOf(site.folder(), store), path)

/** What is there: a file, a folder, or nothing (also where a run left a link: none is ever followed). */
export const statsOf = (call: Where, place: ArtifactPlace): Stats | undefined => {
  const { stats } = onDisk(place.path, () => find(call, place))
  return stats?.isFile() === true || stats?.isDirectory() === true ? stats : undefined
}

/** 404, as MLflow 3 answers; MLflow 2 said 500. */
export const noArtifact = (path: string) =>
  new Refused(404, 'RESOURCE_DOES_NOT_EXIST', `No such artifact: '${path}'`)

/**
 * The file, to be sent as it is then.
 * @param path how the client knows it
 * @throws Refused 404 when there is no file
 */
export const openArtifact = (call: Where, place: ArtifactPlace, path = place.path): StoredFile => {
  const { local, stats } = onDisk(path, () => find(call, place))
  if (stats?.isFile() !== true) throw noArtifact(path)
  return new StoredFile(local, stats)
}

export interface Entry {
  name: string
  place: ArtifactPlace
  stats: Stats
}

/** What the folder holds, by name; nothing when it is a file or missing. */
export const entriesOf = (call: Where, folder: ArtifactPlace): Entry[] => {
  if (statsOf(call, folder)?.isDirectory() !== true) return []
  const { local } = find(call, folder)
  return onDisk(folder.path, () => readdirSync(local))
    .toSorted()
    .flatMap((name) => {
      const stats = lstatSync(join(local, name), { throwIfNoEntry: false })
      if (stats?.isFile() !== true && stats?.isDirectory() !== true) return []
      return [{ name, place: below(folder, name), stats }]
    })
}

const spool = (folder: string, bytes: Uint8Array): string => {
  const temporary = join(folder, randomUUID())
  mkdirSync(folder, { recursive: true })
  writeFileSync(temporary, bytes)
  return temporary
}

/**
 * Write a file at once: readers see the old bytes or the new ones.
 * @param content a spooled one is moved, and removed when it is refused
 * @throws Refused 400 where a folder is, or below a file; 500 IO_ERROR
 */
export const writeArtifact = (call: Where, place: ArtifactPlace, content: Uint8Array | Spooled): Stats => {
  const folder = call.site.folder()
  let temporary = content instanceof Spooled ? content.path : undefined
  try {
    return onDisk(place.path, () => {
      const above = fileAbove(rootOf(folder, place.store), place.path)
      if (above !== undefined) throw badValue(`${above.slice(1)} is a file, so nothing can be below it`)
      const { local, stats } = find(call, place)
      if (stats !== undefined && !stats.isFile()) throw badValue(`${place.path} is a folder`)
      temporary ??= spool(uploadsRoot(folder), content instanceof Spooled ? new Uint8Array() : content)
      mkdirSync(dirname(local), { recursive: true })
      renameSync(temporary, local)
      return statSync(local)
    })
  } finally {
    if (temporary !== undefined) rmSync(temporary, { force: true })
  }
}

/** A file, or a folder with all that it holds; a missing one is a success. */
export const removeArtifact = (call: Where, place: ArtifactPlace): void =>
  onDisk(place.path, () => rmSync(find(call, place).local, { recursive: true, force: true }))
