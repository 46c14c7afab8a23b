import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The nearest folder above that holds a package.json: the source tree and dist/ are of different depth. */
const findRoot = (folder: string): string =>
  existsSync(join(folder, 'package.json')) ? folder : findRoot(dirname(folder))

const folder = join(findRoot(dirname(fileURLToPath(import.meta.url))), 'src', 'compute', 'harness')

/** Absolute folder of the Python files that run the code of runs. */
export const harness = (): string => folder
