import type { Fail } from '../../errors.ts'
import { startingAnew } from '../run/interrupted.ts'
import type { Session } from '../session.ts'
import { openModels } from './chosen.ts'
import { eachModel } from './evaluate-command.ts'
import { outputName } from './evaluate-report.ts'
import type { ModelSession } from './open.ts'
import { trainModel, trainOptions, trainRule, type Trained } from './train.ts'

interface Ended {
  model: ModelSession
  result?: Trained
  failure?: Fail
}

const dataOf = ({ model: { policy }, result, failure }: Ended): Record<string, unknown> => ({
  model: policy.key,
  name: policy.name,
  version: result?.candidate.version ?? null,
  mlflow_run: result?.candidate.runId ?? null,
  run_id: result?.followed.run.run_id ?? null,
  url: result?.followed.run.run_page_url ?? null,
  ...(failure ? { code: failure.code, message: failure.message } : {}),
})

const textOf = ({ model: { policy }, result, failure }: Ended): string => {
  if (failure) return `${policy.key}: ${failure.message}`
  if (!result) return `${policy.key}: nothing trained`
  const { candidate, followed } = result
  const from = candidate.runId === undefined ? '' : `, of run ${candidate.runId}`
  return `${policy.key}: trained by run ${followed.run.run_id}; the candidate is version ${candidate.version}${from}`
}

const outputsOf = (ended: readonly Ended[]): Record<string, string> =>
  Object.fromEntries(
    ended.flatMap(({ model, result }) =>
      result ? [[`${outputName(model.policy.key)}_version`, result.candidate.version]] : [],
    ),
  )

const report = ({ run }: Session, ended: readonly Ended[], text: readonly string[]): void => {
  const data = { models: ended.map(dataOf), outputs: outputsOf(ended) }
  run.emit({ type: 'result', data, text: [...ended.map(textOf), ...text].join('\n') })
}

/** Models that are trained elsewhere are left out; one that was named must say how. */
const trainable = async (session: Session): Promise<{ models: ModelSession[]; others: string[] }> => {
  const all = await openModels(session)
  const models = all.filter(({ policy }) => policy.train !== undefined)
  const named = (session.run.lists['model'] ?? []).some((name) => name.trim() !== '')
  const others = all.filter((one) => !models.includes(one))
  if (named) for (const { policy } of others) trainRule(policy)
  return {
    models,
    others: others.map(({ policy }) => `${policy.key}: its policy has no train, so it is trained elsewhere`),
  }
}

/**
 * Train the chosen models, one after the other.
 * @throws Fail see trainModel()
 */
export const trainAll = async (session: Session): Promise<void> => {
  try {
    const options = trainOptions(session)
    const { models, others } = await trainable(session)
    const ended = await eachModel(session, models, (model) => trainModel(model, options))
    report(session, ended, others)
    const [first] = ended.flatMap(({ failure }) => failure ?? [])
    if (first) throw first
  } catch (error) {
    throw startingAnew(error)
  }
}
