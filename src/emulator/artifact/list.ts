import type { ArtifactFile } from '../../wire/artifacts.ts'
import type { Call } from '../server/call.ts'
import { entriesOf, statsOf } from './files.ts'
import { joined } from './paths.ts'
import { below, placeOfUri } from './storage.ts'

/** How sizes of 0 are told: an MLflow server leaves them out, the workspace's own endpoints do not. */
const sizeOf = (size: number, face: Call['face']): Pick<ArtifactFile, 'file_size'> =>
  size === 0 && face === 'mlflow' ? {} : { file_size: size }

const infoOf = (
  path: string,
  stats: { size: number; isDirectory(): boolean },
  face: Call['face'],
): ArtifactFile =>
  stats.isDirectory() ? { path, is_dir: true } : { path, is_dir: false, ...sizeOf(stats.size, face) }

/**
 * Files and folders directly below `path`; paths are relative to the root. A file is listed as itself by a workspace, and has
 * nothing below it on an MLflow server.
 * @param uri of the root: of a run, a logged model, a model version
 * @param path as `readArtifactPath` gives it
 * @throws Refused 400 for a URI of a store that is not here
 */
export const listArtifacts = (
  call: Pick<Call, 'site' | 'face'>,
  uri: string,
  path: string,
): { root_uri: string; files?: ArtifactFile[] } => {
  const place = below(placeOfUri(uri), path)
  const stats = statsOf(call, place)
  const files =
    stats?.isFile() === true
      ? call.face === 'mlflow'
        ? []
        : [infoOf(path, stats, call.face)]
      : entriesOf(call, place).map((entry) => infoOf(joined(path, entry.name), entry.stats, call.face))
  return { root_uri: uri, ...(files.length > 0 ? { files } : {}) }
}
