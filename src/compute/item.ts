/** A library as something to install, or the reason why it is not. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Library } from '../wire/libraries.ts'
import type { Abilities, EnvironmentRequest, LibraryOutcome } from './compute.ts'
import { withoutCredentials } from './texts.ts'

export interface Item {
  library: Library
  how: 'python' | 'r'
  /** Arguments of `pip install`; for R, the path of Rscript and the name of the package. */
  args: string[]
  /** Its own index (pypi.repo, cran.repo). */
  repo: string | undefined
  /** The same text is the same content: files count by their bytes, addresses without passwords. It is kept on disk. */
  identity: string
}

const outcome = (library: Library, status: 'FAILED' | 'SKIPPED', message: string): LibraryOutcome => ({
  library,
  status,
  messages: [message],
})

const noJvm = 'no JVM code runs here: only a Databricks workspace can load it'

const digest = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex')

/** Other storage cannot be reached from here; what is in this workspace but missing is the user's mistake. */
const missing = (library: Library, path: string): LibraryOutcome =>
  /^(dbfs:|file:)?\/(?!\/)(?!Volumes\/)/.test(path)
    ? outcome(library, 'FAILED', `there is no file ${path} in this workspace`)
    : outcome(library, 'SKIPPED', `${path} cannot be reached from this machine`)

const fileItem = (
  library: Library,
  path: string,
  local: EnvironmentRequest['local'],
  flags: string[],
): Item | LibraryOutcome => {
  const here = local[path]
  if (here === undefined) return missing(library, path)
  return {
    library,
    how: 'python',
    args: [...flags, here],
    repo: undefined,
    identity: `${flags.join(' ')} ${digest(here)}`,
  }
}

const rItem = (library: Library, cran: { package: string; repo?: string }, rscript: Abilities['rscript']) =>
  'missing' in rscript
    ? outcome(library, 'SKIPPED', rscript.missing)
    : {
        library,
        how: 'r' as const,
        args: [rscript.path, cran.package],
        repo: cran.repo,
        identity: withoutCredentials(`cran ${cran.package} ${cran.repo ?? ''}`),
      }

const readItem = (
  library: Library,
  local: EnvironmentRequest['local'],
  abilities: Abilities,
): Item | LibraryOutcome => {
  const { pypi, cran, whl, requirements, jar, maven, egg } = library
  if (pypi !== undefined)
    return pypi.package.trim().startsWith('-')
      ? outcome(library, 'FAILED', `${pypi.package} is an option of pip, not a package`)
      : {
          library,
          how: 'python',
          args: [pypi.package],
          repo: pypi.repo,
          identity: withoutCredentials(`pypi ${pypi.package} ${pypi.repo ?? ''}`),
        }
  if (whl !== undefined) return fileItem(library, whl, local, [])
  if (requirements !== undefined) return fileItem(library, requirements, local, ['-r'])
  if (cran !== undefined) return rItem(library, cran, abilities.rscript)
  if (jar !== undefined || maven !== undefined) return outcome(library, 'SKIPPED', noJvm)
  const what = egg === undefined ? 'this kind of library' : 'an egg'
  return outcome(library, 'SKIPPED', `${what} cannot be installed here: make it a wheel`)
}

/** Each library as an item, or with its outcome already; in the order given. */
export const readItems = (
  { libraries, local }: Pick<EnvironmentRequest, 'libraries' | 'local'>,
  abilities: Abilities,
): (Item | LibraryOutcome)[] => libraries.map((library) => readItem(library, local, abilities))

export const isItem = (one: Item | LibraryOutcome): one is Item => 'how' in one
