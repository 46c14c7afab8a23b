import { Fail } from '../../errors.ts'
import type { MlflowRun } from '../../wire/tracking.ts'
import type { Session } from '../session.ts'
import { storedBundle } from './bundle.ts'
import type { Contender } from './compare-rank.ts'
import { loggedOf } from './lineage.ts'
import { measuresOf } from './models-row.ts'
import { emptyAsAbsent, type ModelSession } from './open.ts'

const paramsOf = (run: MlflowRun | undefined): Record<string, string> =>
  Object.fromEntries((run?.data.params ?? []).map(({ key, value }) => [key, value]))

const words = (text: string): string[] => [
  ...new Set(
    text
      .split(',')
      .map((word) => word.trim())
      .filter((word) => word !== ''),
  ),
]

const missing = (what: string, registry: string): Fail =>
  new Fail('MODEL_NOT_FOUND', { what, registry, hint: 'see `brickrail models`' })

const version = async (model: ModelSession, number: string): Promise<Contender> => {
  const { registry, policy, mlflow } = model
  const info = await registry.version(policy.name, number)
  if (info === undefined) throw missing(`version ${number} of ${policy.name}`, registry.title)
  const [bundle, run] = await Promise.all([
    storedBundle(model, info),
    info.runId === undefined ? undefined : mlflow.run(info.runId),
  ])
  const { metrics } = await measuresOf(model, info, bundle?.evidence)
  const dataset = bundle?.evidence.evaluation?.dataset
  const measuredOn = dataset && `${dataset.path}@${dataset.digest.slice(0, 12)}`
  return {
    name: `version ${number}`,
    metrics,
    params: paramsOf(run),
    ...(measuredOn === undefined ? {} : { measuredOn }),
  }
}

const ofRun = (run: MlflowRun): Contender => {
  const { run_id: id, run_name: name } = run.info
  return { name: name ? `${id} (${name})` : id, metrics: loggedOf(run), params: paramsOf(run) }
}

const run = async ({ mlflow }: ModelSession, id: string): Promise<Contender> => {
  const found = await mlflow.run(id)
  if (found === undefined) throw missing(`run ${id}`, 'the tracking server')
  return ofRun(found)
}

const experiment = async (
  { mlflow }: ModelSession,
  name: string,
  { filter, limit }: { filter: string | undefined; limit: number },
): Promise<Contender[]> => {
  const found = await mlflow.experimentNamed(name)
  if (found === undefined) throw missing(`the experiment ${name}`, 'the tracking server')
  const search = { experiment_ids: [found.experiment_id], order_by: ['attributes.start_time DESC'] }
  const runs = await mlflow.runs({ ...search, ...(filter === undefined ? {} : { filter }) }, limit)
  return runs.map(ofRun)
}

/**
 * What the command line wants compared: --versions, --runs or --experiment, one of them.
 * @param limit of runs of an experiment, newest first
 * @throws Fail USAGE, MODEL_NOT_FOUND
 */
export const contenders = async (
  { run: { values } }: Session,
  model: ModelSession,
  limit: number,
): Promise<Contender[]> => {
  const [versions, runs, name] = ['versions', 'runs', 'experiment'].map((flag) => emptyAsAbsent(values[flag]))
  const given = [versions, runs, name].filter((one) => one !== undefined)
  if (given.length !== 1)
    throw new Fail('USAGE', { what: 'one of --versions, --runs and --experiment is needed, and no two' })
  const filter = emptyAsAbsent(values['filter'])
  if (filter !== undefined && name === undefined)
    throw new Fail('USAGE', { what: '--filter goes with --experiment' })
  const odd = words(versions ?? '').find((word) => !/^[1-9]\d{0,17}$/.test(word))
  if (odd !== undefined) throw new Fail('USAGE', { what: `--versions: ${odd} is not a number` })
  if (name !== undefined) return await experiment(model, name, { filter, limit })
  const found = versions
    ? words(versions).map((one) => version(model, one))
    : words(runs ?? '').map((one) => run(model, one))
  return await Promise.all(found)
}
