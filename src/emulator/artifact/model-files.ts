/** The Files API as far as files of models need it: below `/Models/`, and below the folder where Databricks' SDK keeps those of runs. */
import type { DirectoryEntry, modelFiles } from '../../wire/artifacts.ts'
import type { Call, Handlers } from '../server/call.ts'
import { flag } from '../server/read.ts'
import { findModel } from '../registry/models.ts'
import { badValue, notImplemented, Refused } from '../server/refused.ts'
import { ownedModel } from '../unity-catalog/rows.ts'
import { entriesOf, openArtifact, removeArtifact, statsOf, writeArtifact, type Entry } from './files.ts'
import { readFilePath } from './paths.ts'
import { received } from './proxy.ts'
import { signedUrl } from './signed.ts'
import type { ArtifactPlace } from './storage.ts'

/** The code that Databricks' clients take for "no such folder". */
const notFound = (path: string) => new Refused(404, 'NOT_FOUND', `The path /${path} does not exist.`)

const runs = /^WorkspaceInternal\/Mlflow\/Artifacts\/([^/]+)\/(Runs|LoggedModels)\/([^/]+)/

/** @throws Refused 501 for what is not a model's: volumes are not here */
const placeOf = (path: string): ArtifactPlace => {
  if (path.startsWith('Models/')) return { store: 'models', path: path.slice('Models/'.length) }
  if (!runs.test(path)) throw notImplemented(`has no files at /${path}: only those of models and runs`)
  const tracked = path.replace(runs, (_, experiment: string, kind: string, id: string) =>
    kind === 'Runs' ? `${experiment}/${id}` : `${experiment}/logged_models/${id}`,
  )
  return { store: 'tracking', path: tracked }
}

/**
 * The same, of files that are to be written or removed: those of a model are its owner's.
 * @throws Refused 403; 404 when there is no such model; 400 for what is no file of a version
 */
const writable = (call: Call, path: string): ArtifactPlace => {
  const place = placeOf(path)
  if (place.store !== 'models') return place
  const [catalog, schema, model, version, file] = place.path.split('/')
  if (version === undefined || file === undefined) throw badValue(`/${path} is no file of a model version`)
  const name = [catalog, schema, model].join('.')
  if (findModel(call.db, 'unity-catalog', name) === undefined) throw notFound(path)
  ownedModel(call, name)
  return place
}

/** The URL forms begin their path with a slash, which the others have in their own. */
const pathOf = (value: unknown): string =>
  readFilePath(typeof value === 'string' ? value.replace(/^\/+/, '') : value)

const signed = (call: Call, way: 'GET' | 'PUT', value: unknown): { url: string } => {
  const path = pathOf(value)
  const place = way === 'PUT' ? writable(call, path) : placeOf(path)
  if (way === 'GET' && statsOf(call, place)?.isFile() !== true) throw notFound(path)
  return { url: signedUrl(call, way, place) }
}

const entryOf = (folder: string, { name, stats }: Entry): DirectoryEntry => ({
  path: `/${folder}/${name}`,
  name,
  is_directory: stats.isDirectory(),
  ...(stats.isDirectory() ? {} : { file_size: stats.size }),
  last_modified: Math.floor(stats.mtimeMs),
})

export const modelFilesHandlers: Handlers<typeof modelFiles> = {
  uploadUrl: (input, call) => signed(call, 'PUT', input.path),
  downloadUrl: (input, call) => signed(call, 'GET', input.path),
  list: (input, call) => {
    const path = pathOf(input.path)
    const place = placeOf(path)
    if (statsOf(call, place)?.isDirectory() !== true) throw notFound(path)
    const contents = entriesOf(call, place).map((entry) => entryOf(path, entry))
    return contents.length > 0 ? { contents } : {}
  },
  download: (input, call) => {
    const path = pathOf(input.path)
    const place = placeOf(path)
    if (statsOf(call, place)?.isFile() !== true) throw notFound(path)
    return openArtifact(call, place)
  },
  upload: (input, call) =>
    received(input.content, (content) => {
      const path = pathOf(input.path)
      const place = writable(call, path)
      if (flag(input.overwrite, 'overwrite') !== true && statsOf(call, place) !== undefined)
        throw new Refused(409, 'ALREADY_EXISTS', `The file /${path} already exists.`)
      writeArtifact(call, place, content)
    }),
  delete: (input, call) => {
    const path = pathOf(input.path)
    const place = writable(call, path)
    const stats = statsOf(call, place)
    if (stats === undefined) throw notFound(path)
    if (!stats.isFile()) throw badValue(`/${path} is a folder`)
    removeArtifact(call, place)
    return {}
  },
  useSdk: () => ({ is_databricks_sdk_models_artifact_repository_enabled: false }),
}
