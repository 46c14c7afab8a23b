/** Artifacts are files in the state folder, below `artifacts/`: `<store>/<path>`. A place is such a path, or one on DBFS. */
import { createHash } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { dbfsRoot } from '../dbfs/paths.ts'
import { badValue } from '../server/refused.ts'
import { joined, readArtifactPath } from './paths.ts'

/**
 * - `tracking`: `dbfs:/databricks/mlflow-tracking/...` of the Databricks face;
 * - `mlflow`: `mlflow-artifacts:/...` of the plain MLflow server;
 * - `models`: `/Models/...`, files of models in Unity Catalog;
 * - `dbfs`: any other `dbfs:/...`, which is a folder of DBFS itself.
 */
export type StoreName = 'tracking' | 'mlflow' | 'models' | 'dbfs'

export interface ArtifactPlace {
  readonly store: StoreName
  /** Relative, no slash at its ends; `''` is the store's root. */
  readonly path: string
}

const schemes: readonly [prefix: RegExp, store: StoreName][] = [
  [/^dbfs:\/+databricks\/mlflow-tracking(?:\/|$)/, 'tracking'],
  [/^mlflow-artifacts:(?:\/\/[^/]*)?\/*/, 'mlflow'],
  [/^dbfs:\/+/, 'dbfs'],
  [/^\/Models(?:\/|$)/, 'models'],
]

/**
 * Where the files of an artifact URI are.
 * @throws Refused 400 for a URI of a store that is not here, such as `s3://`
 */
export const placeOfUri = (uri: string): ArtifactPlace => {
  for (const [prefix, store] of schemes)
    if (prefix.test(uri)) return { store, path: readArtifactPath(uri.replace(prefix, ''), 'artifact_uri') }
  throw badValue(`Artifacts at ${uri} are not in the embedded workspace; it has dbfs: and mlflow-artifacts:`)
}

export const below = (place: ArtifactPlace, path: string): ArtifactPlace => ({
  ...place,
  path: joined(place.path, path),
})

const artifactsRoot = (folder: string): string => join(folder, 'artifacts')

/** @param folder `site.folder()` */
export const rootOf = (folder: string, store: StoreName): string =>
  store === 'dbfs' ? dbfsRoot(folder) : join(artifactsRoot(folder), store)

/** A new workspace has none. @param folder `site.folder()` */
export const emptyArtifacts = (folder: string): void =>
  rmSync(artifactsRoot(folder), { recursive: true, force: true, maxRetries: 3 })

/** Changes when the content does: what storage answers as ETag. */
export const etagOf = (stats: { size: number; mtimeMs: number; ino: number }): string =>
  `"${createHash('sha256').update(`${stats.ino}:${stats.size}:${stats.mtimeMs}`).digest('hex').slice(0, 32)}"`
