import type { LifecycleStage, MlflowRunStatus, RunInfo } from '../../wire/tracking.ts'
import { asInt64 } from '../mlflow/read.ts'
import type { Call } from '../server/call.ts'
import { absent, badValue } from '../server/refused.ts'

/** Times are decimal text, which is exact. */
export interface RunRow {
  id: string
  experiment: string
  name: string
  user: string
  status: MlflowRunStatus
  started: string | null
  ended: string | null
  stage: LifecycleStage
  artifact_uri: string
}

export const runColumns =
  'r.id, r.experiment, r.name, r.user, r.status, CAST(r.started AS TEXT) AS started, CAST(r.ended AS TEXT) AS ended, r.stage, r.artifact_uri'

const ofFace = `SELECT ${runColumns} FROM mlflow_runs r JOIN mlflow_experiments e ON e.id = r.experiment WHERE r.id = ? AND e.face = ?`

export const findRun = ({ db, face }: Call, id: string): RunRow | undefined =>
  db.get<RunRow>(ofFace, id, face)

/** @throws Refused 404 when this face has no such run */
export const neededRun = (call: Call, id: string): RunRow => {
  const found = findRun(call, id)
  if (found === undefined) throw absent(`Run with id=${id} not found`)
  return found
}

/** One that can be written to. @throws Refused 404, or 400 INVALID_PARAMETER_VALUE when it is deleted */
export const activeRun = (call: Call, id: string): RunRow => {
  const found = neededRun(call, id)
  if (found.stage === 'active') return found
  throw badValue(`The run ${id} must be in the 'active' state. Current state is ${found.stage}.`)
}

export const addRun = ({ db }: Call, run: RunRow): void => {
  const { id, experiment, name, user, status, started, ended, stage, artifact_uri } = run
  db.run(
    'INSERT INTO mlflow_runs (id, experiment, name, user, status, started, ended, stage, artifact_uri) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
    id,
    experiment,
    name,
    user,
    status,
    started,
    ended,
    stage,
    artifact_uri,
  )
}

/** `run_name` and the tag `mlflow.runName` are one. */
export const runNameTag = 'mlflow.runName'

export const nameRun = ({ db }: Call, id: string, name: string): void => {
  db.run('UPDATE mlflow_runs SET name = ? WHERE id = ?', name, id)
  db.run('INSERT OR REPLACE INTO mlflow_tags VALUES (?, ?, ?)', id, runNameTag, name)
}

export const infoOf = (row: RunRow): RunInfo => ({
  run_id: row.id,
  run_uuid: row.id,
  run_name: row.name,
  experiment_id: row.experiment,
  user_id: row.user,
  status: row.status,
  ...(row.started === null ? {} : { start_time: asInt64(row.started) }),
  ...(row.ended === null ? {} : { end_time: asInt64(row.ended) }),
  artifact_uri: row.artifact_uri,
  lifecycle_stage: row.stage,
})
