/** Python environments by library set, shared by all workspaces of a user. */
import { existsSync } from 'node:fs'
import type {
  Abilities,
  Compute,
  ComputeOptions,
  Environment,
  EnvironmentRequest,
  LibraryOutcome,
} from './compute.ts'
import { build } from './build.ts'
import { keyOf, openCache, type Cache } from './cache.ts'
import { pythonOf, rFolder, type Site } from './installer.ts'
import { isItem, readItems, type Item } from './item.ts'
import { indexesOf, installerVariables } from './variables.ts'

interface Workshop {
  options: ComputeOptions
  abilities: Abilities
  cache: Cache
  /** Ends everything that is being installed. */
  closing: AbortSignal
}

type Terms = Pick<EnvironmentRequest, 'offlineIsSkipped' | 'signal'>

const siteOf = ({ options, abilities }: Workshop, folder: string, signal: AbortSignal): Site => ({
  folder,
  python: pythonOf(folder),
  uv: abilities.uv,
  env: installerVariables(options.env),
  signal,
})

const environmentIn = (folder: string, outcomes: LibraryOutcome[]): Environment => ({
  python: pythonOf(folder),
  outcomes,
  ...(existsSync(rFolder(folder)) ? { rLibs: rFolder(folder) } : {}),
})

const allInstalled = (items: readonly Item[]): LibraryOutcome[] =>
  items.map(({ library }) => ({ library, status: 'INSTALLED', messages: [] }))

/** Find or build the environment of these items. With a failure nothing is kept: only a complete set has an environment. */
const ensure = async (
  workshop: Workshop,
  base: { path: string; version: string },
  items: readonly Item[],
  terms: Terms & { signal: AbortSignal },
): Promise<{ folder?: string; outcomes: LibraryOutcome[] }> => {
  const { cache, options } = workshop
  const identities = items.map(({ identity }) => identity)
  const key = keyOf([base.version, base.path, ...indexesOf(options.env)], identities)
  const known = cache.find(key)
  if (known !== undefined) return { folder: known, outcomes: allInstalled(items) }
  return await cache.locked(key, terms.signal, async () => {
    const made = cache.find(key)
    if (made !== undefined) return { folder: made, outcomes: allInstalled(items) }
    const folder = cache.begin(key)
    let good = false
    try {
      const outcomes = await build(siteOf(workshop, folder, terms.signal), base.path, items, terms)
      if (outcomes.some(({ status }) => status !== 'INSTALLED')) return { outcomes }
      cache.complete(folder, { python: base.version, libraries: identities })
      good = true
      return { folder, outcomes }
    } finally {
      if (!good) cache.discard(folder)
    }
  })
}

/** The largest set that installs, with an outcome for every item. */
const settle = async (
  workshop: Workshop,
  base: { path: string; version: string },
  items: readonly Item[],
  terms: Terms & { signal: AbortSignal },
): Promise<{ folder: string; outcomes: LibraryOutcome[] }> => {
  const { folder, outcomes } = await ensure(workshop, base, items, terms)
  if (folder !== undefined) return { folder, outcomes }
  const bad = outcomes.filter(({ status }) => status !== 'INSTALLED')
  const rest = items.filter((item) => !bad.some(({ library }) => library === item.library))
  const smaller = await settle(workshop, base, rest, terms)
  return { folder: smaller.folder, outcomes: [...bad, ...smaller.outcomes] }
}

const inOrder = (
  { libraries }: EnvironmentRequest,
  outcomes: readonly LibraryOutcome[],
): LibraryOutcome[] => {
  const found = new Map(outcomes.map((outcome) => [outcome.library, outcome]))
  return libraries.flatMap((library) => found.get(library) ?? [])
}

const makeEnvironment = async (workshop: Workshop, request: EnvironmentRequest): Promise<Environment> => {
  const { abilities, closing } = workshop
  request.onPhase?.('RESOLVING')
  const base = abilities.python
  if ('missing' in base) throw new Error(base.missing)
  const signal = AbortSignal.any([closing, ...(request.signal ? [request.signal] : [])])
  signal.throwIfAborted()
  const read = readItems(request, abilities)
  request.onPhase?.('INSTALLING')
  const items = read.filter(isItem)
  const { folder, outcomes } = await settle(workshop, base, items, { ...request, signal })
  const decided = read.flatMap((one) => (isItem(one) ? [] : [one]))
  return environmentIn(folder, inOrder(request, [...decided, ...outcomes]))
}

type Environments = Pick<Compute, 'environment' | 'abilities' | 'close'>

/**
 * Environments are found by their set of libraries (and the version of Python); each is made once, never changed, and never kept
 * when a library of it failed. `close` ends what is being installed; those who wait for it are told by a rejection.
 */
export const createEnvironments = (options: ComputeOptions, abilities: Abilities): Environments => {
  const closing = new AbortController()
  const workshop = { options, abilities, cache: openCache(options.cache), closing: closing.signal }
  const underWay = new Set<Promise<unknown>>()
  return {
    abilities,
    environment: async (request) => {
      const made = makeEnvironment(workshop, request)
      underWay.add(made)
      try {
        return await made
      } finally {
        underWay.delete(made)
      }
    },
    close: async () => {
      closing.abort(new Error('the workspace is being closed'))
      await Promise.allSettled(underWay)
    },
  }
}
