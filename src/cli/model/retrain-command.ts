import type { Fail } from '../../errors.ts'
import { startingAnew } from '../run/interrupted.ts'
import type { Session } from '../session.ts'
import { openModels } from './chosen.ts'
import { eachModel } from './evaluate-command.ts'
import { outputName, writeEvidence } from './evaluate-report.ts'
import type { ModelSession } from './open.ts'
import { retrainModel, type Retrained } from './retrain.ts'
import { trainOptions } from './train.ts'

interface Ended {
  model: ModelSession
  result?: Retrained
  failure?: Fail
}

const dataOf = ({ model: { policy }, result, failure }: Ended): Record<string, unknown> => ({
  model: policy.key,
  name: policy.name,
  reasons: result?.reasons ?? [],
  retrained: result?.trained !== undefined,
  version: result?.evaluated?.version.version ?? null,
  verdict: result?.evaluated?.verdict.verdict ?? null,
  outcome: result?.promoted?.outcome ?? null,
  ...(failure ? { code: failure.code, message: failure.message } : {}),
})

const report = ({ run }: Session, ended: readonly Ended[]): void => {
  const outputs = Object.fromEntries(
    ended.flatMap(({ model, result }) => {
      const version = result?.evaluated?.version.version
      return version === undefined ? [] : [[`${outputName(model.policy.key)}_version`, version]]
    }),
  )
  const retrained = ended.filter(({ result }) => result?.trained !== undefined).length
  const data = { models: ended.map(dataOf), outputs: { ...outputs, retrained } }
  const text = ended.map(
    ({ model, result, failure }) => result?.text ?? `${model.policy.key}: ${failure?.message ?? ''}`,
  )
  run.emit({ type: 'result', data, text: text.join('\n') })
}

/**
 * Retrain those of the chosen models that ask for it.
 * @throws Fail see retrainModel()
 */
export const retrainAll = async (session: Session): Promise<void> => {
  try {
    const options = trainOptions(session)
    const models = await openModels(session)
    const ended = await eachModel(session, models, async (model) => {
      const result = await retrainModel(model, options)
      if (result.evaluated) await writeEvidence(model, result.evaluated)
      return result
    })
    report(session, ended)
    const [first] = ended.flatMap(({ failure }) => failure ?? [])
    if (first) throw first
  } catch (error) {
    throw startingAnew(error)
  }
}
