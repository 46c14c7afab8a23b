import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { databricks, type Databricks } from '../../src/client/databricks.ts'
import { createEmulator, type Emulator } from '../../src/emulator/emulator.ts'
import { allJobs } from '../../src/emulator/jobs/rows.ts'
import { openStore, type Store } from '../../src/emulator/server/store.ts'
import { createCall } from '../../src/http/call.ts'
import { createLimiter } from '../../src/http/limiter.ts'
import { markerTags } from '../../src/plan/marker.ts'
import type { ClusterDetails } from '../../src/wire/clusters.ts'
import type { Job, JobSettings } from '../../src/wire/jobs.ts'
import type { ObjectInfo } from '../../src/wire/workspace.ts'
import { virtualClock } from '../support/harness.ts'

/** The ledger of every project is below; what it says is compared by behaviour, not by content. */
const ledger = '/Shared/.brickrail'

/** An embedded workspace whose state lies in a folder, so that a second connection can look without being noticed. */
export interface Workspace {
  folder: string
  emulator: Emulator
  /** Reading it leaves no trace: a state seen here counts as not yet shown to anybody. */
  store: Store
  client: Databricks
  /** Ids of the jobs that were there when it was opened. */
  jobs: ReadonlySet<string>
  /** A closed copy of its present state, for copies to be opened on. */
  snapshot(): string
  close(): void
}

/** In memory where that is possible: thousands of workspaces are opened, and a disk would be waited for at each. */
const fastest = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()

const temporary = (): string => mkdtempSync(join(fastest, 'brickrail-safety-'))

const clientOf = (emulator: Emulator): Databricks => {
  const clock = virtualClock()
  const tokens = { method: 'pat', renewable: false, get: async () => emulator.token }
  const options = { host: 'http://workspace.test', fetch: emulator.fetch, tokens, clock, userAgent: 'test' }
  return databricks(createCall({ ...options, limiter: createLimiter(clock) }))
}

/** @param origin folder of a snapshot to start from; a new workspace without one */
export const openWorkspace = (origin?: string): Workspace => {
  const folder = temporary()
  if (origin !== undefined) cpSync(origin, folder, { recursive: true })
  const emulator = createEmulator({ state: folder, clock: 'instant' })
  const store = openStore(folder)
  return {
    folder,
    emulator,
    store,
    client: clientOf(emulator),
    jobs: new Set(allJobs(store).map(({ id }) => id)),
    snapshot: () => {
      const copy = temporary()
      store.run(`VACUUM INTO '${join(copy, 'workspace.db')}'`)
      return copy
    },
    close: () => {
      store.close()
      void emulator.close()
      rmSync(folder, { recursive: true })
    },
  }
}

const treeOf = async (client: Databricks, folder: string): Promise<ObjectInfo[]> => {
  const children = (await client.workspace.children(folder)) ?? []
  const below = children.map(async (object) =>
    object.object_type === 'DIRECTORY' && object.path !== ledger
      ? [object, ...(await treeOf(client, object.path))]
      : [object],
  )
  return (await Promise.all(below)).flat()
}

const contentOf = async (client: Databricks, { path, object_type, language }: ObjectInfo) => {
  if (object_type === 'DIRECTORY') return `${path} DIRECTORY`
  const bytes = await client.workspace.download({
    path,
    direct_download: true,
    format: object_type === 'NOTEBOOK' ? 'SOURCE' : 'AUTO',
  })
  return `${path} ${object_type} ${language ?? ''} ${Buffer.from(bytes).toString()}`
}

/** What a cluster was asked to be; not its id, times and generation. */
const specOf = ({ custom_tags = {}, state, ...details }: ClusterDetails) => {
  const names = ['cluster_name', 'spark_version', 'node_type_id', 'num_workers', 'autoscale', 'spark_conf']
  const shown = [...names, 'spark_env_vars', 'autotermination_minutes'].map(
    (at) => [at, details[at]] as const,
  )
  // Where autoscale is declared, num_workers is a reading of the moment.
  const fields = Object.fromEntries(shown.filter(([at]) => at !== 'num_workers' || !details.autoscale))
  const tags = Object.entries(custom_tags).filter(([name]) => name !== markerTags.generation)
  return { state, fields, custom_tags: Object.fromEntries(tags) }
}

const nameOf = (details: ClusterDetails): string =>
  details.custom_tags?.[markerTags.cluster] ?? details.cluster_name ?? ''

const clusterOf = async (client: Databricks, details: ClusterDetails, pinned: ReadonlySet<string>) => {
  const { cluster_id } = details
  const { library_statuses = [] } = await client.libraries.clusterStatus({ cluster_id })
  const { access_control_list = [] } = await client.permissions.get({
    request_object_type: 'clusters',
    request_object_id: cluster_id,
  })
  return {
    key: nameOf(details),
    ...specOf(details),
    libraries: library_statuses.map(({ library, status }) => `${JSON.stringify(library)} ${status}`).sort(),
    pinned: pinned.has(cluster_id),
    acl: access_control_list.map((entry) => JSON.stringify(entry)).sort(),
  }
}

/** A job's settings with each cluster id replaced by the key of its cluster. */
const wiring = (settings: JobSettings, keys: ReadonlyMap<string, string>): unknown =>
  JSON.parse(
    JSON.stringify(settings).replaceAll(
      /"existing_cluster_id":"([^"]*)"/g,
      (_, id: string) => `"existing_cluster_id":"the ${keys.get(id) ?? 'missing one'}"`,
    ),
  )

/** A job that was there before must be that one still: its runs hang on its id. */
const jobOf = async (
  { client, jobs }: Workspace,
  { job_id, settings }: Job,
  keys: ReadonlyMap<string, string>,
) => {
  const { access_control_list = [] } = await client.permissions.get({
    request_object_type: 'jobs',
    request_object_id: String(job_id),
  })
  return {
    id: jobs.has(String(job_id)) ? String(job_id) : 'new',
    settings: wiring(settings, keys),
    acl: access_control_list.map((entry) => JSON.stringify(entry)).sort(),
  }
}

const byName = (a: Job, b: Job): number => ((a.settings.name ?? '') < (b.settings.name ?? '') ? -1 : 1)

/** The whole workspace as data that two runs of the same story have in common. */
export const normalised = async (workspace: Workspace) => {
  const { client } = workspace
  const clusters = (await client.clusters.all()).sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
  const pinnedOnes = await client.clusters.list({ 'filter_by.is_pinned': true })
  const pinned = new Set(pinnedOnes.clusters?.map(({ cluster_id }) => cluster_id))
  const keys = new Map(clusters.map((details) => [details.cluster_id, nameOf(details)]))
  const objects = await treeOf(client, '/Shared')
  return {
    clusters: await Promise.all(clusters.map((details) => clusterOf(client, details, pinned))),
    jobs: await Promise.all((await client.jobs.all()).sort(byName).map((job) => jobOf(workspace, job, keys))),
    tree: (await Promise.all(objects.map((object) => contentOf(client, object)))).sort(),
  }
}

export type Normalised = Awaited<ReturnType<typeof normalised>>
