/**
 * Files of model versions in Unity Catalog. MLflow's client asks where they are; of the ways that it knows, `DEFAULT_STORAGE` needs
 * no cloud and no special variable: it then asks the Files API of this workspace for one signed URL a file.
 */
import type { TemporaryCredentials } from '../../wire/unity-catalog-mlflow.ts'
import type { Call } from '../server/call.ts'
import { removeArtifact } from './files.ts'

/** What `generate-temporary-credentials` answers, for reading and for writing. */
export const defaultStorage: TemporaryCredentials = { credentials: { storage_mode: 'DEFAULT_STORAGE' } }

/**
 * Storage location of a version, which `get-download-uri` answers too.
 * @param name `catalog.schema.model`
 */
export const ucLocation = (name: string, version: string | number): string =>
  `/Models/${name.replaceAll('.', '/')}/${version}`

/** With the version its files go. */
export const removeModelFiles = (call: Pick<Call, 'site'>, name: string, version?: string | number): void =>
  removeArtifact(call, {
    store: 'models',
    path: ucLocation(name, version ?? '')
      .replace(/^\/Models\//, '')
      .replace(/\/$/, ''),
  })
