import type { LoggedModel, LoggedModelStatus, LoggedModelInfo } from '../../wire/logged-models.ts'
import type { LifecycleStage } from '../../wire/tracking.ts'
import { grouped, shown, valuesOf } from '../mlflow/sets.ts'
import type { Call } from '../server/call.ts'
import { absent } from '../server/refused.ts'
import type { Store } from '../server/store.ts'
import { metricColumns, showMetric, type StoredMetric } from './metrics.ts'

export interface ModelRow {
  id: string
  experiment: string
  name: string
  artifact_uri: string
  created: number
  updated: number
  status: LoggedModelStatus
  type: string
  /** The run that made it; empty: none. */
  run: string
  stage: LifecycleStage
}

export const modelColumns =
  'm.id, m.experiment, m.name, m.artifact_uri, m.created, m.updated, m.status, m.type, m.run, m.stage'

const ofFace = `SELECT ${modelColumns} FROM mlflow_models m JOIN mlflow_experiments e ON e.id = m.experiment
  WHERE m.id = ? AND e.face = ?`

/** A deleted one too: only `get` and the search do not see it. @throws Refused 404 when this face has no such model */
export const neededModel = ({ db, face }: Call, id: string): ModelRow => {
  const found = db.get<ModelRow>(ofFace, id, face)
  if (found === undefined) throw absent(`Logged model with ID '${id}' not found.`)
  return found
}

export const addModel = ({ db }: Call, model: ModelRow): void => {
  const { id, experiment, name, artifact_uri, created, updated, status, type, run, stage } = model
  db.run(
    'INSERT INTO mlflow_models (id, experiment, name, artifact_uri, created, updated, status, type, run, stage) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    id,
    experiment,
    name,
    artifact_uri,
    created,
    updated,
    status,
    type,
    run,
    stage,
  )
}

const infoOf = (row: ModelRow): LoggedModelInfo => ({
  model_id: row.id,
  experiment_id: row.experiment,
  name: row.name,
  creation_timestamp_ms: row.created,
  last_updated_timestamp_ms: row.updated,
  artifact_uri: row.artifact_uri,
  status: row.status,
  model_type: row.type,
  source_run_id: row.run,
})

interface MetricRow extends StoredMetric {
  owner: string
  run: string
  dataset: string | null
  digest: string | null
}

const metricsOf = `SELECT owner, run, dataset, digest, ${metricColumns} FROM mlflow_model_metrics x
  WHERE owner IN (SELECT value FROM json_each(?)) ORDER BY owner, key, x.at, x.step`

const showModelMetric = (row: MetricRow) => ({
  ...showMetric(row),
  model_id: row.owner,
  run_id: row.run,
  ...(row.dataset === null ? {} : { dataset_name: row.dataset }),
  ...(row.digest === null ? {} : { dataset_digest: row.digest }),
})

export const showModels = (db: Store, rows: readonly ModelRow[]): LoggedModel[] => {
  const ids = rows.map(({ id }) => id)
  const params = valuesOf(db, 'mlflow_model_params', ids)
  const tags = valuesOf(db, 'mlflow_model_tags', ids)
  const metrics = grouped(db.all<MetricRow>(metricsOf, JSON.stringify(ids)))
  return rows.map((row) => {
    const own = {
      tags: shown(tags.get(row.id)),
      params: shown(params.get(row.id)),
      metrics: metrics.get(row.id),
    }
    return {
      info: { ...infoOf(row), ...(own.tags === undefined ? {} : { tags: own.tags }) },
      data: {
        ...(own.params === undefined ? {} : { params: own.params }),
        ...(own.metrics === undefined ? {} : { metrics: own.metrics.map(showModelMetric) }),
      },
    }
  })
}

export const showModel = (call: Call, id: string): LoggedModel => {
  const [model] = showModels(call.db, [neededModel(call, id)])
  if (model === undefined) throw absent(`Logged model with ID '${id}' not found.`)
  return model
}
