import { Fail } from '../errors.ts'
import { pagesBy } from '../http/pages.ts'
import type { Int64 } from '../wire/endpoint.ts'
import type { ArtifactCredential, ArtifactFile } from '../wire/artifacts.ts'
import { orAbsent } from './absent.ts'
import type { Databricks } from './databricks.ts'
import type { MlflowClient, MlflowDatabricksClient } from './mlflow.ts'

/** One place that keeps files of models. Paths are relative to its root, in answers too. */
export interface Store {
  /** One folder; what is no folder is an empty one. */
  list(folder: string): Promise<ArtifactFile[]>
  /** `undefined` when there is no such file. */
  read(path: string): Promise<Uint8Array | undefined>
}

type Fetch = typeof globalThis.fetch

interface Signed {
  signed_uri: string
  headers?: readonly { name: string; value: string }[]
}

/** ms that one file may take. */
const longest = 300_000

/** The address is its own credential: no token goes with it, and none of it may be shown. */
const download = async (fetch: Fetch, { signed_uri, headers = [] }: Signed, path: string) => {
  const what = `«${path}»`
  const hint =
    'run the command again; if it stays so, see whether the storage of the workspace can be reached'
  const init = {
    headers: Object.fromEntries(headers.map(({ name, value }) => [name, value])),
    signal: AbortSignal.timeout(longest),
  }
  try {
    const response = await fetch(signed_uri, init)
    if (response.status === 404) return undefined
    if (response.ok) return new Uint8Array(await response.arrayBuffer())
    throw new Fail('MODEL_FILES_UNREADABLE', { what, why: `its storage answered ${response.status}`, hint })
  } catch (error) {
    if (error instanceof Fail) throw error
    throw new Fail('MODEL_FILES_UNREADABLE', { what, why: 'its storage cannot be reached', hint })
  }
}

interface Listed {
  files?: ArtifactFile[]
  next_page_token?: string
}

const allPages = (page: (token: { page_token?: string }) => Promise<Listed>): Promise<ArtifactFile[]> =>
  pagesBy(page, ({ files }) => files)

/** A server lists a file as its own only child. */
const children = (folder: string, files: readonly ArtifactFile[]): ArtifactFile[] =>
  files.filter(({ path, is_dir: isFolder }) => isFolder || path !== folder)

const within = (folder: string): { path?: string } => (folder === '' ? {} : { path: folder })

const signedOf = async (
  fetch: Fetch,
  path: string,
  credential: Promise<ArtifactCredential | undefined>,
): Promise<Uint8Array | undefined> => {
  const found = await orAbsent(credential)
  return found && (await download(fetch, found, path))
}

/** Artifacts of a run on Databricks: a signed address for each file. */
export const runStore = (client: MlflowDatabricksClient, fetch: Fetch, run_id: string): Store => ({
  list: async (folder) => {
    const found = allPages((token) => client.artifacts.list({ run_id, ...within(folder), ...token }))
    return children(folder, (await orAbsent(found)) ?? [])
  },
  read: async (path) => {
    const asked = client.credentials.forRead({ run_id, path: [path] })
    return await signedOf(
      fetch,
      path,
      asked.then(({ credential_infos: [first] = [] }) => first),
    )
  },
})

/** Artifacts of a logged model (MLflow 3) on Databricks. */
export const loggedModelStore = (client: MlflowDatabricksClient, fetch: Fetch, model_id: string): Store => ({
  list: async (folder) => {
    const path = folder === '' ? {} : { artifact_directory_path: folder }
    const found = allPages((token) => client.loggedModelArtifacts.list({ model_id, ...path, ...token }))
    return children(folder, (await orAbsent(found)) ?? [])
  },
  read: async (path) => {
    const asked = client.loggedModelArtifacts.forDownload({ model_id, paths: [path] })
    return await signedOf(
      fetch,
      path,
      asked.then(({ credentials: [first] = [] }) => first?.credential_info),
    )
  },
})

/** Files of a version in the registry of a workspace. */
export const versionStore = (
  client: MlflowDatabricksClient,
  fetch: Fetch,
  name: string,
  version: string,
): Store => ({
  list: async (folder) => {
    const found = allPages((token) =>
      client.databricks.listArtifacts({ name, version, ...within(folder), ...token }),
    )
    return children(folder, (await orAbsent(found)) ?? [])
  },
  read: async (path) => {
    const found = await orAbsent(client.databricks.signedDownloadUri({ name, version, path }))
    return found && (await download(fetch, found, path))
  },
})

const bare = (folder: string, path: string): string => (folder === '' ? path : `${folder}/${path}`)

/** What a plain MLflow server serves itself. */
export const proxyStore = ({ proxy }: Pick<MlflowClient, 'proxy'>): Store => ({
  list: async (folder) => {
    const { files = [] } = (await orAbsent(proxy.list(within(folder)))) ?? {}
    return files.map((one) => ({ ...one, path: bare(folder, one.path) }))
  },
  read: async (path) => await orAbsent(proxy.download({ path })),
})

const plain = (path: string): string => path.replace(/^(dbfs:)?\/+/, '')

const fileOf = (path: string, isFolder: boolean, size: Int64 | undefined): ArtifactFile => ({
  path: plain(path),
  is_dir: isFolder,
  ...(isFolder || size === undefined ? {} : { file_size: size }),
})

export const dbfsStore = ({ dbfs }: Pick<Databricks, 'dbfs'>): Store => ({
  list: async (folder) => {
    const found = (await dbfs.children(`/${folder}`)) ?? []
    return children(
      folder,
      found.map(({ path, is_dir: isFolder, file_size: size }) => fileOf(path, isFolder, size)),
    )
  },
  read: async (path) => await dbfs.readAll(`/${path}`),
})

/** A version in Unity Catalog, below `/Models/<catalog>/<schema>/<model>/<version>`. */
export const catalogStore = ({ modelFiles }: Pick<MlflowDatabricksClient, 'modelFiles'>): Store => ({
  list: async (folder) => {
    const found: ArtifactFile[] = []
    for (let token: string | undefined; ;) {
      const input = { path: folder, ...(token === undefined ? {} : { page_token: token }) }
      const page = (await orAbsent(modelFiles.list(input))) ?? {}
      found.push(...(page.contents ?? []).map((one) => fileOf(one.path, one.is_directory, one.file_size)))
      if (!page.next_page_token || page.next_page_token === token) return found
      token = page.next_page_token
    }
  },
  read: async (path) => await orAbsent(modelFiles.download({ path })),
})
