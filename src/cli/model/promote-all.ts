import { Fail } from '../../errors.ts'
import type { ModelPlan } from '../../plan/state-model.ts'
import type { Place } from '../../plan/state-policy.ts'
import { readSeconds } from '../args.ts'
import type { Session } from '../session.ts'
import { emptyAsAbsent, type ModelSession } from './open.ts'
import { bring, freeRecords, type Promoted, type PromoteOptions } from './promote.ts'
import { observeHolders } from './observe.ts'
import { candidateFor } from './promote-version.ts'
import { namedVersion, openModels } from './chosen.ts'

/** What came of one model. */
interface Ended {
  key: string
  promoted?: Promoted
  failure?: Fail
}

/** Exit codes, the least bad first: one that waits for people does not hide one that was refused. */
const badness: readonly number[] = [9, 6, 8, 7, 5, 4, 2]

const worst = (ended: readonly Ended[]): Fail | undefined =>
  ended
    .flatMap(({ failure }) => failure ?? [])
    .toSorted((a, b) => badness.indexOf(b.exit) - badness.indexOf(a.exit))[0]

const dataOf = ({ key, promoted, failure }: Ended): Record<string, unknown> =>
  promoted
    ? {
        model: key,
        version: promoted.version,
        outcome: promoted.outcome,
        record: promoted.number ?? null,
        ...(promoted.plan ? { plan: promoted.plan } : {}),
        ...(promoted.verdict ? { verdict: promoted.verdict } : {}),
      }
    : { model: key, outcome: 'failed', code: failure?.code, message: failure?.message, exit: failure?.exit }

/** Every declared model has its turn, whatever becomes of the others; with one, its failure is the command's. */
const each = async (
  session: Session,
  models: readonly ModelSession[],
  work: (model: ModelSession) => Promise<Promoted>,
): Promise<Ended[]> => {
  const ended: Ended[] = []
  for (const model of models) {
    const { key } = model.policy
    try {
      ended.push({ key, promoted: await work(model) })
    } catch (error) {
      if (!(error instanceof Fail) || models.length === 1 || error.code === 'INTERRUPTED') throw error
      ended.push({ key, failure: error })
      const text = `${key}: ${error.message}`
      session.run.emit({ type: 'notice', level: 'warning', text, hint: error.hint })
    }
  }
  return ended
}

const report = ({ run, project, place }: Session, to: Place, ended: readonly Ended[]): void => {
  const data = { project: project.name, target: place.target, to, models: ended.map(dataOf) }
  const text = ended
    .map(({ promoted, failure, key }) => promoted?.text ?? `${key}: ${failure?.message}`)
    .join('\n')
  run.emit({ type: 'result', data, text })
}

/**
 * Options of the command line that `promote` and `rollback-model` share.
 * @throws Fail USAGE
 */
export const optionsOf = ({ run }: Session, action: ModelPlan['action'], place: Place): PromoteOptions => {
  const comment = emptyAsAbsent(run.values['comment'])
  return {
    action,
    place,
    ...(comment === undefined ? {} : { comment }),
    timeoutMs: readSeconds(run.values, 'timeout') * 1000,
    lockEnd: run.world.clock.now() + readSeconds(run.values, 'lock-timeout') * 1000,
    dry: run.values['plan'] === true,
  }
}

const promoteOne = async (
  model: ModelSession,
  options: PromoteOptions,
  named: string | undefined,
): Promise<Promoted> => {
  const { policy, registry } = model
  const records = await freeRecords(model, options)
  const { place, action } = options
  const version =
    named ?? (await candidateFor(model, place, () => observeHolders(registry, policy.name, place)))
  const asked = { model: policy.name, action, place, version, archive: policy.archive }
  return await bring(model, asked, records, options)
}

/** Do it for the chosen models, report each, and fail as the worst of them has. */
export const forModels = async (
  session: Session,
  place: Place,
  work: (model: ModelSession) => Promise<Promoted>,
): Promise<void> => {
  const models = await openModels(session)
  namedVersion(session, models)
  const ended = await each(session, models, work)
  const failure = worst(ended)
  report(session, place, ended)
  if (failure) throw failure
}

/** @throws Fail of the table of exit codes: see bring() */
export const promoteAll = async (session: Session): Promise<void> => {
  const place = session.run.values['to'] === 'production' ? 'production' : 'staging'
  const options = optionsOf(session, 'promote', place)
  await forModels(session, place, (model) => promoteOne(model, options, namedVersion(session, [model])))
}
