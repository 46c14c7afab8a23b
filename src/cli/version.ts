import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The package's folder: two levels above in the source tree, three in dist/. */
const findRoot = (): string => {
  const here = fileURLToPath(new URL('.', import.meta.url))
  return here.includes('/dist/')
    ? new URL('../../../', import.meta.url).pathname
    : new URL('../../', import.meta.url).pathname
}

/** Absolute folder of the installed package, with a slash at the end. */
export const packageRoot: string = findRoot()

const readVersion = (): string => {
  const manifest = JSON.parse(readFileSync(`${packageRoot}package.json`, 'utf8')) as { version: string }
  return manifest.version
}

export const version: string = readVersion()
