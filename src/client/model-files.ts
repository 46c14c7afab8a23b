import { Fail } from '../errors.ts'
import { orAbsent } from './absent.ts'
import type { Databricks } from './databricks.ts'
import {
  catalogStore,
  dbfsStore,
  loggedModelStore,
  proxyStore,
  runStore,
  versionStore,
  type Store,
} from './model-stores.ts'
import type { MlflowClient } from './mlflow.ts'
import type { Registry } from './registry/registry.ts'

/** The files of one model: MLmodel, requirements.txt, the model itself. Paths are relative to its folder. */
export interface ModelFiles {
  /** Where they are, for messages: an artifact URI. */
  readonly at: string
  /** Every file in all depths; `size` in bytes where the store tells it. */
  list(): Promise<{ path: string; size?: number }[]>
  /** `undefined` when there is no such file. */
  read(path: string): Promise<Uint8Array | undefined>
}

/** Who gives the files out. */
export interface FileAccess {
  mlflow: MlflowClient
  /** Absent: `mlflow` is a plain MLflow server. */
  databricks?: Databricks
  /** Without credentials: for addresses that are signed. */
  fetch: typeof globalThis.fetch
}

/** A folder of a store. */
interface Folder {
  store: Store
  path: string
}

const unreadable = (what: string, why: string): Fail =>
  new Fail('MODEL_FILES_UNREADABLE', {
    what,
    why,
    hint: 'see whether the run and its artifacts are still there, and whether this identity may read them',
  })

const joined = (...parts: readonly (string | undefined)[]): string =>
  parts
    .flatMap((part) => (part ?? '').split('/'))
    .filter((part) => part !== '')
    .join('/')

/** Names come from a server: none of them may leave the folder that they are put into. */
const safe = (path: string, at: string): string => {
  if (path.startsWith('/') || path.split(/[/\\]/).includes('..'))
    throw unreadable(at, `the name «${path}» leads out of the folder`)
  return path
}

/** What a server lists stands below the folder that it was asked for: a folder that held itself would have no end. */
const inside = (folder: string, path: string, at: string): string => {
  const rest = folder === '' ? path : path.slice(folder.length + 1)
  if (rest !== '' && (folder === '' || path.startsWith(`${folder}/`))) return rest
  throw unreadable(at, `the server lists «${path}» below «${folder}»`)
}

/** Follows one address to the next. */
type Follow = (uri: string, depth: number) => Promise<Folder>

/** Resolving goes from a version to a logged model to its folder; more steps are a circle. */
const deepest = 5

const ofLoggedModel = async (
  { mlflow, databricks, fetch }: FileAccess,
  id: string,
  path: string,
  follow: (uri: string) => Promise<Folder>,
): Promise<Folder> => {
  const found = (await orAbsent(mlflow.loggedModels.get({ model_id: id })))?.model
  if (found === undefined) throw unreadable(`the model ${id}`, 'there is no logged model of that id')
  if (databricks !== undefined) return { store: loggedModelStore(databricks.mlflow, fetch, id), path }
  const uri = found.info.artifact_uri
  if (uri === undefined) throw unreadable(`the model ${id}`, 'the server does not say where they are')
  return await follow(joinUri(uri, path))
}

const joinUri = (uri: string, path: string): string =>
  path === '' ? uri : `${uri.replace(/\/+$/, '')}/${path}`

const ofRun = async (
  { mlflow, databricks, fetch }: FileAccess,
  id: string,
  path: string,
  follow: (uri: string) => Promise<Folder>,
): Promise<Folder> => {
  if (databricks !== undefined) return { store: runStore(databricks.mlflow, fetch, id), path }
  const uri = (await mlflow.run(id))?.info.artifact_uri
  if (uri === undefined) throw unreadable(`run ${id}`, 'there is no such run')
  return await follow(joinUri(uri, path))
}

/** Kinds of addresses: https://mlflow.org/docs/latest/ml/tracking/artifact-stores */
const patterns = {
  loggedModel: /^models:\/(m-[\w-]+)(?:\/(.*))?$/,
  run: /^runs:\/+([\w-]+)(?:\/(.*))?$/,
  trackedRun: /^dbfs:\/+databricks\/mlflow-tracking\/[^/]+\/([0-9a-f]{32})\/artifacts(?:\/(.*))?$/,
  trackedModel:
    /^dbfs:\/+databricks\/mlflow-tracking\/[^/]+\/logged_models\/(m-[\w-]+)\/artifacts(?:\/(.*))?$/,
  proxied:
    /^(?:mlflow-artifacts:(?:\/\/[^/]+)?|https?:\/\/[^/]+(?:\/.*)?\/api\/2\.0\/mlflow-artifacts\/artifacts)\/+(.*)$/,
  dbfs: /^dbfs:\/+(.*)$/,
} as const

const follower = (access: FileAccess, registry: Pick<Registry, 'downloadUri'> | undefined): Follow => {
  const follow: Follow = async (uri, depth) => {
    if (depth > deepest) throw unreadable(uri, 'its address leads in a circle')
    const next = (to: string) => follow(to, depth + 1)
    const match = (name: keyof typeof patterns) => patterns[name].exec(uri)
    const model = match('loggedModel') ?? match('trackedModel')
    if (model?.[1]) return await ofLoggedModel(access, model[1], model[2] ?? '', next)
    const run = match('run') ?? match('trackedRun')
    if (run?.[1]) return await ofRun(access, run[1], run[2] ?? '', next)
    const proxied = match('proxied')
    if (proxied?.[1]) return { store: proxyStore(access.mlflow), path: proxied[1] }
    const dbfs = match('dbfs')
    if (dbfs?.[1] && access.databricks) return { store: dbfsStore(access.databricks), path: dbfs[1] }
    const [, name, version] = /^models:\/([^/]+)\/(\d+)$/.exec(uri) ?? []
    if (name !== undefined && version !== undefined && registry)
      return await next(await registry.downloadUri(name, version))
    const why = 'this kind of storage can be read by its own client only'
    throw unreadable(uri, `${why}; have the MLflow server serve artifacts (--serve-artifacts)`)
  }
  return follow
}

const filesIn = ({ store, path: root }: Folder, at: string): ModelFiles => {
  const list = async (folder: string): Promise<{ path: string; size?: number }[]> => {
    const found = await store.list(joined(root, folder))
    const below = found.map(async ({ path, is_dir: isFolder, file_size: size }) => {
      const own = safe(inside(joined(root), path, at), at)
      inside(folder, own, at)
      if (isFolder) return await list(own)
      return [{ path: own, ...(size === undefined ? {} : { size: Number(size) }) }]
    })
    return (await Promise.all(below)).flat()
  }
  return {
    at,
    list: async () => (await list('')).toSorted((a, b) => (a.path < b.path ? -1 : 1)),
    read: async (path) => await store.read(joined(root, safe(path, at))),
  }
}

/**
 * The files at an artifact URI: `models:/m-…`, `models:/name/3` (with the registry), `runs:/…`, `mlflow-artifacts:/…`,
 * `dbfs:/databricks/mlflow-tracking/…`, `dbfs:/…`.
 * @throws Fail MODEL_FILES_UNREADABLE
 */
export const filesAt = async (
  access: FileAccess,
  uri: string,
  registry?: Pick<Registry, 'downloadUri'>,
): Promise<ModelFiles> => filesIn(await follower(access, registry)(uri, 0), uri)

/**
 * The files of a registered version, wherever its registry keeps them.
 * @throws Fail MODEL_FILES_UNREADABLE
 */
export const filesOfVersion = async (
  access: FileAccess,
  registry: Registry,
  name: string,
  version: string,
): Promise<ModelFiles> => {
  const { databricks, fetch } = access
  const at = `models:/${name}/${version}`
  if (registry.kind === 'mlflow' || databricks === undefined)
    return await filesAt(access, await registry.downloadUri(name, version))
  const { mlflow } = databricks
  if (registry.kind === 'workspace')
    return filesIn({ store: versionStore(mlflow, fetch, name, version), path: '' }, at)
  const path = ['Models', ...name.split('.'), version].join('/')
  return filesIn({ store: catalogStore(mlflow), path }, at)
}
