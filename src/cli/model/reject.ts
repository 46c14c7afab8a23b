import { Fail } from '../../errors.ts'
import type { Promotion } from '../../plan/state-model.ts'
import type { Place } from '../../plan/state-policy.ts'
import type { Session } from '../session.ts'
import { asked } from './approve.ts'
import { subject } from './approve-judge.ts'
import { evidenceTags } from './bundle.ts'
import { emptyAsAbsent, type ModelSession } from './open.ts'
import { recordOutcome } from './record.ts'
import type { Holders, VersionInfo } from '../../plan/state-registry.ts'
import { count } from '../../report/text.ts'
import { movementOf } from './promote-judge.ts'

/** What `promote` takes for «no», until the version is evaluated anew. */
export const rejected = 'rejected'

/**
 * Each call closes one request; somebody may file a new one meanwhile.
 * @returns how many were closed
 */
const rejectRequests = async (
  { registry, policy }: ModelSession,
  version: string,
  place: Place,
  reason: string,
): Promise<number> => {
  const { requests } = registry
  if (requests === undefined) return 0
  const open = async () =>
    (await requests.list(policy.name, version)).filter((one) => one.place === place).length
  const before = await open()
  for (let left = before, calls = 0; left > 0 && calls < before; calls += 1) {
    await requests.reject(policy.name, version, place, reason)
    left = await open()
  }
  return before
}

const promotionOf = (
  model: ModelSession,
  place: Place,
  { version, holders }: { version: VersionInfo; holders: Holders },
  reason: string,
): Promotion => {
  const evidence = version.tags[evidenceTags.evidence]
  const commit = version.tags[evidenceTags.commit]
  return {
    action: 'reject',
    ...movementOf(model, { place, version, holders }),
    approvers: [],
    reason,
    ...(evidence === undefined ? {} : { evidence }),
    ...(commit === undefined ? {} : { commit }),
  }
}

/**
 * Say no: open transition requests are rejected, the version is marked, and the ledger keeps who and why. What serves stays.
 * @throws Fail USAGE, NO_CANDIDATE, MODEL_NOT_FOUND
 */
export const reject = async (session: Session): Promise<void> => {
  const { run } = session
  const reason = emptyAsAbsent(run.values['reason'])
  if (reason === undefined)
    throw new Fail('USAGE', { what: '--reason is empty', hint: 'say why, for those who ask later' })
  const { model, place, version: named } = await asked(session)
  const found = await subject(model, place, named)
  const { version } = found
  const { policy, registry } = model
  if (found.holders[place].includes(version.version))
    throw new Fail('USAGE', {
      what: `version ${version.version} of ${policy.name} is in ${place} already`,
      hint: `to take it out: \`brickrail rollback-model --model ${policy.key}\``,
    })
  const closed = await rejectRequests(model, version.version, place, reason)
  const marked = version.tags[evidenceTags.verdict] !== rejected
  if (marked) await registry.setVersionTag(policy.name, version.version, evidenceTags.verdict, rejected)
  const promotion = promotionOf(model, place, found, reason)
  const number = await recordOutcome(model, { status: 'rejected', promotion })
  const changed = closed > 0 || marked || number !== undefined
  const title = `version ${version.version} of ${policy.name} to ${place}`
  run.emit({
    type: 'result',
    data: {
      model: policy.key,
      version: version.version,
      place,
      outcome: changed ? 'rejected' : 'unchanged',
      requests: closed,
      record: number ?? null,
      reason,
    },
    text: changed
      ? `rejected: ${title}; ${count(closed, 'open request')} closed; it stays rejected until it is evaluated anew`
      : `${title} was rejected already: nothing changed, nothing touched`,
  })
}
