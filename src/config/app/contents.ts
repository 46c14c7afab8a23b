import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import pLimit from 'p-limit'
import type { AppFile } from '../../plan/state-code.ts'
import { compare, faultAt, faultOf } from '../faults.ts'
import { ignoredIn } from '../files-ignore.ts'
import { walk } from '../files-walk.ts'
import type { Place } from '../located.ts'
import { nameOf, type Context } from '../read.ts'

/** A folder that is copied as a whole. */
export interface Folder {
  /** Absolute. */
  source: string
  /** Where brickrail.yml names it. */
  at: Place
  /** What faults call the section, e.g. `apps.model`. */
  section: string
  exclude: readonly string[]
}

/** Above this a file is read in pieces. */
const small = 1024 * 1024
const concurrency = 16

const digestOf = async (file: string): Promise<{ digest: string; size: number }> => {
  const hash = createHash('sha256')
  const { size } = await stat(file)
  if (size <= small) {
    const bytes = await readFile(file)
    return { digest: hash.update(bytes).digest('hex'), size: bytes.length }
  }
  let read = 0
  for await (const piece of createReadStream(file) as AsyncIterable<Buffer>) {
    hash.update(piece)
    read += piece.length
  }
  return { digest: hash.digest('hex'), size: read }
}

/**
 * Every file of a folder with its digest, in order of their paths; without caches, virtual environments and what .gitignore or
 * `exclude` leaves out, as for the synced folder. Undefined when the folder is not there.
 */
export const readFolder = async (context: Context, folder: Folder): Promise<AppFile[] | undefined> => {
  const { source, at, section, exclude } = folder
  const there = await stat(source).catch(() => undefined)
  if (!there?.isDirectory()) {
    const message = `there is no folder ${nameOf(context, source)}`
    const hint = `create it, or correct ${section}.source`
    context.faults.push(faultAt(at, 'source-folder-exists', message, hint))
    return undefined
  }
  const own: Context = { ...context, faults: [] }
  const paths = await walk(own, source, ignoredIn(source, exclude))
  const limit = pLimit(concurrency)
  const files = await limit.map(paths, async (path) => {
    try {
      return [{ path, ...(await digestOf(join(source, path))) }]
    } catch (error) {
      const message = `the file cannot be read: ${error instanceof Error ? error.message : String(error)}`
      const hint = 'give this user the right to read it'
      own.faults.push(faultOf(nameOf(context, join(source, path)), 'file-unreadable', message, hint))
      return []
    }
  })
  // The walker speaks of the synced folder, which this one is not.
  const spoken = own.faults.map((fault) => ({
    ...fault,
    message: fault.message.replace('the synced folder', `the folder of ${section}`),
    ...(fault.hint === undefined
      ? {}
      : { hint: fault.hint.replace('workspace.exclude', `${section}.exclude`) }),
  }))
  context.faults.push(...spoken)
  return files.flat()
}

/** Digest over paths and contents, sha256 hex: the same for the same files, wherever and whenever they were checked out. */
export const digestOfFiles = (files: readonly AppFile[]): string => {
  const hash = createHash('sha256')
  for (const { path, digest } of files.toSorted((a, b) => compare(a.path, b.path)))
    hash.update(`${JSON.stringify(path)} ${digest}\n`)
  return hash.digest('hex')
}
