import type { AppFile, DesiredPackage } from '../../plan/state-code.ts'
import { digestOfFiles, readFolder } from '../app/contents.ts'
import { faultAt } from '../faults.ts'
import { placeOf, text, texts, type Entry, type Located, type Place } from '../located.ts'
import { pathFrom, type Context } from '../read.ts'
import { readPyproject } from './pyproject.ts'
import { stampedVersion, wheelFile } from './version.ts'

/** The commit that last touched a folder. */
export interface Change {
  commit: string
  /** Seconds since 1970, of the commit. */
  time: number
}

/**
 * Asked only for packages; undefined outside of a checkout, and for a folder that no commit has touched. `shallow`: the clone does
 * not reach back to it.
 */
export type LastChange = (folder: string, files: readonly string[]) => Promise<Change | 'shallow' | undefined>

/** What a package is built of. */
export interface PackageSource {
  /** Absolute. */
  folder: string
  files: AppFile[]
  /** The time that every file in the wheel gets, in seconds since 1970. */
  epoch: number
}

export interface LoadedPackage {
  wheel: DesiredPackage
  source: PackageSource
}

export interface PackageInput {
  project: string
  target: string
  lastChange?: LastChange | undefined
}

/** A zip file knows no time before 1980-01-01. */
const earliest = 315_532_800

const example = 'e.g. dbfs:/FileStore/wheels or /Workspace/Shared/wheels'

const folderProblem = (path: string): { message: string; hint: string } | undefined => {
  if (path.startsWith('/Volumes/'))
    return {
      message: '/Volumes cannot be written yet',
      hint: `let the wheel go to DBFS or the workspace, ${example}`,
    }
  if (!/^(dbfs:\/|\/Workspace\/)/.test(path)) {
    const fixed = path.startsWith('/dbfs/')
      ? `dbfs:${path.slice('/dbfs'.length)}`
      : /^\/(Shared|Users)\//.test(path) && `/Workspace${path}`
    return {
      message: `a cluster cannot install from «${path}»`,
      hint: fixed ? `write ${fixed}` : `write a folder of DBFS or the workspace, ${example}`,
    }
  }
  const steps = path
    .replace(/^(dbfs:|\/Workspace)/, '')
    .split('/')
    .filter((step) => step !== '')
  if (steps.some((step) => step === '.' || step === '..'))
    return { message: `«${path}» holds . or ..`, hint: `write it out, ${example}` }
  return steps.length < 2
    ? { message: `«${path}» is shared with others`, hint: `name a folder below it, ${example}` }
    : undefined
}

const folderFrom = (context: Context, entry: Located, input: PackageInput): string | undefined => {
  const written = text(entry, 'path')
  if (written === undefined) return `/Workspace/Shared/.brickrail/${input.project}/${input.target}/packages`
  if (written.includes('${')) return undefined
  const problem = folderProblem(written)
  if (!problem) return written.replace(/\/+/g, '/').replace(/\/$/, '')
  const at = placeOf(entry, ['path'])
  context.faults.push(faultAt(at, 'package-path-is-readable', problem.message, problem.hint))
  return undefined
}

const changeOf = async (
  context: Context,
  folder: string,
  files: readonly AppFile[],
  at: Place,
  { lastChange }: PackageInput,
): Promise<Change | undefined> => {
  const change = await lastChange?.(
    folder,
    files.map(({ path }) => path),
  )
  if (change !== 'shallow') return change
  const message =
    'this clone is shallow: the commit that last touched the package is not in it, so its version says g0'
  const hint = 'fetch the whole history: fetch-depth 0 (GitHub), GIT_DEPTH 0 (GitLab), fetchDepth 0 (Azure)'
  context.warnings.push(faultAt(at, 'package-commit-known', message, hint))
  return undefined
}

const loadPackage = async (
  context: Context,
  key: string,
  { node: entry }: Entry,
  input: PackageInput,
): Promise<LoadedPackage | undefined> => {
  const written = text(entry, 'source')
  const path = folderFrom(context, entry, input)
  if (written === undefined || written.includes('${')) return undefined
  const [folder, at] = [pathFrom(context, written), placeOf(entry, ['source'])]
  const section = `packages.${key}`
  const exclude = texts(entry, 'exclude') ?? []
  const files = await readFolder(context, { source: folder, at, section, exclude })
  const project = files && (await readPyproject(context, folder, at))
  if (!project || path === undefined) return undefined
  const change = await changeOf(context, folder, files, at, input)
  const sources = digestOfFiles(files)
  const version = stampedVersion(project.version, change?.commit, sources)
  const file = wheelFile(project.name, version)
  return {
    wheel: { key, file, path: `${path}/${file}`, version, sources },
    source: { folder, files, epoch: Math.max(change?.time ?? 0, earliest) },
  }
}

/** The section `packages`. Faults go to the context; a package with a fault of its own is left out. */
export const loadPackages = async (
  context: Context,
  entries: readonly [string, Entry][],
  input: PackageInput,
): Promise<LoadedPackage[]> => {
  const loaded = await Promise.all(entries.map(([key, entry]) => loadPackage(context, key, entry, input)))
  const packages = loaded.filter((one) => one !== undefined)
  for (const [index, { wheel }] of packages.entries()) {
    const other = packages.slice(0, index).find((earlier) => earlier.wheel.path === wheel.path)
    const entry = entries.find(([key]) => key === wheel.key)?.[1]
    if (!other || !entry) continue
    const message = `the packages ${other.wheel.key} and ${wheel.key} become the same file ${wheel.file}`
    context.faults.push(faultAt(entry.key, 'one-package-per-file', message, 'remove one of the two'))
  }
  return packages
}
