import {
  chmod,
  lstat,
  mkdir,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import { Fail } from '../errors.ts'

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')

/** The text of a file with line ends as git stores them; undefined when there is none. */
export const readText = async (path: string): Promise<string | undefined> => {
  try {
    return (await readFile(path, 'utf8')).replaceAll('\r\n', '\n')
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

/** Files below a folder, relative to the root, with `/`; none when there is no such folder. */
export const filesBelow = async (root: string, folder: string): Promise<string[]> => {
  try {
    const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true })
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}

/** The real path of the nearest thing that is there. A link that leads nowhere is there, and has none. */
const realAncestor = async (path: string): Promise<string | undefined> => {
  try {
    return await realpath(path)
  } catch (error) {
    if (!isMissing(error)) throw error
    const link = await lstat(path).then(
      (stat) => stat.isSymbolicLink(),
      () => false,
    )
    return link ? undefined : await realAncestor(dirname(path))
  }
}

/**
 * Whoever may commit a link must not make this command write elsewhere.
 * @throws Fail USAGE when the path leads out of the root through a symbolic link
 */
export const assertInside = async (root: string, path: string): Promise<void> => {
  const [home, real] = [await realpath(root), await realAncestor(join(root, path))]
  if (real !== undefined && (real === home || real.startsWith(home + sep))) return
  throw new Fail('USAGE', {
    what: `${path} is not written: a symbolic link on the way leads out of the repository`,
    hint: 'put a folder or file of the repository in place of the link',
  })
}

/** What to do to a file: write this text, or remove it. */
export interface Change {
  path: string
  text?: string
}

/** Permissions of a file; undefined when there is none. */
const modeOf = async (path: string): Promise<number | undefined> => {
  try {
    return (await stat(path)).mode & 0o777
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

/** All or nothing, as far as a file system goes: the texts are on disk before the first file takes its name. */
export const applyChanges = async (root: string, changes: readonly Change[]): Promise<void> => {
  const staged: { from: string; to: string }[] = []
  try {
    for (const { path, text } of changes) {
      if (text === undefined) continue
      const to = join(root, path)
      await mkdir(dirname(to), { recursive: true })
      // Through a link within the repository the file itself is replaced, and the link stays.
      const real = await realpath(to).catch(() => to)
      const from = `${real}.${process.pid}.tmp`
      staged.push({ from, to: real })
      await writeFile(from, text)
      const mode = await modeOf(real)
      if (mode !== undefined) await chmod(from, mode)
    }
    for (const { from, to } of staged) await rename(from, to)
  } catch (error) {
    for (const { from } of staged) await rm(from, { force: true })
    throw error
  }
  for (const { path, text } of changes) if (text === undefined) await rm(join(root, path))
}
