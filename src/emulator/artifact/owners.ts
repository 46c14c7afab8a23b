/** Whose files: where runs and logged models of this face keep them. */
import type { Call } from '../server/call.ts'
import { neededText, type Loose } from '../server/read.ts'
import { absent } from '../server/refused.ts'

const find = ({ db, face }: Call, table: 'mlflow_runs' | 'mlflow_models', id: string): string | undefined => {
  const query = `SELECT artifact_uri FROM ${table} WHERE id = ? AND experiment IN (SELECT id FROM mlflow_experiments WHERE face = ?)`
  return db.get<{ artifact_uri: string }>(query, id, face)?.artifact_uri
}

/**
 * Artifact folder of a run, a deleted one too.
 * @throws Refused 404 when this face has no such run, 400 without an id
 */
export const runUri = (call: Call, input: Loose<{ run_id: string; run_uuid: string }>): string => {
  const id = neededText(input.run_id ?? input.run_uuid, 'run_id')
  const uri = find(call, 'mlflow_runs', id)
  if (uri === undefined) throw absent(`Run with id=${id} not found`)
  return uri
}

/** The same of a logged model. */
export const modelUri = (call: Call, input: Loose<{ model_id: string }>): string => {
  const id = neededText(input.model_id, 'model_id')
  const uri = find(call, 'mlflow_models', id)
  if (uri === undefined) throw absent(`Logged model with ID '${id}' not found.`)
  return uri
}
