import type { Store } from '../../src/emulator/server/store.ts'
import { isHeld } from '../../src/ledger/lease.ts'
import type { PromotionRecord } from '../../src/ledger/promotion.ts'
import { numberOf } from '../../src/ledger/record.ts'
import type { Probe } from './probe.ts'

/** Every promotion record, oldest first; read beside the emulator, so that no state counts as shown. */
export const promotionsIn = (store: Store): PromotionRecord[] =>
  store
    .all<{ path: string; bytes: Uint8Array }>(
      "SELECT path, bytes FROM objects JOIN contents USING (id) WHERE path LIKE '/Shared/.brickrail/%/models/%' ORDER BY path",
    )
    .filter(({ path }) => numberOf(path) !== undefined)
    .map(({ bytes }) => JSON.parse(Buffer.from(bytes).toString('utf8')) as PromotionRecord)

interface Holder {
  /** `stage Production`, `alias champion` */
  name: string
  version: string
}

const holdersIn = (store: Store): Holder[] => [
  ...store.all<Holder>(
    "SELECT 'stage ' || stage AS name, CAST(number AS TEXT) AS version FROM model_versions WHERE stage = 'Production'",
  ),
  ...store.all<Holder>(
    "SELECT 'alias ' || alias AS name, CAST(number AS TEXT) AS version FROM model_aliases WHERE alias = 'champion'",
  ),
]

/** Brought there by somebody whom the gate had let through. */
const isLetThrough = (records: readonly PromotionRecord[], version: string): boolean =>
  records.some(
    ({ promotion, status }) =>
      promotion.place === 'production' &&
      promotion.version === version &&
      promotion.verdict === 'passed' &&
      !['refused', 'waiting', 'rejected'].includes(status),
  )

/**
 * Looks after every call: never two versions at a name of production, never none where there was one, never one whose verdict did
 * not pass, never two locks.
 */
export const createModelProbe = (store: Store): Probe => {
  const broken = new Set<string>()
  const filled = new Set(holdersIn(store).map(({ name }) => name))
  const check = (holds: boolean, what: string, after: string) => {
    if (!holds) broken.add(`${what}, after ${after}`)
  }
  return {
    look: (now, after) => {
      const [holders, records] = [holdersIn(store), promotionsIn(store)]
      for (const { name } of holders) filled.add(name)
      for (const name of filled) {
        const there = holders.filter((one) => one.name === name)
        check(there.length === 1, `${name} has ${there.length} versions`, after)
      }
      for (const { name, version } of holders)
        check(isLetThrough(records, version), `version ${version} at ${name} was never let through`, after)
      const held = records.filter((record) => isHeld(record, now, () => false))
      check(held.length < 2, `${held.map(({ number }) => number).join(' and ')} are both held`, after)
    },
    get broken() {
      return [...broken]
    },
  }
}
