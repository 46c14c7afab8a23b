import type { VersionInfo } from '../../plan/state-registry.ts'
import { count } from '../../report/text.ts'
import { evaluateModel, type EvaluatedVersion } from './evaluate.ts'
import { refusalOf } from './evaluate-command.ts'
import { measure } from './evaluator.ts'
import { championOf } from './evidence.ts'
import { observeHolders } from './observe.ts'
import type { ModelSession } from './open.ts'
import { bring, freeRecords, type Promoted } from './promote.ts'
import { versionGone } from './register.ts'
import { ageDays, ageReason, failureReasons, ofChampions } from './retrain-reasons.ts'
import { trainModel, type TrainOptions, type Trained } from './train.ts'

export interface Retrained {
  /** Why; empty: there was no reason, and `text` says so. */
  reasons: string[]
  trained?: Trained
  evaluated?: EvaluatedVersion
  promoted?: Promoted
  text: string
}

/** ms: another promotion takes seconds. */
const longestLock = 300_000
const longestRegistration = 600_000

const championIn = async (model: ModelSession): Promise<VersionInfo | undefined> => {
  const { registry, policy } = model
  if ((await registry.model(policy.name)) === undefined) return undefined
  const number = championOf(await observeHolders(registry, policy.name, 'production'))
  if (number === undefined) return undefined
  const found = await registry.version(policy.name, number)
  if (found === undefined) throw versionGone(model, number)
  return found
}

const hasBounds = ({ policy }: ModelSession): boolean => ofChampions(policy).checks.metrics.length > 0

const brokenBounds = async (model: ModelSession, champion: VersionInfo): Promise<string[]> => {
  const { policy } = model
  const { evaluation: rule, retrain } = policy
  if (rule === undefined || retrain?.whenChampionFails !== true || !hasBounds(model)) return []
  return failureReasons(policy, champion, await measure(model, rule, champion.version))
}

const still = ({ policy, session }: ModelSession, champion: VersionInfo): string => {
  const age = ageDays(champion, session.run.world.clock.now())
  const allowed = policy.retrain?.maxAgeDays
  const old = age === undefined ? 'of unknown age' : `${count(age, 'day')} old`
  const of = allowed === undefined ? '' : ` (${allowed} are allowed)`
  return `${policy.key}: nothing to do: the champion, version ${champion.version}, is ${old}${of} and breaks no bound of its policy`
}

/** Of the cheap reasons first: a run on a cluster is needed only when none of them holds. */
const reasonsOf = async (model: ModelSession): Promise<{ reasons: string[]; champion?: VersionInfo }> => {
  const { policy, session } = model
  const champion = await championIn(model)
  if (champion === undefined) return { reasons: ['there is no champion'] }
  const old = ageReason(champion, policy.retrain?.maxAgeDays, session.run.world.clock.now())
  return { reasons: old === undefined ? await brokenBounds(model, champion) : [old], champion }
}

/** To Staging, if the policy's path leads there; Production is for people to decide. */
const promoteToStaging = async (model: ModelSession, version: string): Promise<Promoted> => {
  const { policy, session } = model
  const lockEnd = session.run.world.clock.now() + longestLock
  const options = {
    action: 'promote',
    place: 'staging',
    timeoutMs: longestRegistration,
    lockEnd,
    dry: false,
  } as const
  const records = await freeRecords(model, options)
  const asked = {
    model: policy.name,
    action: 'promote',
    place: 'staging',
    version,
    archive: policy.archive,
  } as const
  return await bring(model, asked, records, options)
}

/**
 * Train, evaluate and promote to Staging, where the champion asks for it: it is too old, it breaks the bounds of its policy on the
 * rows of today, or there is none.
 * @throws Fail what training, evaluation and promotion throw; GATE_REFUSED when the new model is no better
 */
export const retrainModel = async (model: ModelSession, options: TrainOptions): Promise<Retrained> => {
  const { policy, session } = model
  if (policy.retrain === undefined)
    return { reasons: [], text: `${policy.key}: nothing to do: its policy has no retrain` }
  const { reasons, champion } = await reasonsOf(model)
  if (reasons.length === 0 && champion) return { reasons, text: still(model, champion) }
  const why = reasons.join('; ')
  session.run.emit({ type: 'notice', level: 'info', text: `${policy.key} is trained again: ${why}` })
  // What the champion once logged was measured on the data of then: by the rule of the policy it might be the best for ever.
  const trained = await trainModel(model, options, 'fresh')
  const evaluated = await evaluateModel(model, trained.candidate.version)
  const refusal = refusalOf(model, evaluated)
  if (refusal) throw refusal
  const { version } = evaluated.version
  if (!policy.path.includes('staging'))
    return {
      reasons,
      trained,
      evaluated,
      text: `${policy.key}: version ${version} is trained and evaluated (${why}); the path of its policy has no staging`,
    }
  const promoted = await promoteToStaging(model, version)
  return { reasons, trained, evaluated, promoted, text: `${policy.key}: ${why}; ${promoted.text}` }
}
