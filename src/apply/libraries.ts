import { Fail } from '../errors.ts'
import { poll } from '../http/poll.ts'
import { canonical } from '../plan/canonical.ts'
import { libraryName, skippedText } from '../plan/libraries.ts'
import type { Library, LibraryFullStatus } from '../wire/libraries.ts'
import type { Run } from './cluster.ts'
import { idOf } from './context.ts'

export const install: Run<'libraries.install'> = async (context, { cluster, libraries }) => {
  await context.client.libraries.install({ cluster_id: idOf(context, cluster), libraries })
}

export const uninstall: Run<'libraries.uninstall'> = async (context, { cluster, libraries }) => {
  const cluster_id = idOf(context, cluster)
  await context.client.libraries.uninstall({ cluster_id, libraries })
  const { library_statuses } = await context.client.libraries.clusterStatus({ cluster_id })
  const gone = new Set(libraries.map(canonical))
  const left = (library_statuses ?? []).filter(
    ({ library, status }) => gone.has(canonical(library)) && status !== 'UNINSTALL_ON_RESTART',
  )
  if (left.length > 0)
    throw new Fail('NOT_APPLIED', {
      what: `still wanted on ${cluster.key}: ${left.map(describe).join('; ')}`,
    })
}

const isBad = ({ status }: LibraryFullStatus): boolean => status === 'FAILED' || status === 'SKIPPED'
const isSettled = (status: LibraryFullStatus): boolean =>
  isBad(status) || status.status === 'INSTALLED' || status.status === 'RESTORED'

/** The statuses of the awaited libraries; one that is not listed yet is PENDING. */
const awaited = (
  libraries: readonly Library[],
  statuses: readonly LibraryFullStatus[],
): LibraryFullStatus[] => {
  const found = new Map(statuses.map((status) => [canonical(status.library), status]))
  return libraries.map((library) => found.get(canonical(library)) ?? { library, status: 'PENDING' })
}

const describe = ({ library, status, messages }: LibraryFullStatus): string =>
  `${libraryName(library)} ${status}${messages?.length ? `: ${messages.join(' ')}` : ''}`

const installed = (statuses: readonly LibraryFullStatus[]): number =>
  statuses.filter(({ status }) => status === 'INSTALLED' || status === 'RESTORED').length

const unsettled = (statuses: readonly LibraryFullStatus[]): string =>
  statuses
    .filter((status) => !isSettled(status))
    .map(describe)
    .join(', ')

/** One that was SKIPPED has no fault: something is missing where the cluster runs. */
const hintFor = (bad: readonly LibraryFullStatus[]): { hint?: string } => {
  const skipped = bad.filter(({ status }) => status === 'SKIPPED')
  if (skipped.length === 0) return {}
  const what = skipped.some(({ library }) => library.cran) ? 'R' : 'what it says is missing'
  const hint = `for SKIPPED: install ${what} where the cluster runs, take the library out, or allow it (\`skipped: allow\` beside the cluster's \`libraries.file\`)`
  return {
    hint: skipped.length === bad.length ? hint : `fix the name or version of those that FAILED; ${hint}`,
  }
}

/**
 * Wait until every library is INSTALLED. One that FAILED or was SKIPPED is not there: the job must not be green, unless the
 * project allows for SKIPPED ones; then they are told of.
 * @throws Fail LIBRARY_FAILED with the messages of all that failed, TIMEOUT
 */
export const wait: Run<'libraries.wait'> = async (context, { cluster, libraries, skipped }, progress) => {
  const cluster_id = idOf(context, cluster)
  const statuses = await poll({
    read: async () => {
      await context.claim.pulse()
      const { library_statuses } = await context.client.libraries.clusterStatus({ cluster_id })
      const all = awaited(libraries, library_statuses ?? [])
      progress.detail(unsettled(all), installed(all), libraries.length)
      return all
    },
    done: (all) => all.every(isSettled),
    state: unsettled,
    what: `${libraries.length} libraries on ${cluster.key}`,
    hint: 'raise --timeout, or look at the driver log: pip may be waiting for a package index that it cannot reach',
    timeoutMs: context.timeouts.libraries,
    clock: context.clock,
    stop: context.stop,
  })
  const allowed = statuses.filter(({ status }) => status === 'SKIPPED' && skipped === 'allow')
  for (const status of allowed) progress.warn(skippedText(status))
  const bad = statuses.filter((status) => isBad(status) && !allowed.includes(status))
  if (bad.length === 0) return
  context.failed.set(
    cluster_id,
    bad.map(({ library }) => library),
  )
  const list = bad.map(describe).join('; ')
  throw new Fail('LIBRARY_FAILED', { count: bad.length, name: cluster.key, list, ...hintFor(bad) })
}
