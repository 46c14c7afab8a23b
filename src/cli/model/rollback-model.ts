import { Fail } from '../../errors.ts'
import type { PromotionRecord } from '../../ledger/promotion.ts'
import { versionsText } from '../../plan/model-hits.ts'
import { type ModelSession } from './open.ts'
import type { Session } from '../session.ts'
import { observeHolders } from './observe.ts'
import { forModels, optionsOf } from './promote-all.ts'
import { bring, freeRecords, type Promoted, type PromoteOptions } from './promote.ts'
import { promotionsOf } from './record.ts'
import { namedVersion, onePolicy } from './chosen.ts'

/**
 * The versions that production had, oldest first, without those that were rolled back from: going back twice goes back twice,
 * and not to the version that the first time has left.
 */
export const productionStack = (records: readonly PromotionRecord[]): string[] => {
  const stack: string[] = []
  for (const { status, promotion } of records.toReversed()) {
    if (status !== 'done' || promotion.place !== 'production') continue
    const { action, version } = promotion
    const at = stack.indexOf(version)
    if (action === 'rollback' && at >= 0) stack.length = at + 1
    else {
      if (at >= 0) stack.splice(at, 1)
      stack.push(version)
    }
  }
  return stack
}

/** Versions that a promotion or a rollback has brought to production. */
const broughtThere = (records: readonly PromotionRecord[]): Set<string> =>
  new Set(
    records.flatMap(({ status, promotion }) =>
      status === 'done' && promotion.place === 'production' ? promotion.version : [],
    ),
  )

/**
 * Versions that production ever had, also those that people had put there before Brickrail was asked about them: not those that it
 * has never let through, whoever has put them there.
 */
const everThere = (records: readonly PromotionRecord[]): Set<string> => {
  const here = records.filter(({ promotion }) => promotion.place === 'production')
  const stopped = new Set(
    here.flatMap(({ status, promotion }) =>
      status === 'refused' || status === 'waiting' || status === 'rejected' ? promotion.version : [],
    ),
  )
  const found = here.flatMap(({ promotion }) => promotion.from).filter((version) => !stopped.has(version))
  return new Set([...found, ...broughtThere(records)])
}

const nothing = (model: string, hint?: string): Fail =>
  new Fail('NOTHING_TO_RESTORE', { model, place: 'production', ...(hint === undefined ? {} : { hint }) })

/** @throws Fail NOTHING_TO_RESTORE for a version that was never in production: a rollback is no way around the gate */
const checkNamed = (
  { policy }: ModelSession,
  records: readonly PromotionRecord[],
  version: string,
): string => {
  const there = everThere(records)
  if (there.has(version)) return version
  const known = there.size === 0 ? 'no version was' : `versions that were: ${[...there].join(', ')}`
  throw nothing(policy.name, `version ${version} was never in production; ${known}`)
}

const hintFor = (records: readonly PromotionRecord[], now: readonly string[]): string | undefined => {
  if (now.length > 1) return `${versionsText(now)} are both there: --version names the one that stays`
  const gone = [...everThere(records)].filter((version) => !now.includes(version))
  const done = broughtThere(records)
  const told = [
    { versions: gone.filter((version) => !done.has(version)), how: 'was there, not by a promotion' },
    { versions: gone.filter((version) => done.has(version)), how: 'was there, and was left since' },
  ].flatMap(({ versions, how }) => (versions.length === 0 ? [] : [`version ${versions.join(' or ')} ${how}`]))
  return told.length === 0 ? undefined : `${told.join('; ')}: --version names the one to take`
}

/** @throws Fail NOTHING_TO_RESTORE */
const versionBefore = async (
  model: ModelSession,
  records: readonly PromotionRecord[],
  now: readonly string[],
): Promise<string> => {
  const { registry, policy, session } = model
  const stack = productionStack(records)
  const top = stack.findLastIndex((version) => now.includes(version))
  const earlier = stack.slice(0, top < 0 ? stack.length : top).filter((version) => !now.includes(version))
  for (const version of earlier.toReversed()) {
    if (await registry.version(policy.name, version)) return version
    const text = `version ${version} of ${policy.name} was deleted: going back further`
    session.run.emit({ type: 'notice', level: 'warning', text })
  }
  throw nothing(policy.name, hintFor(records, now))
}

const rollbackOne = async (
  model: ModelSession,
  options: PromoteOptions,
  named: string | undefined,
): Promise<Promoted> => {
  const { policy, registry, session } = model
  // All of them: a version of long ago may be the one to go back to.
  await freeRecords(model, options)
  const records = await promotionsOf(model)
  const { production } = await observeHolders(registry, policy.name, 'production')
  const version =
    named === undefined ? await versionBefore(model, records, production) : checkNamed(model, records, named)
  session.run.emit({ type: 'notice', level: 'info', text: `${policy.key}: back to version ${version}` })
  const asked = {
    model: policy.name,
    action: options.action,
    place: options.place,
    version,
    archive: policy.archive,
  }
  return await bring(model, asked, records, options)
}

/** @throws Fail NOTHING_TO_RESTORE, and whatever bring() throws */
export const rollbackModel = async (session: Session): Promise<void> => {
  // What serves is changed without a gate: the model has to be said where there are several.
  onePolicy(session)
  const options = optionsOf(session, 'rollback', 'production')
  await forModels(session, 'production', (model) =>
    rollbackOne(model, options, namedVersion(session, [model])),
  )
}
