/** Where environments are kept: a folder each, and for every set of libraries a note of the folder that has it complete. */
import { createHash, randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pythonOf } from './installer.ts'
import { withLock } from './lock.ts'

/** Written last, in the folder of a finished environment. */
const marker = '.complete'

/** Set in the name of every set: a change of how environments are made makes them anew. */
const generation = '1'

export interface Cache {
  /** Folder of the finished environment of that set; undefined when there is none, or its Python is gone. */
  find(key: string): string | undefined
  /** A new empty folder for a build of that set; what dead builds of it left is removed. Under its lock only. */
  begin(key: string): string
  /** The environment is good: from now on it is found, and never changed. */
  complete(folder: string, about: unknown): void
  discard(folder: string): void
  locked<T>(key: string, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T>
}

/** The name of a set: its order does not matter. */
export const keyOf = (parts: readonly string[], identities: readonly string[]): string =>
  createHash('sha256')
    .update(JSON.stringify([generation, parts, [...new Set(identities)].sort()]))
    .digest('hex')
    .slice(0, 24)

const remove = (folder: string): void => rmSync(folder, { recursive: true, force: true, maxRetries: 3 })

/** A killed builder leaves an orphan pip that may write on; nothing depends on its folder any more. */
const removeIfPossible = (folder: string): void => {
  try {
    remove(folder)
  } catch {
    // The next build of that set tries again.
  }
}

/**
 * Every build has a folder of its own: virtual environments cannot be moved, and an orphan of a killed build must not write
 * into the next one's. The marker is written last, by a rename.
 * @param root absolute; made when absent
 */
export const openCache = (root: string): Cache => {
  const place = (key: string) => join(root, key)
  const builds = (key: string): string[] =>
    existsSync(place(key))
      ? readdirSync(place(key))
          .filter((name) => name.startsWith('build-'))
          .map((name) => join(place(key), name))
      : []
  const isComplete = (folder: string) => existsSync(join(folder, marker)) && existsSync(pythonOf(folder))
  return {
    find: (key) => builds(key).find(isComplete),
    begin: (key) => {
      for (const folder of builds(key)) if (!isComplete(folder)) removeIfPossible(folder)
      const folder = join(place(key), `build-${randomUUID().slice(0, 8)}`)
      mkdirSync(folder, { recursive: true })
      return folder
    },
    complete: (folder, about) => {
      const temporary = join(folder, `${marker}.tmp`)
      writeFileSync(temporary, `${JSON.stringify(about, undefined, 2)}\n`)
      renameSync(temporary, join(folder, marker))
    },
    discard: removeIfPossible,
    locked: async (key, signal, work) => {
      mkdirSync(place(key), { recursive: true })
      return await withLock(join(place(key), 'lock'), signal, work)
    },
  }
}
