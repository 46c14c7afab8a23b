/** pip, uv and R, each as the commands that fill an environment. */
import { join } from 'node:path'
import type { Item } from './item.ts'
import { runProgram, type Ran } from './program.ts'

export interface Site {
  /** Folder of the environment under construction. */
  folder: string
  /** Its python. */
  python: string
  uv: string | undefined
  env: Readonly<Record<string, string>>
  signal: AbortSignal | undefined
}

/** ms. Building a large package from source takes minutes; more than this is a hang. */
const longestInstall = 20 * 60_000
const longestMake = 3 * 60_000

export const pythonOf = (folder: string): string =>
  process.platform === 'win32' ? join(folder, 'Scripts', 'python.exe') : join(folder, 'bin', 'python')

/** Where R packages of an environment are: its R_LIBS. */
export const rFolder = (folder: string): string => join(folder, 'R')

const run = async (
  { folder: cwd, env, signal }: Pick<Site, 'folder' | 'env' | 'signal'>,
  file: string,
  args: readonly string[],
  timeoutMs = longestInstall,
) => await runProgram(file, args, { cwd, env, timeoutMs, signal })

/** An empty environment. Needs no network. */
export const makeVirtual = async (site: Site, base: string): Promise<Ran> =>
  site.uv === undefined
    ? await run(site, base, ['-m', 'venv', '.'], longestMake)
    : await run(site, site.uv, ['venv', '--allow-existing', '--python', base, '.'], longestMake)

/** uv leaves pip out, which `%pip` in notebooks wants. A Python without ensurepip goes without. */
export const addPip = async (site: Site): Promise<void> => {
  if (site.uv !== undefined) await run(site, site.python, ['-m', 'ensurepip', '--default-pip'], longestMake)
}

/** Files of requirements are options; what follows `--` is never one. */
const operands = (items: readonly Item[]): string[] => {
  const all = items.map(({ args }) => args)
  const options = all.filter(([first]) => first === '-r')
  const packages = all.filter(([first]) => first !== '-r')
  return [...options.flat(), ...(packages.length > 0 ? ['--', ...packages.flat()] : [])]
}

/** Not as an argument, which `ps` shows to everybody: an index of one's own may have a password in its address. */
const withIndex = (site: Site, repo: string | undefined): Site =>
  repo === undefined
    ? site
    : { ...site, env: { ...site.env, PIP_INDEX_URL: repo, UV_DEFAULT_INDEX: repo, UV_INDEX_URL: repo } }

/** Items of one index, in one resolution. `offline`: ask no index, because it was just found to be out of reach. */
export const installPython = async (given: Site, items: readonly Item[], offline: boolean): Promise<Ran> => {
  const site = withIndex(given, items[0]?.repo)
  const rest = operands(items)
  if (site.uv !== undefined) {
    const flags = offline ? ['--offline'] : []
    return await run(site, site.uv, ['pip', 'install', '--python', site.python, ...flags, ...rest])
  }
  return await run(site, site.python, ['-m', 'pip', 'install', ...(offline ? ['--no-index'] : []), ...rest])
}

/** install.packages() does not fail when it fails; whether the package is there does. */
const rScript = [
  'a <- commandArgs(trailingOnly = TRUE)',
  'install.packages(a[1], repos = a[2], lib = a[3], quiet = TRUE)',
  'if (!requireNamespace(a[1], lib.loc = a[3], quietly = TRUE)) quit(status = 1)',
].join('; ')

/** https://cran.r-project.org/mirrors.html: the one that sends everybody to the nearest. */
const defaultCran = 'https://cloud.r-project.org'

export const installR = async (site: Site, item: Item): Promise<Ran> => {
  const [rscript = 'Rscript', name = ''] = item.args
  const args = ['--vanilla', '-e', rScript, name, item.repo ?? defaultCran, rFolder(site.folder)]
  return await run(site, rscript, args)
}
