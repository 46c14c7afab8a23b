import { join } from 'node:path'

/** This checkout: where the built Brickrail is, and the sample project. */
export const checkout = join(import.meta.dirname, '..', '..', '..')

/** Environments of the workspace, and the tools that build packages: made once for all suites, and kept. */
export const cache = join(checkout, '.cache', 'compute')

const needed = /^(LANG|(PIP|UV)_.*|(HTTPS?|NO)_PROXY)$/i

/** What a machine has that runs jobs: nothing of this one but the way to PyPI, and the cache. */
export const machine: Readonly<Record<string, string>> = Object.fromEntries([
  ...Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && needed.test(entry[0]),
  ),
  ['BRICKRAIL_CACHE', cache],
])
