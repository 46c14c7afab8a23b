import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import pLimit from 'p-limit'
import type { Fault } from '../errors.ts'
import type { DesiredFile, DesiredFiles } from '../plan/state.ts'
import { faultAt, faultOf } from './faults.ts'
import { ignoredIn } from './files-ignore.ts'
import { readDesired } from './files-read.ts'
import { walk } from './files-walk.ts'
import { flag, placeOf, text, texts, type Located } from './located.ts'
import { nameOf, type Context } from './read.ts'

/** Reads at a time; only large files really overlap. */
const concurrency = 32
/** Small files are read synchronously; other work gets its turn after each so many. */
const breath = 200

/** The synced folder as the section `workspace` declares it. Undefined when it is not there or its path is not usable. */
export const loadFiles = async (
  context: Context,
  section: Located,
  source: string,
): Promise<DesiredFiles | undefined> => {
  const root = rootOf(context, section)
  const folder = await stat(source).catch(() => undefined)
  if (!folder?.isDirectory()) {
    const at = placeOf(section, ['source'])
    const message = `there is no folder ${nameOf(context, source)}`
    context.faults.push(
      faultAt(at, 'workspace-folder-exists', message, 'create it, or correct workspace.source'),
    )
    return undefined
  }
  const exclude = texts(section, 'exclude') ?? []
  const files = await readFiles(context, source, await walk(context, source, ignoredIn(source, exclude)))
  context.faults.push(...pathFaults(files, (path) => nameOf(context, join(source, path))))
  if (files.length === 0)
    context.warnings.push(
      faultOf(
        nameOf(context, source),
        'no-files',
        'there is no file to sync',
        'check workspace.source and workspace.exclude',
      ),
    )
  return root === undefined ? undefined : { root, exclusive: flag(section, 'exclusive'), files }
}

const readFiles = async (
  context: Context,
  source: string,
  paths: readonly string[],
): Promise<DesiredFile[]> => {
  const limit = pLimit(concurrency)
  const read = await limit.map(paths, async (path, i) => {
    if (i % breath === 0) await setImmediate()
    const read = await readDesired(source, path).catch((error: Error) => ({
      rule: 'file-unreadable',
      message: `the file cannot be read: ${error.message}`,
      hint: 'give this user the right to read it, or add it to workspace.exclude',
    }))
    if (!('rule' in read)) return [read]
    const name = nameOf(context, join(source, path))
    context.faults.push(faultOf(name, read.rule, read.message, read.hint))
    return []
  })
  return read.flat().sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** Rules over all files: one workspace path each, no path that is a folder too, no name that cannot travel. */
const pathFaults = (files: readonly DesiredFile[], name: (source: string) => string): Fault[] => {
  const byPath = new Map<string, DesiredFile[]>()
  for (const file of files) byPath.set(file.path, [...(byPath.get(file.path) ?? []), file])
  const folders = new Set(files.flatMap(({ path }) => parents(path)))
  return [...byPath].flatMap(([path, same]) => [
    ...same
      .slice(1)
      .map(({ source }) =>
        faultOf(
          name(source),
          'one-file-per-workspace-path',
          `${same[0] && name(same[0].source)} becomes «${path}» in the workspace too`,
          'rename one of them: a notebook loses its extension there',
        ),
      ),
    ...(folders.has(path)
      ? same.map(({ source }) =>
          faultOf(
            name(source),
            'no-file-where-a-folder-is',
            `«${path}» is also a folder in the workspace`,
            'rename the file or the folder',
          ),
        )
      : []),
    ...same.flatMap(({ source }) => nameFaults(source, name)),
  ])
}

/** `a/b/c` lies in the folders `a` and `a/b`. */
const parents = (path: string): string[] =>
  path.split('/').flatMap((_, i, all) => (i === 0 ? [] : [all.slice(0, i).join('/')]))

const nameFaults = (source: string, name: (source: string) => string): Fault[] => {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(source))
    return [
      faultOf(
        JSON.stringify(name(source)),
        'plain-file-name',
        'the name holds a control character',
        'rename the file',
      ),
    ]
  if (source.includes('\uFFFD'))
    return [faultOf(name(source), 'plain-file-name', 'the name is not UTF-8', 'rename the file')]
  return []
}

/** The folder in the workspace without the /Workspace prefix; faults for folders that are not for one project alone. */
const rootOf = (context: Context, section: Located): string | undefined => {
  const written = text(section, 'path')
  if (written === undefined || written.includes('${')) return undefined
  const root = written
    .replace(/\/+/g, '/')
    .replace(/^\/Workspace(?=\/)/, '')
    .replace(/\/$/, '')
  const why = rootProblem(root)
  if (why)
    context.faults.push(
      faultAt(placeOf(section, ['path']), 'workspace-path-is-one-folder', why.message, why.hint),
    )
  return why ? undefined : root
}

const rootProblem = (root: string): { message: string; hint: string } | undefined => {
  const steps = root.split('/').slice(1)
  const example = 'e.g. /Shared/HelloWorkspace'
  if (!root.startsWith('/'))
    return { message: `«${root}» does not begin with /`, hint: `write an absolute path, ${example}` }
  if (steps.some((step) => step === '.' || step === '..'))
    return { message: `«${root}» holds . or ..`, hint: `write it out, ${example}` }
  if (['Volumes', 'Repos', 'dbfs'].includes(steps[0] ?? ''))
    return {
      message: `«${root}» is not a workspace folder that files can be imported into`,
      hint: `use a folder below /Shared or /Users, ${example}`,
    }
  if (steps[1] === '.brickrail')
    return { message: '/Shared/.brickrail belongs to Brickrail', hint: `choose another folder, ${example}` }
  const least = steps[0] === 'Users' ? 3 : 2
  return steps.length < least
    ? {
        message: `«${root || '/'}» is shared with others`,
        hint: `give the project a folder of its own, ${example}`,
      }
    : undefined
}
