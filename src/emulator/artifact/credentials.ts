import type { ArtifactCredential } from '../../wire/artifacts.ts'
import type { Call } from '../server/call.ts'
import { items } from '../server/read.ts'
import { badValue } from '../server/refused.ts'
import { noArtifact, statsOf } from './files.ts'
import { readFilePath } from './paths.ts'
import { signedUrl } from './signed.ts'
import { below, placeOfUri } from './storage.ts'

/** One request asks for this many at most: what MLflow's client sends. */
const mostPaths = 2000

const pathsOf = (value: unknown, field: string): string[] => {
  const paths = items(value, field) ?? []
  if (paths.length === 0) throw badValue(`Missing required field '${field}'`)
  if (paths.length > mostPaths) throw badValue(`At most ${mostPaths} paths can be asked for at once`)
  return paths.map((path) => readFilePath(path, field))
}

/**
 * A signed URL a file. It says that the storage is Google's: there a client sends a file of any size in one PUT, where for
 * Amazon's it would cut those above 500 MB into parts.
 * @param uri of the artifact folder that the paths are relative to
 * @throws Refused 400 for paths that leave it, or a store that is not here
 */
export const credentialsFor = (
  call: Call,
  way: 'GET' | 'PUT',
  uri: string,
  given: unknown,
  field: string,
): ArtifactCredential[] => {
  const root = placeOfUri(uri)
  if (root.store !== 'tracking') throw badValue(`No credentials are given out for ${uri}`)
  return pathsOf(given, field).map((path) => ({
    path,
    signed_uri: signedUrl(call, way, below(root, path)),
    type: 'GCP_SIGNED_URL',
  }))
}

/**
 * A signed URL to read one file of a model version: what `mlflow/model-versions/get-signed-download-uri` answers.
 * @param uri what get-download-uri answers
 * @throws Refused 404 when there is no such file, 400 for a path that leaves the folder
 */
export const signedDownload = (call: Call, uri: string, path: unknown): { signed_uri: string } => {
  const place = below(placeOfUri(uri), readFilePath(path))
  if (statsOf(call, place)?.isFile() !== true) throw noArtifact(place.path)
  return { signed_uri: signedUrl(call, 'GET', place) }
}
