import type { DatasetInput, MlflowRun, ModelIo } from '../../wire/tracking.ts'
import { grouped, shown, valuesOf } from '../mlflow/sets.ts'
import { asInt64 } from '../mlflow/read.ts'
import { stored } from '../server/json.ts'
import type { Store } from '../server/store.ts'
import { metricColumns, showMetric, type StoredMetric } from './metrics.ts'
import { infoOf, type RunRow } from './run-rows.ts'

const these = 'owner IN (SELECT value FROM json_each(?))'
const latest = `SELECT owner, ${metricColumns} FROM mlflow_latest WHERE ${these} ORDER BY owner, key`
const inputs = `SELECT owner, doc FROM mlflow_inputs WHERE ${these} ORDER BY owner, seq`
const models = `SELECT owner, kind, model, CAST(step AS TEXT) AS step FROM mlflow_run_models WHERE ${these} ORDER BY owner, seq`

interface ModelRow {
  owner: string
  kind: 'input' | 'output'
  model: string
  step: string
}

/** A member that is left out when its list is. */
const unlessEmpty = <Key extends string, Item>(
  key: Key,
  list: Item[] | undefined,
): { [Name in Key]?: Item[] } =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a computed key
  (list === undefined || list.length === 0 ? {} : { [key]: list }) as { [Name in Key]?: Item[] }

const inputOf = ({ model }: ModelRow): ModelIo => ({ model_id: model })
const outputOf = ({ model, step }: ModelRow): ModelIo => ({ model_id: model, step: asInt64(step) })

/** Runs with what was logged to them: a fixed number of queries for any number of runs. */
export const showRuns = (db: Store, rows: readonly RunRow[]): MlflowRun[] => {
  const ids = rows.map(({ id }) => id)
  const wanted = JSON.stringify(ids)
  const params = valuesOf(db, 'mlflow_params', ids)
  const tags = valuesOf(db, 'mlflow_tags', ids)
  const metrics = grouped(db.all<StoredMetric & { owner: string }>(latest, wanted))
  const datasets = grouped(db.all<{ owner: string; doc: string }>(inputs, wanted))
  const used = grouped(db.all<ModelRow>(models, wanted))
  return rows.map((row) => {
    const own = used.get(row.id) ?? []
    const ofKind = (kind: ModelRow['kind']) => own.filter((model) => model.kind === kind)
    return {
      info: infoOf(row),
      data: {
        ...unlessEmpty('metrics', metrics.get(row.id)?.map(showMetric)),
        ...unlessEmpty('params', shown(params.get(row.id))),
        ...unlessEmpty('tags', shown(tags.get(row.id))),
      },
      inputs: {
        ...unlessEmpty(
          'dataset_inputs',
          datasets.get(row.id)?.map(({ doc }) => stored<DatasetInput>(doc)),
        ),
        ...unlessEmpty('model_inputs', ofKind('input').map(inputOf)),
      },
      outputs: unlessEmpty('model_outputs', ofKind('output').map(outputOf)),
    }
  })
}

/** One run. */
export const showRun = (db: Store, row: RunRow): MlflowRun => {
  const [run] = showRuns(db, [row])
  return run ?? { info: infoOf(row), data: {} }
}
