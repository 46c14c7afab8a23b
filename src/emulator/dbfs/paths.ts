import { lstatSync, type Stats } from 'node:fs'
import { join } from 'node:path'
import { neededText } from '../server/read.ts'
import { badValue } from '../server/refused.ts'

/**
 * `dbfs:/x` and `/x` are one path; duplicate and trailing slashes do not count.
 * @returns `/` or `/a/b`
 * @throws Refused 400 for a missing or relative path, and for `.`, `..` and NUL
 */
export const readDbfsPath = (value: unknown, field = 'path'): string => {
  const given = neededText(value, field)
  const path = given.startsWith('dbfs:') ? given.slice('dbfs:'.length) : given
  if (!path.startsWith('/')) throw badValue(`Path must be absolute: ${given}`)
  const parts = path.split('/').filter((part) => part !== '')
  if (parts.some((part) => part === '.' || part === '..')) throw badValue(`Path is not normalized: ${given}`)
  if (path.includes('\0')) throw badValue('Path must not hold a NUL character')
  return `/${parts.join('/')}`
}

/** Where the workspace keeps DBFS: what a run sees as `/dbfs`. */
export const dbfsRoot = (folder: string): string => join(folder, 'dbfs')

const look = (path: string): Stats | undefined => {
  try {
    return lstatSync(path, { throwIfNoEntry: false })
  } catch (error) {
    // A file where a folder would have to be: nothing is there either.
    if (error instanceof Error && 'code' in error && error.code === 'ENOTDIR') return undefined
    throw error
  }
}

/** A place in DBFS. `stats` is absent when nothing is there. */
export interface Place {
  readonly path: string
  readonly local: string
  readonly stats: Stats | undefined
}

/**
 * Find a path on disk, step by step: runs can make symbolic links there, and none is ever followed.
 * @throws Refused 400 when a part of the path is a symbolic link
 */
export const locate = (root: string, path: string): Place => {
  let local = root
  let stats = look(root)
  for (const part of path.split('/').filter((name) => name !== '')) {
    local = join(local, part)
    stats = look(local)
    if (stats?.isSymbolicLink() === true)
      throw badValue(`Path is a symbolic link, or below one: ${path}. DBFS has none; remove it in a run.`)
  }
  return { path, local, stats }
}

/** The first part of the path, from the top, that is a file although it would have to be a folder. */
export const fileAbove = (root: string, path: string): string | undefined => {
  const parts = path.split('/').filter((part) => part !== '')
  for (let count = 1; count < parts.length; count += 1) {
    const above = `/${parts.slice(0, count).join('/')}`
    const { stats } = locate(root, above)
    if (stats === undefined) return undefined
    if (!stats.isDirectory()) return above
  }
  return undefined
}
