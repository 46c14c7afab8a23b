import type { Store } from '../server/store.ts'

const sleepers = new WeakMap<Store, () => void>()

/** What installs libraries on that workspace: it is told when a cluster starts, or a library is wanted. */
export const onWake = (db: Store, work: () => void): void => void sleepers.set(db, work)

/** Look whether there is something to install, after the transaction that this is called in. */
export const wake = (db: Store): void => {
  const work = sleepers.get(db)
  if (work !== undefined) setImmediate(work)
}
