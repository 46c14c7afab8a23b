import type { Databricks } from '../client/databricks.ts'
import { Fail } from '../errors.ts'
import type { LedgerTail } from '../plan/state.ts'
import type { Int64 } from '../wire/endpoint.ts'
import {
  deployments,
  numberOf,
  recordPath,
  type DeploymentRecord,
  type Journal,
  type JournalName,
  type JournalRecord,
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

/** Newest first. */
const listNumbers = async (client: Databricks, { folder }: JournalName): Promise<Listed[]> => {
  const objects = (await client.workspace.children(folder)) ?? []
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
export const findIn = async <R extends JournalRecord>(
  client: Databricks,
  journal: Journal<R>,
  number: number,
): Promise<R | undefined> => {
  const path = recordPath(journal, number)
  const read = async () => {
    const bytes = await client.workspace.read(path)
    return bytes === undefined ? undefined : journal.decode(path, bytes)
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
const readIn = async <R extends JournalRecord>(
  client: Databricks,
  journal: Journal<R>,
  number: number,
): Promise<R> => {
  const record = await findIn(client, journal, number)
  if (record) return record
  throw new Fail('LEDGER_UNREADABLE', {
    kind: journal.kind,
    path: recordPath(journal, number),
    why: 'it is gone',
  })
}

/** The newest records of a journal, newest first; all of them without a limit. */
export const readRecords = async <R extends JournalRecord>(
  client: Databricks,
  journal: Journal<R>,
  limit = Infinity,
): Promise<R[]> => {
  const listed = await listNumbers(client, journal)
  return await Promise.all(listed.slice(0, limit).map(({ number }) => readIn(client, journal, number)))
}

/** @throws Fail LEDGER_UNREADABLE when it is there and not readable */
export const findRecord = async (
  client: Databricks,
  place: LedgerPlace,
  number: number,
): Promise<DeploymentRecord | undefined> => await findIn(client, deployments(place), number)

/** @throws Fail LEDGER_UNREADABLE */
export const readRecord = async (
  client: Databricks,
  place: LedgerPlace,
  number: number,
): Promise<DeploymentRecord> => await readIn(client, deployments(place), number)

/** What the next deployment must know of the earlier ones: two requests, one more per run that died. */
export const readLedger = async (client: Databricks, place: LedgerPlace): Promise<LedgerView> => {
  const listed = await listNumbers(client, deployments(place))
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

/** The newest deployments, newest first. */
export const readHistory = async (
  client: Databricks,
  place: LedgerPlace,
  limit: number,
): Promise<DeploymentRecord[]> => await readRecords(client, deployments(place), limit)
