import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'

/** One import of a file, as written. */
export interface Import {
  specifier: string
  /** `import type`, which leaves nothing behind at run time. */
  type: boolean
  /** `import('…')`. */
  dynamic: boolean
}

export interface SourceFile {
  /** Below the root, `/`-separated: `src/plan/plan.ts`. */
  path: string
  text: string
  lines: number
  imports: Import[]
}

const importLine = /^(?:import|export)\s+(type\s+)?(?:[\w$*{},\s]*?\bfrom\s*)?(['"])([^'"\n]+)\2/gm
const importCall = /\bimport\(\s*(['"])([^'"\n]+)\1/g

/** Column 0 only, as the formatter puts them; code inside a template that looks like one is a loud mistake, not a silent one. */
export const importsOf = (text: string): Import[] => [
  ...[...text.matchAll(importLine)].map((match) => ({
    specifier: match[3] ?? '',
    type: match[1] !== undefined,
    dynamic: false,
  })),
  ...[...text.matchAll(importCall)].map((match) => ({
    specifier: match[2] ?? '',
    type: false,
    dynamic: true,
  })),
]

/** Every TypeScript file below some folders of a project; a folder that is not there has none. */
export const readSources = (root: string, folders: readonly string[]): SourceFile[] =>
  folders
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) => {
      const entries = readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      return entries
        .filter((entry) => entry.isFile() && /\.m?ts$/.test(entry.name))
        .map((entry) => {
          const text = readFileSync(join(entry.parentPath, entry.name), 'utf8')
          const path = join(entry.parentPath, entry.name)
            .slice(root.length + 1)
            .replaceAll('\\', '/')
          return { path, text, lines: text.split('\n').length - 1, imports: importsOf(text) }
        })
    })

const blank = (comment: string): string => comment.replace(/[^\n]/g, '')

/** Code without comments, line for line: whole-line ones and blocks that begin a line; a `/*` inside a string is left alone. */
export const codeOf = (text: string): string =>
  text
    .replace(/^[ \t]*\/\*[\s\S]*?\*\//gm, blank)
    .replace(/^[ \t]*\/\/.*$/gm, '')
    .replace(/[ \t]\/\/ .*$/gm, '')

/** The room of a file below src/: its folder, or its name for a file that is a room itself (errors.ts). */
export const roomOf = (path: string): string => (path.split('/')[1] ?? '').replace(/\.ts$/, '')

/** What a relative import points to, below the root; undefined for packages. */
export const targetOf = (file: SourceFile, { specifier }: Import): string | undefined =>
  specifier.startsWith('.') ? posix.join(posix.dirname(file.path), specifier) : undefined

/** The package of a specifier: `@scope/name` or `name`. */
export const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
