import type { AppFile, DesiredApp } from '../../plan/state-code.ts'
import { faultAt } from '../faults.ts'
import { placeOf, text, texts, type Entry, type Located } from '../located.ts'
import { pathFrom, type Context } from '../read.ts'
import { digestOfFiles, readFolder } from './contents.ts'
import { fileProblems, overlaps, rootOf, rootProblem } from './rules.ts'

/** Digits of the digest that name a version's folder. */
const shortDigest = 16

/** A declared app, and the folder of the checkout that it is copied from. */
export interface LoadedApp {
  app: DesiredApp
  /** Absolute. */
  source: string
}

/** What `${apps.<key>.path}` gives: the folder that holds the files, which for a versioned app is that of this very content. */
export const appPath = ({ layout, root, digest }: DesiredApp): string =>
  layout === 'plain' ? `dbfs:${root}` : `dbfs:${root}/versions/${digest.slice(0, shortDigest)}`

const rootFrom = (context: Context, entry: Located): string | undefined => {
  const written = text(entry, 'path')
  if (written === undefined || written.includes('${')) return undefined
  const problem = rootProblem(written)
  if (!problem) return rootOf(written)
  const { rule, message, hint } = problem
  context.faults.push(faultAt(placeOf(entry, ['path']), rule, message, hint))
  return undefined
}

const filesFrom = async (context: Context, key: string, entry: Located): Promise<AppFile[] | undefined> => {
  const written = text(entry, 'source')
  if (written === undefined || written.includes('${')) return undefined
  const at = placeOf(entry, ['source'])
  const source = pathFrom(context, written)
  const section = `apps.${key}`
  const files = await readFolder(context, { source, at, section, exclude: texts(entry, 'exclude') ?? [] })
  if (files?.length === 0) {
    const hint = `check ${section}.source and ${section}.exclude, and .gitignore`
    context.faults.push(faultAt(at, 'app-has-files', `there is no file in the app ${key}`, hint))
  }
  return files
}

const loadApp = async (
  context: Context,
  key: string,
  { node: entry }: Entry,
): Promise<LoadedApp | undefined> => {
  const root = rootFrom(context, entry)
  const files = await filesFrom(context, key, entry)
  if (root === undefined || files === undefined) return undefined
  const layout = text(entry, 'layout') === 'plain' ? 'plain' : 'versioned'
  for (const { rule, message, hint } of fileProblems(files, layout))
    context.faults.push(faultAt(placeOf(entry, ['source']), rule, message, hint))
  const app = { key, root, layout, digest: digestOfFiles(files), files } as const
  return { app, source: pathFrom(context, text(entry, 'source') ?? '') }
}

/** The section `apps`. Faults go to the context; an app with a fault of its own is left out. */
export const loadApps = async (
  context: Context,
  entries: readonly [string, Entry][],
): Promise<LoadedApp[]> => {
  const loaded = await Promise.all(entries.map(([key, entry]) => loadApp(context, key, entry)))
  const apps = loaded.filter((one) => one !== undefined)
  const placed = apps.map(({ app }) => {
    const entry = entries.find(([key]) => key === app.key)?.[1]
    return { app, at: entry ? placeOf(entry.node, ['path']) : { file: '', line: 0, column: 0 } }
  })
  context.faults.push(...overlaps(placed))
  return apps
}
