import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import ignore, { type Ignore } from 'ignore'

/** Left out everywhere: tools' own folders and build products. A pattern `!…` in `exclude` brings one back. */
const defaults = ['.git', '__pycache__', '.ipynb_checkpoints', '.venv', 'node_modules', '.DS_Store', '*.pyc']

/** Whether a path below the source folder is left out; folders end in `/`. */
export interface Ignored {
  test: (path: string) => boolean
  /** As this, and with the .gitignore of a folder below the source. */
  below: (folder: string) => Ignored
}

interface Layer {
  /** The folder of the .gitignore, absolute. */
  folder: string
  rules: Ignore
}

/**
 * The project's `exclude` and the defaults come first and are final; then the .gitignore files from the repository's root
 * (the nearest folder upwards with a `.git`) down to the folder in question, where the deepest one with an opinion decides, as in git.
 */
export const ignoredIn = (source: string, exclude: readonly string[]): Ignored => {
  const own = ignore()
    .add(defaults)
    .add([...exclude])
  return layered(source, own, foldersAbove(source).flatMap(layerOf))
}

const layered = (source: string, own: Ignore, layers: readonly Layer[]): Ignored => ({
  test: (path) => {
    if (own.ignores(path)) return true
    for (const { folder, rules } of layers.toReversed()) {
      const name = relative(folder, join(source, path)).split(sep).join('/')
      const { ignored, unignored } = rules.test(path.endsWith('/') ? `${name}/` : name)
      if (ignored || unignored) return ignored
    }
    return false
  },
  below: (folder) => {
    const layer = layerOf(join(source, folder))
    return layered(source, own, [...layers, ...layer])
  },
})

/** From the repository's root down to the folder; the folder alone when it is in no repository. */
const foldersAbove = (folder: string): string[] => {
  const chain = [folder]
  for (let here = folder; !existsSync(join(here, '.git'));) {
    const parent = dirname(here)
    if (parent === here) return [folder]
    here = parent
    chain.unshift(here)
  }
  return chain
}

const layerOf = (folder: string): Layer[] => {
  try {
    return [{ folder, rules: ignore().add(readFileSync(join(folder, '.gitignore'), 'utf8')) }]
  } catch {
    return [] // none there, or not one that can be read: as a file to sync it is then a fault of its own
  }
}
