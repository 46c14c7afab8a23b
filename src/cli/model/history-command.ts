import { readPromotions } from '../../ledger/promotion.ts'
import type { Session } from '../session.ts'
import { promotionData, promotionsTable, readMoment, whoWas, whoWasText } from './history.ts'
import { chosenPolicies, emptyAsAbsent } from './open.ts'

/**
 * `history --model M`, and with `--at` who was where at a moment.
 * @throws Fail USAGE
 */
export const modelHistory = async (session: Session, limit: number): Promise<void> => {
  const { run, client, place } = session
  const { target } = place
  const moment = emptyAsAbsent(run.values['at'])
  const at = moment === undefined ? undefined : readMoment(moment)
  const [policy] = chosenPolicies(session, [emptyAsAbsent(run.values['model']) ?? ''])
  const key = policy?.key ?? ''
  const records = await readPromotions(client, place, key, at === undefined ? limit : undefined)
  if (at === undefined) {
    const data = { target, model: key, promotions: records.map(promotionData) }
    return run.emit({ type: 'result', data, text: promotionsTable(key, records) })
  }
  const who = whoWas(key, records, at)
  run.emit({ type: 'result', data: { target, model: key, ...who }, text: whoWasText(key, who) })
}
