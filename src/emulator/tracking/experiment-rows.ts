import type { Experiment, LifecycleStage } from '../../wire/tracking.ts'
import { shown, valuesOf } from '../mlflow/sets.ts'
import type { Call, Face } from '../server/call.ts'
import { nextId } from '../server/clock.ts'
import { absent, badValue } from '../server/refused.ts'
import type { Store } from '../server/store.ts'

export interface ExperimentRow {
  id: string
  name: string
  /** Where the artifacts of its runs go. */
  location: string
  stage: LifecycleStage
  created: number
  updated: number
}

export const experimentColumns = 'e.id, e.name, e.location, e.stage, e.created, e.updated'
const ofFace = `SELECT ${experimentColumns} FROM mlflow_experiments e WHERE e.face = ?`

const insert = (db: Store, face: Face, row: ExperimentRow): number =>
  db.run(
    'INSERT OR IGNORE INTO mlflow_experiments (face, id, name, location, stage, created, updated) VALUES (?, ?, ?, ?, ?, ?, ?)',
    face,
    row.id,
    row.name,
    row.location,
    row.stage,
    row.created,
    row.updated,
  )

const roots: Readonly<Record<Face, string>> = {
  databricks: 'dbfs:/databricks/mlflow-tracking/',
  mlflow: 'mlflow-artifacts:/',
}

/** A plain MLflow server has an experiment 0 that nobody made; a workspace has none. Safe to repeat. */
export const seedExperiments = (db: Store, now: number): void => {
  const id = '0'
  const location = `${roots.mlflow}${id}`
  insert(db, 'mlflow', { id, name: 'Default', location, stage: 'active', created: now, updated: now })
}

/** Small numbers on a plain server, int64 on Databricks: they never meet. */
const newId = ({ db, face }: Call): string => {
  if (face === 'databricks') return nextId(db)
  const last = 'SELECT max(CAST(id AS INTEGER)) AS id FROM mlflow_experiments WHERE face = ?'
  return `${(db.get<{ id: number | null }>(last, face)?.id ?? 0) + 1}`
}

/** Its id; `undefined` when the name is taken, be it by a deleted one. */
export const addExperiment = (call: Call, name: string, location: string | undefined): string | undefined => {
  const id = newId(call)
  const row = {
    id,
    name,
    location: location ?? `${roots[call.face]}${id}`,
    created: call.now,
    updated: call.now,
  }
  return insert(call.db, call.face, { ...row, stage: 'active' }) > 0 ? id : undefined
}

export const experimentNamed = ({ db, face }: Call, name: string): ExperimentRow | undefined =>
  db.get<ExperimentRow>(`${ofFace} AND e.name = ?`, face, name)

/** @throws Refused 404, or 400 for what cannot be an id */
export const neededExperiment = ({ db, face }: Call, id: string): ExperimentRow => {
  if (!/^\d{1,20}$/.test(id))
    throw badValue(`Invalid experiment ID '${id}'. Experiment ID must be a valid integer.`)
  const found = db.get<ExperimentRow>(`${ofFace} AND e.id = ?`, face, id)
  if (found === undefined) throw absent(`No Experiment with id=${id} exists`)
  return found
}

/** @throws Refused 400 INVALID_PARAMETER_VALUE when it is deleted */
export const activeExperiment = (call: Call, id: string): ExperimentRow => {
  const found = neededExperiment(call, id)
  if (found.stage === 'active') return found
  throw badValue(`The experiment ${id} must be in the 'active' state. Current state is ${found.stage}.`)
}

export const showExperiments = ({ db }: Call, rows: readonly ExperimentRow[]): Experiment[] => {
  const tags = valuesOf(
    db,
    'mlflow_experiment_tags',
    rows.map(({ id }) => id),
  )
  return rows.map(({ id, name, location, stage, created, updated }) => {
    const own = shown(tags.get(id))
    return {
      experiment_id: id,
      name,
      artifact_location: location,
      lifecycle_stage: stage,
      creation_time: created,
      last_update_time: updated,
      ...(own === undefined ? {} : { tags: own }),
    }
  })
}
