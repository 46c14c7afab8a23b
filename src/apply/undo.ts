import type { Emit } from '../report/events.ts'
import { canonical } from '../plan/canonical.ts'
import type { Step } from '../plan/state.ts'
import type { Library } from '../wire/libraries.ts'
import type { ApplyContext } from './context.ts'

interface Undo {
  text: string
  run: () => Promise<unknown>
}

/** A replacement that did not come up must not stay beside the old cluster. Once something points to it, it is in use. */
const replacements = (context: ApplyContext, ran: readonly Step[]): Undo[] => {
  if (ran.some((step) => step.do === 'cluster.rewire-job' || step.do === 'cluster.remove')) return []
  return ran.flatMap((step) => {
    const id = step.do === 'cluster.create' ? context.created.get(step.key) : undefined
    if (step.do !== 'cluster.create' || step.onFailure !== 'remove' || id === undefined) return []
    const run = () => context.lastWords.clusters.permanentDelete({ cluster_id: id })
    return [
      { text: `${id}, the replacement that did not come up, is removed; the old cluster is as it was`, run },
    ]
  })
}

const librariesOf = (
  ran: readonly Step[],
  what: 'libraries.install' | 'libraries.uninstall',
  id: string,
): Library[] =>
  ran.flatMap((step) =>
    step.do === what && 'id' in step.cluster && step.cluster.id === id ? step.libraries : [],
  )

/** On a cluster that was there before, a failed library goes again, and the version that it was to replace comes back. */
const libraries = (context: ApplyContext, ran: readonly Step[]): Undo[] =>
  [...context.failed].flatMap(([id, failed]) => {
    const bad = new Set(failed.map((library) => canonical(library)))
    const added = librariesOf(ran, 'libraries.install', id).filter((library) => bad.has(canonical(library)))
    const removed = librariesOf(ran, 'libraries.uninstall', id)
    const { install, uninstall } = context.lastWords.libraries
    return [
      ...(added.length > 0
        ? [
            {
              text: `${added.length} failed libraries are marked for removal`,
              run: () => uninstall({ cluster_id: id, libraries: added }),
            },
          ]
        : []),
      ...(removed.length > 0
        ? [
            {
              text: `${removed.length} libraries that were to be replaced are installed again`,
              run: () => install({ cluster_id: id, libraries: removed }),
            },
          ]
        : []),
    ]
  })

/**
 * Take back what a failed lane has begun, as far as that leaves the workspace as it was.
 * @param ran the steps up to and with the one that failed
 */
export const undo = async (context: ApplyContext, ran: readonly Step[], emit: Emit): Promise<void> => {
  const all = [...replacements(context, ran), ...libraries(context, ran)]
  if (all.length === 0) return
  try {
    // Whoever has taken over may go on with what this run has created: then it is no longer ours to take back.
    await context.claim.check()
    for (const { text, run } of all) {
      await run()
      emit({ type: 'notice', level: 'info', text })
    }
  } catch {
    const text = 'what the failed step had begun could not be taken back'
    emit({ type: 'notice', level: 'warning', text, hint: 'the next run clears it up' })
  }
}
