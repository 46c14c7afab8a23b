import type { Databricks } from '../client/databricks.ts'
import { Fail } from '../errors.ts'
import { formatJson } from '../http/json.ts'
import type { Promotion, PromotionStatus } from '../plan/state-model.ts'
import { promotionsFolder } from './model-places.ts'
import { readRecords } from './read.ts'
import { decodeJson, numberOf, type Journal, type JournalRecord, type LedgerPlace } from './record.ts'

/**
 * One promotion, rollback, refusal or rejection of a model version. `failed` has changed nothing; `interrupted` may have: the next
 * run looks.
 */
export interface PromotionRecord extends JournalRecord<PromotionStatus> {
  promotion: Promotion
}

const isTexts = (value: unknown): boolean =>
  Array.isArray(value) && value.every((one) => typeof one === 'string')

/** @throws Fail LEDGER_UNREADABLE for JSON of another kind: nothing may be decided by half a record */
const decode = (path: string, bytes: Uint8Array): PromotionRecord => {
  const record = decodeJson('promotion', path, bytes) as PromotionRecord
  const { promotion, owner } = record as Partial<PromotionRecord>
  const names = [record.status, promotion?.action, promotion?.place, promotion?.version, record.startedAt]
  const isWhole = isTexts(names) && isTexts(promotion?.from) && Array.isArray(promotion?.approvers)
  if (isWhole && typeof owner === 'object' && record.number === numberOf(path)) return record
  throw new Fail('LEDGER_UNREADABLE', { kind: 'promotion', path, why: 'it is no promotion of that number' })
}

/** The promotions of one model; `key` is that under `models:`. */
export const promotions = (place: LedgerPlace, key: string): Journal<PromotionRecord> => ({
  kind: 'promotion',
  folder: promotionsFolder(place, key),
  subject: `model ${key} in ${place.target}`,
  unlock: `brickrail unlock --model ${key} --force`,
  encode: (record) => Buffer.from(formatJson(record, 1)),
  decode,
})

/**
 * Newest first.
 * @throws Fail LEDGER_UNREADABLE
 */
export const readPromotions = async (
  client: Databricks,
  place: LedgerPlace,
  key: string,
  limit?: number,
): Promise<PromotionRecord[]> => await readRecords(client, promotions(place, key), limit)
