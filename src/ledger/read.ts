import type { Databricks } from '../client/databricks.ts'
import { Fail } from '../errors.ts'
import type { LedgerTail } from '../plan/state.ts'
import type { Int64 } from '../wire/endpoint.ts'
import {
  decodeRecord,
  ledgerFolder,
  numberOf,
  recordPath,
  type DeploymentRecord,
  type LedgerPlace,
} from './record.ts'

/** The newest records, back to the newest done one, newest first. */
export interface LedgerView {
  tail: LedgerTail
  records: DeploymentRecord[]
}

interface Listed {
  number: number
  modifiedAt: Int64 | undefined
}

const listNumbers = async (client: Databricks, place: LedgerPlace): Promise<Listed[]> => {
  const objects = (await client.workspace.children(ledgerFolder(place.project, place.target))) ?? []
  return objects
    .flatMap(({ path, modified_at }) => {
      const number = numberOf(path)
      return number === undefined ? [] : [{ number, modifiedAt: modified_at }]
    })
    .sort((a, b) => b.number - a.number)
}

/**
 * One record; undefined when there is none of that number.
 * @throws Fail LEDGER_UNREADABLE when it is there and not readable
 */
export const findRecord = async (
  client: Databricks,
  place: LedgerPlace,
  number: number,
): Promise<DeploymentRecord | undefined> => {
  const path = recordPath(place, number)
  const read = async () => {
    const bytes = await client.workspace.read(path)
    return bytes === undefined ? undefined : decodeRecord(path, bytes)
  }
  try {
    return await read()
  } catch (error) {
    if (!(error instanceof Fail) || error.code !== 'LEDGER_UNREADABLE') throw error
    // Raw bytes do not show that an answer was cut off: only a second look tells that from a broken record.
    return await read()
  }
}

/**
 * One record that must be there.
 * @throws Fail LEDGER_UNREADABLE
 */
export const readRecord = async (
  client: Databricks,
  place: LedgerPlace,
  number: number,
): Promise<DeploymentRecord> => {
  const record = await findRecord(client, place, number)
  if (record) return record
  throw new Fail('LEDGER_UNREADABLE', { path: recordPath(place, number), why: 'it is gone' })
}

/** What the next deployment must know of the earlier ones: two requests, one more per run that died. */
export const readLedger = async (client: Databricks, place: LedgerPlace): Promise<LedgerView> => {
  const listed = await listNumbers(client, place)
  const records: DeploymentRecord[] = []
  const tail: LedgerTail = { number: listed[0]?.number ?? 0, unsettled: [] }
  for (const { number, modifiedAt } of listed) {
    const record = await readRecord(client, place, number)
    records.push(record)
    if (record.status === 'done') {
      if (record.state) tail.state = record.state
      if (modifiedAt !== undefined) tail.closedAt = modifiedAt
      break
    }
    const { touches: paths, lost, attempts } = record
    tail.unsettled.push({
      number,
      paths,
      ...(lost ? { lost } : {}),
      ...(attempts ? { attempts } : {}),
    })
  }
  return { tail, records }
}

/** Every record, newest first. */
export const readHistory = async (
  client: Databricks,
  place: LedgerPlace,
  limit: number,
): Promise<DeploymentRecord[]> => {
  const listed = await listNumbers(client, place)
  return await Promise.all(listed.slice(0, limit).map(({ number }) => readRecord(client, place, number)))
}
