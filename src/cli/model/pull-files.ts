import { createHash } from 'node:crypto'
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import pLimit from 'p-limit'
import type { ModelFiles } from '../../client/model-files.ts'
import { Fail } from '../../errors.ts'

export interface PulledFile {
  path: string
  /** bytes */
  size: number
  /** hex */
  sha256: string
}

/** Beside the files: what was pulled, from where. */
const manifestName = 'brickrail-model.json'

const sha256 = (content: Uint8Array | string): string => createHash('sha256').update(content).digest('hex')

/** Of all files: what `sha256sum` prints of them, sorted by path, hashed once more. */
export const wholeDigest = (files: readonly PulledFile[]): string =>
  sha256(
    files
      .toSorted((a, b) => (a.path < b.path ? -1 : 1))
      .map((one) => `${one.sha256}  ${one.path}\n`)
      .join(''),
  )

const unreadable = (what: string, why: string): Fail =>
  new Fail('MODEL_FILES_UNREADABLE', {
    what,
    why,
    hint: 'pull again; if it stays so, register the model again',
  })

const pullOne = async (
  files: ModelFiles,
  folder: string,
  { path, size }: { path: string; size?: number },
): Promise<PulledFile> => {
  const bytes = await files.read(path)
  if (bytes === undefined) throw unreadable(files.at, `${path} is listed and not there`)
  if (size !== undefined && bytes.length !== size)
    throw unreadable(files.at, `${path} has ${size} bytes, and ${bytes.length} came`)
  const target = join(folder, path)
  await mkdir(dirname(target), { recursive: true })
  await writeFile(target, bytes)
  return { path, size: bytes.length, sha256: sha256(bytes) }
}

/** At once; whole files are in memory meanwhile. */
const atOnce = 4

const pullAll = async (files: ModelFiles, folder: string): Promise<PulledFile[]> => {
  const listed = await files.list()
  if (listed.length === 0) throw unreadable(files.at, 'there is no file')
  const odd = listed.find(({ path }) => path.split('/').some((part) => part === '' || part === '.'))
  if (odd) throw unreadable(files.at, `«${odd.path}» is no name of a file`)
  const paths = new Set(listed.map(({ path }) => path))
  if (paths.size < listed.length) throw unreadable(files.at, 'a file is listed twice')
  if (paths.has(manifestName))
    throw unreadable(files.at, `a file of the model is called ${manifestName}, as ours is`)
  const limit = pLimit(atOnce)
  return await Promise.all(listed.map((one) => limit(() => pullOne(files, folder, one))))
}

/** Entries of a folder; undefined when there is none. */
const entriesOf = async (folder: string): Promise<string[] | undefined> => {
  try {
    return await readdir(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new Fail('USAGE', { what: `--out ${folder} is no folder` }, { cause: error })
  }
}

/** The new folder takes the place of the old one; if that cannot be done, the old one is back. */
const swap = async (part: string, out: string, isThere: boolean): Promise<void> => {
  if (!isThere) return await rename(part, out)
  const old = `${part}.old`
  await rename(out, old)
  try {
    await rename(part, out)
  } catch (error) {
    await rename(old, out)
    throw error
  }
  await rm(old, { recursive: true, force: true })
}

/**
 * Write every file of a model and the manifest into a folder: all of it is there at the end, or nothing is changed.
 * @param manifest made of the files
 * @throws Fail USAGE when the folder holds something and `force` is not given; MODEL_FILES_UNREADABLE
 */
export const pullInto = async (
  files: ModelFiles,
  out: string,
  { force, manifest }: { force: boolean; manifest: (files: PulledFile[]) => Record<string, unknown> },
): Promise<PulledFile[]> => {
  const before = await entriesOf(out)
  if (before !== undefined && before.length > 0 && !force)
    throw new Fail('USAGE', {
      what: `--out ${out} is not empty`,
      hint: 'name another folder, or give --force: all that is in it is removed',
    })
  const part = `${out}.part-${process.pid}`
  try {
    // A run of the same number may have died here; what it left is no part of this model.
    await rm(part, { recursive: true, force: true })
    await mkdir(part, { recursive: true })
    const pulled = await pullAll(files, part)
    await writeFile(join(part, manifestName), `${JSON.stringify(manifest(pulled), null, 2)}\n`)
    await swap(part, out, before !== undefined)
    return pulled
  } finally {
    await rm(part, { recursive: true, force: true })
  }
}
