import { Fail } from '../../errors.ts'
import { startingAnew } from '../run/interrupted.ts'
import type { Session } from '../session.ts'
import { evaluateModel, judgeStored, type EvaluatedVersion } from './evaluate.ts'
import { evaluateData, evaluateOutputs, evaluateText, writeEvidence } from './evaluate-report.ts'
import { type ModelSession } from './open.ts'
import { namedVersion, openModels } from './chosen.ts'

/** What came of one model. */
interface Ended {
  model: ModelSession
  result?: EvaluatedVersion
  failure?: Fail
}

/** Every model has its turn, whatever becomes of the others; the first failure is the command's. */
export const eachModel = async <T>(
  { run }: Session,
  models: readonly ModelSession[],
  work: (model: ModelSession) => Promise<T>,
): Promise<{ model: ModelSession; result?: T; failure?: Fail }[]> => {
  const ended: { model: ModelSession; result?: T; failure?: Fail }[] = []
  for (const model of models)
    try {
      ended.push({ model, result: await work(model) })
    } catch (error) {
      if (!(error instanceof Fail) || run.world.stop.aborted) throw error
      if (models.length > 1) {
        const text = `${model.policy.key}: ${error.message}`
        run.emit({ type: 'notice', level: 'warning', text, hint: error.hint })
      }
      ended.push({ model, failure: error })
    }
  return ended
}

/** A failed check is a failure where the policy enforces; results that are still to come are none. */
export const refusalOf = (
  { policy }: ModelSession,
  { verdict, version, place }: EvaluatedVersion,
): Fail | undefined => {
  if (verdict.verdict !== 'failed' || verdict.mode !== 'enforce') return undefined
  const failed = verdict.checks.filter(({ status }) => status === 'failed')
  const why = failed.map(({ check, why: because }) => (because ? `${check}: ${because}` : check)).join('; ')
  return new Fail('GATE_REFUSED', { model: policy.name, version: version.version, place, why })
}

const nothingStored = ({ policy }: ModelSession): string =>
  `${policy.key}: no version was evaluated yet: \`brickrail evaluate\``

const report = ({ run }: Session, ended: readonly Ended[]): void => {
  const known = ended.flatMap(({ model, result }) => (result ? [{ model, result }] : []))
  const data = {
    models: ended.map(({ model, result, failure }) => {
      if (result) return evaluateData(model, result)
      const failed = failure ? { code: failure.code, message: failure.message } : {}
      return { model: model.policy.key, verdict: null, ...failed }
    }),
    outputs: evaluateOutputs(known),
  }
  const text = ended.map(({ model, result, failure }) => {
    if (result) return evaluateText(model, result)
    return failure ? `${model.policy.key}: ${failure.message}` : nothingStored(model)
  })
  run.emit({ type: 'result', data, text: text.join('\n') })
}

const evaluate = async (session: Session): Promise<void> => {
  const stored = session.run.values['stored'] === true
  const models = await openModels(session)
  const version = namedVersion(session, models)
  const ended: Ended[] = await eachModel(session, models, async (model) => {
    if (stored) return await judgeStored(model, version)
    const result = await evaluateModel(model, version)
    await writeEvidence(model, result)
    return result
  }).then((all) =>
    all.map(({ model, result, failure }) => ({
      model,
      ...(result ? { result } : {}),
      ...(failure ? { failure } : {}),
    })),
  )
  report(session, ended)
  // What was evaluated earlier is shown: a merge request that is to make it better need not be red because of it.
  const refused = stored
    ? []
    : ended.flatMap(({ model, result }) => (result && refusalOf(model, result)) ?? [])
  const [first] = [...ended.flatMap(({ failure }) => failure ?? []), ...refused]
  if (first) throw first
}

/**
 * Evaluate the candidates of the chosen models, or judge what is stored of them.
 * @throws Fail GATE_REFUSED when a check has failed, and what evaluateModel() throws
 */
export const evaluateAll = async (session: Session): Promise<void> => {
  try {
    await evaluate(session)
  } catch (error) {
    throw startingAnew(error)
  }
}
