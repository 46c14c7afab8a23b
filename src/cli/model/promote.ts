import { Fail } from '../../errors.ts'
import type { PromotionRecord } from '../../ledger/promotion.ts'
import { planPromotion } from '../../plan/model.ts'
import type { ModelPlan, ModelScene, Promotion, PromotionAsked } from '../../plan/state-model.ts'
import type { Place } from '../../plan/state-policy.ts'
import { currentOwner } from '../owner.ts'
import { askForApproval } from './approvals.ts'
import type { ModelSession } from './open.ts'
import { canOf, observeScene } from './observe.ts'
import { carryOut, checkOwner, type Planned } from './promote-apply.ts'
import { askGate, failing, promotionOf, type Judged, type Question } from './promote-judge.ts'
import { settleOutside } from './promote-outside.ts'
import { settle } from './promote-settle.ts'
import { planText } from './promote-text.ts'
import { readyVersion } from './promote-version.ts'
import { busyWith, promotionsOf, recordOutcome } from './record.ts'

export interface PromoteOptions {
  action: ModelPlan['action']
  place: Place
  comment?: string
  /** ms; how long a version may take to become READY. */
  timeoutMs: number
  /** ms since 1970; until then another run is waited for. */
  lockEnd: number
  /** Reads only. */
  dry: boolean
}

/** What came of it; whatever refuses it is thrown. */
export interface Promoted {
  outcome: 'promoted' | 'unchanged' | 'planned' | 'left'
  version: string
  /** Of the record. */
  number?: number
  plan?: ModelPlan
  verdict?: Judged['verdict']
  text: string
}

/** Each is a request; older ones are read where the newest do not tell enough. */
const recordsRead = 20

/**
 * The records of the model, once nobody else promotes it and what a dead run has left is settled.
 * @throws Fail LOCKED
 */
export const freeRecords = async (
  model: ModelSession,
  { lockEnd, dry }: Pick<PromoteOptions, 'lockEnd' | 'dry'>,
): Promise<readonly PromotionRecord[]> => {
  const { clock, stop } = model.session.run.world
  for (;;) {
    const records = await promotionsOf(model, recordsRead)
    const busy = busyWith(model, records)
    if (dry) {
      if (busy)
        model.session.run.emit({ type: 'notice', level: 'warning', text: busy.message, hint: busy.hint })
      return records
    }
    if (!busy) return await settle(model, records)
    if (clock.now() >= lockEnd) throw busy
    model.session.run.emit({ type: 'notice', level: 'info', text: `waiting: ${busy.message}` })
    await clock.sleep(Math.min(10_000, Math.max(1000, lockEnd - clock.now())), stop)
  }
}

/** With the older records too, where the newest leave open how the version, or who serves now, came to where it is. */
const tellingRecords = async (
  model: ModelSession,
  { place, version }: PromotionAsked,
  { holders }: ModelScene,
  newest: readonly PromotionRecord[],
): Promise<readonly PromotionRecord[]> => {
  const known = knownAt(newest, place)
  const path = place === 'production' ? knownAt(newest, 'staging') : [version]
  const told = path.includes(version) && holders[place].every((one) => known.includes(one))
  return told || newest.length < recordsRead ? newest : await promotionsOf(model)
}

/** Versions that the ledger has brought to the place. */
const knownAt = (records: readonly PromotionRecord[], place: Place): string[] =>
  records
    .filter(({ status, promotion }) => status === 'done' && promotion.place === place)
    .map(({ promotion }) => promotion.version)

const showPlan = ({ session }: ModelSession, { hits, warnings }: ModelPlan): void => {
  const { emit } = session.run
  for (const text of warnings) emit({ type: 'notice', level: 'warning', text })
  for (const text of hits) emit({ type: 'notice', level: 'info', text })
}

/**
 * Keep that it is not let through, and say so. In the modes that only warn that is no failure.
 * @throws Fail GATE_REFUSED, APPROVAL_MISSING
 */
const refuse = async (model: ModelSession, question: Question, judged: Judged): Promise<Promoted> => {
  const { policy } = model
  const { place, version } = question
  const { verdict, bundle, missing } = judged
  const { obstacle } = verdict
  const names = { version: version.version, model: policy.name, place }
  if (obstacle === 'mode') {
    const text = `${place} of ${policy.name} is left as it is: ${verdict.why}`
    return { outcome: 'left', version: version.version, verdict, text }
  }
  const promotion = promotionOf(model, question, judged, verdict.why)
  if (obstacle !== 'waiting') {
    await recordOutcome(model, { status: 'refused', promotion })
    throw new Fail('GATE_REFUSED', { ...names, why: failing(judged) })
  }
  const hint = bundle
    ? await askForApproval(model, version, place, bundle.digest, missing)
    : 'evaluate first: `brickrail evaluate`'
  await recordOutcome(model, { status: 'waiting', promotion })
  throw new Fail('APPROVAL_MISSING', { ...names, count: missing, hint })
}

/**
 * This identity may not move it; where the registry has requests, somebody who may can be asked.
 * @throws Fail APPROVAL_MISSING, or that it is denied
 */
const askOthers = async (
  { registry, policy }: ModelSession,
  { asked, comment }: Planned,
  denied: Fail,
): Promise<never> => {
  const { requests } = registry
  const { version, place, action } = asked
  if (!requests || action === 'rollback') throw denied
  const open = await requests.list(policy.name, version)
  if (!open.some((one) => one.place === place)) await requests.create(policy.name, version, place, comment)
  const hint = `this identity may not move it (${denied.message}); a transition request is filed: have somebody approve it who may manage ${registry.label(place)}`
  throw new Fail('APPROVAL_MISSING', { version, model: policy.name, place, count: 1, hint })
}

const commentOf = async (
  { session }: ModelSession,
  { action }: PromoteOptions,
  { bundle }: Judged,
  own: string | undefined,
): Promise<string> => {
  const { actor, pipelineUrl, commit } = await currentOwner(session.run.world, session.project.root)
  const { project, target } = session.place
  return [
    `Brickrail ${action} of ${project}/${target} by ${actor}`,
    // Not the whole digest: a request whose comment holds it counts as an approval.
    ...(bundle ? [`evidence ${bundle.digest.slice(0, 12)}`] : []),
    ...(commit === undefined ? [] : [`commit ${commit}`]),
    ...(pipelineUrl === undefined ? [] : [pipelineUrl]),
    ...(own === undefined ? [] : [own]),
  ].join('\n')
}

const already = (
  { policy }: ModelSession,
  { place, version }: PromotionAsked,
  { holders }: ModelScene,
): Promoted | undefined => {
  // A place before the one that it serves: to move it back would leave nobody there.
  const beyond = place === 'staging' && holders.production.includes(version) ? 'production' : undefined
  if (beyond === undefined) return undefined
  return {
    outcome: 'unchanged',
    version,
    text: `version ${version} of ${policy.name} is in ${beyond} already`,
  }
}

/**
 * observe -> judge -> plan -> lock -> steps -> read back -> record, for one version of one model.
 * @throws Fail GATE_REFUSED, APPROVAL_MISSING, CHAMPION_CHANGED, NOT_APPLIED, LOCKED, ALIAS_DANGLES, VERSION_NOT_READY, TIMEOUT
 */
export const bring = async (
  model: ModelSession,
  asked: PromotionAsked,
  newestRecords: readonly PromotionRecord[],
  options: PromoteOptions,
): Promise<Promoted> => {
  const { registry, policy } = model
  const { version, place, action } = asked
  const info = await readyVersion(model, version, options.timeoutMs)
  if (registry.setModelTag) checkOwner(model, (await registry.model(policy.name))?.tags ?? {})
  const scene = await observeScene(registry, policy.name, place, version)
  const records = await tellingRecords(model, asked, scene, newestRecords)
  const plan = planPromotion(asked, canOf(registry), scene, knownAt(records, place))
  const there = already(model, asked, scene)
  if (there) return there
  const question: Question = {
    action,
    place,
    version: info,
    holders: scene.holders,
    records,
    dry: options.dry,
  }
  if (plan.steps.length === 0) {
    const said = (await settleOutside(model, question)) ?? 'nothing changed, nothing touched'
    return { outcome: 'unchanged', version, text: `${plan.hits.join('')}: ${said}` }
  }
  const judged = await askGate(model, question)
  const { verdict } = judged
  if (options.dry) {
    const no = verdict.allows ? '' : `\n  ! it would not be let through: ${failing(judged)}`
    return { outcome: 'planned', version, plan, verdict, text: `${planText(plan)}${no}` }
  }
  if (!verdict.allows) return await refuse(model, question, judged)
  showPlan(model, plan)
  const promotion: Promotion = promotionOf(model, question, judged, options.comment)
  const comment = await commentOf(model, options, judged, options.comment)
  const newest = records[0]?.number ?? 0
  const planned = { asked, plan, promotion, newest, comment }
  const came = await carryOut(model, planned)
  if ('denied' in came) return await askOthers(model, planned, came.denied)
  const { number } = came
  const text = `version ${version} of ${policy.name} is in ${place} (${registry.label(place)}), record #${number}`
  return { outcome: 'promoted', version, number, plan, verdict, text }
}
