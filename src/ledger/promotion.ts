import type { Databricks } from '../client/databricks.ts'
import { formatJson } from '../http/json.ts'
import type { Promotion, PromotionStatus } from '../plan/state-model.ts'
import { promotionsFolder } from './model-places.ts'
import { readRecords } from './read.ts'
import { decodeJson, type Journal, type JournalRecord, type LedgerPlace } from './record.ts'

/**
 * One promotion, rollback, refusal or rejection of a model version. `failed` has changed nothing; `interrupted` may have: the next
 * run looks.
 */
export interface PromotionRecord extends JournalRecord<PromotionStatus> {
  promotion: Promotion
}

/** The promotions of one model; `key` is that under `models:`. */
export const promotions = (place: LedgerPlace, key: string): Journal<PromotionRecord> => ({
  kind: 'promotion',
  folder: promotionsFolder(place, key),
  subject: `model ${key} in ${place.target}`,
  unlock: `brickrail unlock --model ${key} --force`,
  encode: (record) => Buffer.from(formatJson(record, 1)),
  decode: (path, bytes) => decodeJson('promotion', path, bytes) as PromotionRecord,
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
