/** The bytes of wheels and requirements files that are kept in the workspace, as files on this machine. */
import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { basename, join, posix } from 'node:path'
import type { Library } from '../../wire/libraries.ts'
import { dbfsRoot, locate } from '../dbfs/paths.ts'
import { Refused } from '../server/refused.ts'
import type { Services } from '../server/router.ts'
import { bytesOf, find } from '../tree/objects.ts'

type Where = Pick<Services, 'db' | 'site'>

/** `dbfs:/x` and `/dbfs/x` -> `/x`; undefined when it is no path of DBFS. */
const dbfsPath = (path: string): string | undefined => {
  const below = /^(?:dbfs:|file:\/dbfs|\/dbfs(?=\/))(\/.*)$/.exec(path)?.[1]
  return below === undefined || below.startsWith('/Volumes/') ? undefined : posix.normalize(below)
}

const workspacePath = (path: string): string | undefined =>
  /^(?:file:)?(?:\/Workspace)?(\/(?!Volumes\/|dbfs\/).*)$/.exec(path)?.[1]

/** A link that a run made could lead anywhere on this machine: it counts as no file. */
const fileInDbfs = (folder: string, path: string): string | undefined => {
  try {
    const { local, stats } = locate(dbfsRoot(folder), path)
    return stats?.isFile() === true ? local : undefined
  } catch (error) {
    if (error instanceof Refused) return undefined
    throw error
  }
}

const contentOf = ({ db, site }: Where, path: string): Uint8Array | string | undefined => {
  const below = dbfsPath(path)
  if (below !== undefined) {
    return fileInDbfs(site.folder(), below)
  }
  const inside = workspacePath(path)
  const node = inside === undefined ? undefined : find(db, posix.normalize(inside))
  return node?.type === 'FILE' ? bytesOf(db, node) : undefined
}

const digestOf = (content: Uint8Array | string): string =>
  createHash('sha256')
    .update(typeof content === 'string' ? readFileSync(content) : content)
    .digest('hex')

/** By content, and under its own name: pip reads the name of a wheel. */
const keep = ({ site }: Where, path: string, content: Uint8Array | string): string => {
  const folder = join(site.folder(), 'libraries', digestOf(content).slice(0, 16))
  const file = join(folder, basename(path))
  if (existsSync(file)) return file
  mkdirSync(folder, { recursive: true })
  const temporary = `${file}.${process.pid}.tmp`
  if (typeof content === 'string') copyFileSync(content, temporary)
  else writeFileSync(temporary, content)
  renameSync(temporary, file)
  return file
}

const pathIn = ({ whl, requirements }: Library): string | undefined => whl ?? requirements

/** Path on the workspace -> absolute path of a copy of its bytes, for those libraries that are files and are there. */
export const localFiles = (where: Where, libraries: readonly Library[]): Record<string, string> => {
  const found: Record<string, string> = {}
  for (const path of libraries.map(pathIn)) {
    const content = path === undefined ? undefined : contentOf(where, path)
    if (path !== undefined && content !== undefined) found[path] = keep(where, path, content)
  }
  return found
}

/** The copy of this library's bytes among those. */
export const fileOf = (files: Readonly<Record<string, string>>, library: Library): string | undefined =>
  files[pathIn(library) ?? '']

/** What was installed from copies, as `localFiles` gives it. */
export const keptFiles = (records: readonly { library: Library; real?: { file?: string } | undefined }[]) =>
  Object.fromEntries(
    records.flatMap(({ library, real }) => {
      const path = pathIn(library)
      return path !== undefined && real?.file !== undefined && existsSync(real.file)
        ? [[path, real.file] as const]
        : []
    }),
  )
