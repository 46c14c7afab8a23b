import { readdir, readFile } from 'node:fs/promises'
import { basename, dirname, relative, resolve, sep } from 'node:path'
import { didYouMean, faultAt, faultOf, type Findings } from './faults.ts'
import type { Located, Place } from './located.ts'
import { exists } from './find.ts'
import { parseText } from './parse.ts'
import { secretFaults } from './secrets.ts'

/** What every loader needs. */
export interface Context extends Findings {
  /** Names of files in faults are relative to this folder. */
  cwd: string
  /** Folder of brickrail.yml; paths in it are relative to it. */
  base: string
  /** YYYY-MM-DD */
  today: string
}

/** A file's name for messages: relative to the working directory, with `/`. */
export const nameOf = (context: { cwd: string }, path: string): string =>
  (relative(context.cwd, path) || '.').split(sep).join('/')

/** Reads a text file that a value names; a fault at that value when it cannot be read. */
export const readNamed = async (
  context: Context,
  path: string,
  from?: Place,
): Promise<string | undefined> => {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    const name = nameOf(context, path)
    const message = missing ? `there is no file ${name}` : `${name} cannot be read: ${String(error)}`
    const hint = missing ? await siblings(path) : 'check that it is a file and its permissions'
    const rule = missing ? 'file-not-found' : 'file-unreadable'
    context.faults.push(from ? faultAt(from, rule, message, hint) : faultOf(name, rule, message, hint))
    return undefined
  }
}

const siblings = async (path: string): Promise<string> => {
  const folder = dirname(path)
  const names = await readdir(folder).catch(() => undefined)
  return names ? didYouMean(basename(path), names) : `there is no folder ${basename(folder)} either`
}

/** Parses a YAML or JSON file that a value names. Faults of its syntax, and secrets in it, are added. */
export const readLocated = async (
  context: Context,
  path: string,
  from?: Place,
): Promise<Located | undefined> => {
  const source = await readNamed(context, path, from)
  return source === undefined ? undefined : parseLocated(context, path, source)
}

/** As readLocated, for a file that need not exist. */
export const readIfThere = async (context: Context, path: string): Promise<Located | undefined> =>
  (await exists(path)) ? readLocated(context, path) : undefined

const parseLocated = (context: Context, path: string, source: string): Located | undefined => {
  const { node, faults } = parseText(source, nameOf(context, path))
  context.faults.push(...faults)
  if (node) context.faults.push(...secretFaults(node))
  return node
}

/** A path that brickrail.yml names, absolute. */
export const pathFrom = (context: Context, path: string): string => resolve(context.base, path)
