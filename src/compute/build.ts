/** One build of an environment: all libraries at once, and one by one when that fails. */
import { mkdirSync } from 'node:fs'
import type { LibraryOutcome } from './compute.ts'
import { addPip, installPython, installR, makeVirtual, rFolder, type Site } from './installer.ts'
import type { Item } from './item.ts'
import type { Ran } from './program.ts'
import { messagesOf, networkTrouble, outOfReach } from './texts.ts'

/** `offlineIsSkipped`, see EnvironmentRequest. */
interface Terms {
  offlineIsSkipped: boolean
}

const failure = (item: Item, ran: Ran, { offlineIsSkipped }: Terms): LibraryOutcome => {
  const { library } = item
  const said = messagesOf(ran.output)
  if (ran.timedOut)
    return { library, status: 'FAILED', messages: ['it took longer than 20 minutes', ...said] }
  const trouble = isFull(ran.output) ? undefined : networkTrouble(ran.output)
  if (trouble === undefined) return { library, status: 'FAILED', messages: said }
  return {
    library,
    status: offlineIsSkipped ? 'SKIPPED' : 'FAILED',
    messages: [`${outOfReach} from this machine: ${trouble}`],
  }
}

const isFull = (output: string): boolean => /No space left on device|Disk quota exceeded|ENOSPC/.test(output)

const installed = ({ library }: Item): LibraryOutcome => ({ library, status: 'INSTALLED', messages: [] })

/** Items of one index are resolved together; an index of one's own belongs to that package only. */
const byIndex = (items: readonly Item[]): Item[][] => {
  const groups = new Map<string | undefined, Item[]>()
  for (const item of items) groups.set(item.repo, [...(groups.get(item.repo) ?? []), item])
  return [...groups.values()]
}

/**
 * In the order of addition, each together with those that are in already: the first one that does not go with them is the
 * one that fails. When the index is out of reach, it is not waited for again for every library.
 */
const oneByOne = async (
  site: Site,
  items: readonly Item[],
  all: Ran,
  terms: Terms,
): Promise<LibraryOutcome[]> => {
  const offline = networkTrouble(all.output) !== undefined
  const good: Item[] = []
  const outcomes: LibraryOutcome[] = []
  for (const item of items) {
    const ran = items.length === 1 ? all : await installPython(site, [...good, item], offline)
    if (ran.code === 0) good.push(item)
    outcomes.push(ran.code === 0 ? installed(item) : failure(item, offline ? all : ran, terms))
  }
  return outcomes
}

const installGroup = async (site: Site, items: Item[], terms: Terms): Promise<LibraryOutcome[]> => {
  const ran = await installPython(site, items, false)
  return ran.code === 0 ? items.map(installed) : await oneByOne(site, items, ran, terms)
}

/**
 * Make the environment in its folder and install everything. Outcomes are in no certain order.
 * @throws Error with pip's or uv's words when there is not even an empty environment; the reason of the signal
 */
export const build = async (
  site: Site,
  base: string,
  items: readonly Item[],
  terms: Terms,
): Promise<LibraryOutcome[]> => {
  const made = await makeVirtual(site, base)
  if (made.code !== 0)
    throw new Error(`no Python environment could be made: ${messagesOf(made.output).join(' ')}`)
  const outcomes: LibraryOutcome[] = []
  for (const group of byIndex(items.filter(({ how }) => how === 'python')))
    outcomes.push(...(await installGroup(site, group, terms)))
  for (const item of items.filter(({ how }) => how === 'r')) {
    mkdirSync(rFolder(site.folder), { recursive: true })
    const ran = await installR(site, item)
    outcomes.push(ran.code === 0 ? installed(item) : failure(item, ran, terms))
  }
  if (outcomes.every(({ status }) => status === 'INSTALLED')) await addPip(site)
  return outcomes
}
