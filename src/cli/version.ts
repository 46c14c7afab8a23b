import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The nearest folder above that holds a package.json: the source tree and dist/ are of different depth. */
const findRoot = (folder: string): string =>
  existsSync(join(folder, 'package.json')) ? folder : findRoot(dirname(folder))

/** Absolute folder of the installed package. */
export const packageRoot: string = findRoot(dirname(fileURLToPath(import.meta.url)))

const readVersion = (): string => {
  const manifest = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { version: string }
  return manifest.version
}

export const version: string = readVersion()
