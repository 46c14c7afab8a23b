import { allRecords, type ClusterRecord } from '../../src/emulator/cluster/record.ts'
import { allJobs } from '../../src/emulator/jobs/rows.ts'
import type { Store } from '../../src/emulator/server/store.ts'
import { isHeld } from '../../src/ledger/lease.ts'
import { decodeRecord, numberOf, type DeploymentRecord } from '../../src/ledger/record.ts'
import { ownerOf } from '../../src/plan/marker.ts'

/** Watches a workspace from beside: `look` after every call, and read `broken` in the end. */
export interface Probe {
  /** @param now of the clients' clock, ms since 1970 */
  look(now: number, after: string): void
  broken: string[]
}

export interface Watched {
  store: Store
  /** The synced folder. */
  root: string
  /** Objects that are there before and after, as `path TYPE`: they must be there all the time. */
  lasting: readonly string[]
  /** There may be a time without a cluster: it was asked for. */
  gap: boolean
  /** The folder may become empty: it was asked for. */
  emptied: boolean
}

const objectsBelow = (store: Store, root: string): Set<string> =>
  new Set(
    store
      .all<{ path: string; type: string }>(
        "SELECT path, type FROM objects WHERE path LIKE ? || '/%' AND type <> 'DIRECTORY'",
        root,
      )
      .map(({ path, type }) => `${path} ${type}`),
  )

/** Every record of every ledger, oldest first. */
export const recordsIn = (store: Store): DeploymentRecord[] =>
  store
    .all<{ path: string; bytes: Uint8Array }>(
      "SELECT path, bytes FROM objects JOIN contents USING (id) WHERE path LIKE '/Shared/.brickrail/%' ORDER BY path",
    )
    .filter(({ path }) => numberOf(path) !== undefined)
    .map(({ path, bytes }) => decodeRecord(path, bytes))

const working = new Set(['RUNNING', 'RESTARTING', 'RESIZING'])

const usableKeys = (clusters: readonly ClusterRecord[]): Set<string> =>
  new Set(clusters.filter(({ state }) => working.has(state)).map(({ spec }) => ownerOf(spec)?.key ?? ''))

const danglingJobs = (store: Store, clusters: readonly ClusterRecord[]): string[] => {
  const ids = new Set(clusters.map(({ cluster_id }) => cluster_id))
  const used = allJobs(store).flatMap(({ settings }) => [
    settings.existing_cluster_id,
    ...(settings.tasks ?? []).map(({ existing_cluster_id }) => existing_cluster_id),
  ])
  return used.filter((id) => id !== undefined && !ids.has(id)).map(String)
}

export const createProbe = ({ store, root, lasting, gap, emptied }: Watched): Probe => {
  const broken = new Set<string>()
  const keys = new Set<string>()
  let filled = false
  const expect = (holds: boolean, what: string, after: string) => {
    if (!holds) broken.add(`${what}, after ${after}`)
  }
  return {
    look: (now, after) => {
      const files = objectsBelow(store, root)
      expect(files.size > 0 || !filled || emptied, `${root} is empty`, after)
      filled ||= files.size > 0
      for (const object of lasting) expect(files.has(object), `${object} is gone`, after)
      const clusters = allRecords(store)
      const usable = usableKeys(clusters)
      for (const key of keys) expect(usable.has(key) || gap, `no cluster ${key} is usable`, after)
      for (const key of usable) keys.add(key)
      const dangling = danglingJobs(store, clusters)
      expect(dangling.length === 0 || gap, `a job uses ${dangling.join(', ')}, which is gone`, after)
      const held = recordsIn(store).filter((record) => isHeld(record, now, () => false))
      expect(held.length < 2, `${held.map(({ number }) => number).join(' and ')} are both held`, after)
    },
    get broken() {
      return [...broken]
    },
  }
}
