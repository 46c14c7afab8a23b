/** What the source of a new version may be, and where it leads. Observed on MLflow 3.17.2. */
import type { KeyValue } from '../../wire/tracking.ts'
import type { Call, Face } from '../server/call.ts'
import { stored } from '../server/json.ts'
import { absent, badValue, Refused } from '../server/refused.ts'
import type { Store } from '../server/store.ts'
import { modelFor } from './access.ts'
import { versionAt } from './aliases.ts'
import { existingVersion, latestVersions, type VersionRecord } from './versions.ts'

/** Where a version comes from. Ids are '' when there are none. */
export interface Origin {
  readonly source: string
  /** Where the files are. */
  readonly location: string
  readonly run: string
  readonly logged: string
}

const invalid = (source: string, why: string) => badValue(`Invalid model version source: '${source}'. ${why}`)

const mustFit = (source: string, field: string) =>
  invalid(source, `The ${field} request parameter must identify the resource that contains the source.`)

const ofFace = 'experiment IN (SELECT id FROM mlflow_experiments WHERE face = ?)'

const runUri = (db: Store, face: Face, id: string): string | undefined =>
  db.get<{ artifact_uri: string }>(
    `SELECT artifact_uri FROM mlflow_runs WHERE id = ? AND ${ofFace}`,
    id,
    face,
  )?.artifact_uri

interface LoggedRow {
  artifact_uri: string
  run: string
}

const loggedModel = (db: Store, face: Face, id: string): LoggedRow => {
  const query = `SELECT artifact_uri, run FROM mlflow_models WHERE id = ? AND stage = 'active' AND ${ofFace}`
  const found = db.get<LoggedRow>(query, id, face)
  if (found === undefined) throw absent(`Logged model with ID '${id}' not found.`)
  return found
}

/** `models:/name/3`, `models:/name@alias`, `models:/name/Production`, `models:/name/latest`. */
const referred = (call: Call, source: string): VersionRecord => {
  const [, name, aliased, numbered] = /^models:\/([^/@]+)(?:@([^/]+)|\/([^/]+))$/.exec(source) ?? []
  if (name === undefined) throw invalid(source, 'It is no models:/ URI.')
  const model = modelFor(call, decodeURIComponent(name), 'CAN_READ')
  if (aliased !== undefined) return versionAt(call, model, aliased)
  if (numbered !== undefined && /^\d+$/.test(numbered)) return existingVersion(call, model, Number(numbered))
  if (numbered?.toLowerCase() === 'latest') return versionAt(call, model, 'latest')
  const inStage = latestVersions(call.db, model.id).find(
    ({ stage }) => stage.toLowerCase() === numbered?.toLowerCase(),
  )
  if (inStage !== undefined) return inStage
  // Not a 404: that is how MLflow servers answer.
  throw new Refused(500, 'INTERNAL_ERROR', `No versions of model '${name}' and stage '${numbered}' found`)
}

const within = (source: string, root: string | undefined): boolean =>
  root !== undefined && (source === root || source.startsWith(`${root.replace(/\/$/, '')}/`))

/** Files that the server itself keeps must be those of the run or logged model that is named. */
const checkServed = (call: Call, source: string, run: string, logged: string): void => {
  if (!source.startsWith('mlflow-artifacts:')) return
  if (logged !== '') {
    if (!within(source, loggedModel(call.db, call.face, logged).artifact_uri))
      throw mustFit(source, 'model_id')
  } else if (run === '' || !within(source, runUri(call.db, call.face, run))) throw mustFit(source, 'run_id')
}

const isLocal = (source: string): boolean => !/^[a-z][a-z0-9+.-]+:/i.test(source) || /^file:/i.test(source)

const checkPlace = (source: string): void => {
  if (isLocal(source))
    throw invalid(source, 'A local path is none: the files must be where the registry can read them.')
  if (
    decodeURIComponent(source.replace(/%(?![\da-f]{2})/gi, '%25'))
      .split(/[/\\]/)
      .includes('..')
  )
    throw invalid(source, 'An absolute path must be provided without relative path references present.')
  if (/^(?:https?|ftp):/i.test(source)) throw invalid(source, 'Its scheme addresses another host.')
}

const ofReference = (call: Call, source: string, run: string, logged: string): Origin => {
  const from = referred(call, source)
  if ((run !== '' && run !== from.run) || (logged !== '' && logged !== from.logged))
    throw invalid(
      source,
      'The run_id and model_id request parameters must match the referenced model version.',
    )
  return { source, location: from.location, run: from.run, logged: from.logged }
}

/**
 * Check a source and follow it.
 * @param run and logged: ids that the request names, '' for none
 * @throws Refused 400 for a source that cannot be, 404 for one that leads nowhere
 */
export const originOf = (call: Call, source: string, run: string, logged: string): Origin => {
  checkPlace(source)
  const id = /^models:\/(m-[^/@]+)$/.exec(source)?.[1]
  if (id !== undefined && id !== logged) throw mustFit(source, 'model_id')
  if (id === undefined && source.startsWith('models:')) return ofReference(call, source, run, logged)
  if (source.startsWith('runs:') && /^runs:\/+([^/]+)/.exec(source)?.[1] !== run)
    throw mustFit(source, 'run_id')
  checkServed(call, source, run, logged)
  if (logged === '') return { source, location: source, run, logged }
  const model = loggedModel(call.db, call.face, logged)
  return {
    source,
    location: id === undefined ? source : model.artifact_uri,
    run: run === '' ? model.run : run,
    logged,
  }
}

const tag = 'mlflow.modelVersions'

/** A logged model says which versions were made of it. */
export const noteRegistration = (db: Store, { logged, name, number }: VersionRecord): void => {
  if (logged === '') return
  const query = 'SELECT key, value FROM mlflow_model_tags WHERE owner = ? AND key = ?'
  const known = db.get<KeyValue>(query, logged, tag)
  const versions = known === undefined ? [] : stored<unknown[]>(known.value)
  const value = JSON.stringify([...versions, { name, version: number }])
  const insert = `INSERT OR REPLACE INTO mlflow_model_tags
    SELECT id, ?, ? FROM mlflow_models WHERE id = ?`
  db.run(insert, tag, value, logged)
}
