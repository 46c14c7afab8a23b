import type { Dirent } from 'node:fs'
import { readdir, realpath, stat } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { compare, faultOf } from './faults.ts'
import type { Ignored } from './files-ignore.ts'
import { nameOf, type Context } from './read.ts'

interface Walk {
  context: Context
  source: string
  /** The source folder with its links resolved: a link must stay inside. */
  real: string
  found: string[]
}

/** Paths of all regular files below a folder, relative to it, `/`-separated, sorted. Symbolic links inside are followed. */
export const walk = async (context: Context, source: string, ignored: Ignored): Promise<string[]> => {
  const real = await realpath(source)
  const state: Walk = { context, source, real, found: [] }
  await folder(state, '', [real], ignored)
  return state.found.sort(compare)
}

/** `within`: the real paths of the folders that lead here; a link to one of them would never end. */
const folder = async (
  state: Walk,
  path: string,
  within: readonly string[],
  ignored: Ignored,
): Promise<void> => {
  const entries = await readdir(join(state.source, path), { withFileTypes: true }).catch((error: Error) => {
    refuse(
      state,
      path,
      'file-unreadable',
      `the folder cannot be read: ${error.message}`,
      'give this user the right to read it',
    )
    return []
  })
  const rules = path === '' ? ignored : ignored.below(path)
  await Promise.all(entries.map((entry) => visit(state, path, entry, within, rules)))
}

/** Ignored entries are passed over before they are judged: a broken link in node_modules is nobody's fault. */
const visit = async (
  state: Walk,
  parent: string,
  entry: Dirent,
  within: readonly string[],
  ignored: Ignored,
): Promise<void> => {
  const path = parent === '' ? entry.name : `${parent}/${entry.name}`
  const link = entry.isSymbolicLink()
  const target = link ? await follow(state, path, ignored) : entry
  if (!target || ignored.test(target.isDirectory() ? `${path}/` : path)) return
  if (target.isFile()) state.found.push(path)
  else if (target.isDirectory()) {
    const last = within.at(-1) ?? state.real
    const here = link ? await realpath(join(state.source, path)) : `${last}${sep}${entry.name}`
    if (within.includes(here))
      refuse(state, path, 'symlink-loop', 'this link leads back to a folder above it', 'remove the link')
    else await folder(state, path, [...within, here], ignored)
  } else
    refuse(
      state,
      path,
      'not-a-file',
      'this is neither a file nor a folder',
      'remove it, or add it to workspace.exclude',
    )
}

/** What a link leads to; undefined, with a fault, when it leads nowhere or out of the folder. */
const follow = async (state: Walk, path: string, ignored: Ignored) => {
  const target = await realpath(join(state.source, path)).catch((error: NodeJS.ErrnoException) => error)
  if (ignored.test(path) || ignored.test(`${path}/`)) return undefined
  if (target instanceof Error) {
    const loop = target.code === 'ELOOP'
    const why = loop ? 'this link leads to itself' : 'this link leads nowhere'
    refuse(state, path, loop ? 'symlink-loop' : 'symlink-leads-nowhere', why, 'remove the link')
    return undefined
  }
  if (target === state.real || target.startsWith(state.real + sep)) return stat(target)
  refuse(
    state,
    path,
    'symlink-leaves-the-folder',
    'this link leads out of the synced folder',
    'copy the file in, or add it to workspace.exclude',
  )
  return undefined
}

const refuse = (
  { context, source }: Walk,
  path: string,
  rule: string,
  message: string,
  hint: string,
): void => {
  context.faults.push(faultOf(nameOf(context, join(source, path)), rule, message, hint))
}
