import * as fc from 'fast-check'
import type { ClusterDetails, ClusterSpec } from '../../src/wire/clusters.ts'
import type { ObjectInfo } from '../../src/wire/workspace.ts'
import { root } from './scenarios.ts'
import type { Workspace } from './workspace.ts'

/** What people do to a workspace by hand; `pick` chooses the thing it is done to. */
export interface Damage {
  what: keyof typeof doings
  pick: number
}

const readOnly = [
  'cluster_id',
  'state',
  'state_message',
  'creator_user_name',
  'cluster_source',
  'default_tags',
]

/** The body of an edit that changes one thing: what the details show, without what only the server sets. */
const specOf = ({ autoscale, num_workers, ...details }: ClusterDetails): ClusterSpec => ({
  ...Object.fromEntries(
    Object.entries(details).filter(
      ([name]) => !readOnly.includes(name) && !/_time$|^driver$|^executors$/.test(name),
    ),
  ),
  ...(autoscale === undefined ? { num_workers: num_workers ?? 0 } : { autoscale }),
})

const running = async ({ client }: Workspace, id: string): Promise<boolean> => {
  // Each state is shown once: what is under way is over at the third look.
  for (let looks = 0; looks < 2; looks += 1) await client.clusters.get({ cluster_id: id })
  return (await client.clusters.get({ cluster_id: id })).state === 'RUNNING'
}

type Doing = (workspace: Workspace, cluster: ClusterDetails, object: ObjectInfo) => Promise<unknown>

const doings = {
  'delete an object': async ({ client }, _, { path }) => await client.workspace.delete({ path }),
  'edit an object': async ({ client }, _, { path, object_type, language = 'PYTHON' }) =>
    await client.workspace.upload({
      path,
      ...(object_type === 'NOTEBOOK' ? { format: 'SOURCE', language } : { format: 'RAW' }),
      overwrite: true,
      content: Buffer.from('# Databricks notebook source\nedited by hand\n'),
    }),
  'delete a folder': async ({ client }, _, { path }) =>
    path.lastIndexOf('/') > root.length &&
    (await client.workspace.delete({ path: path.slice(0, path.lastIndexOf('/')), recursive: true })),
  'uninstall the libraries': async ({ client }, { cluster_id }) => {
    const { library_statuses = [] } = await client.libraries.clusterStatus({ cluster_id })
    const libraries = library_statuses.map(({ library }) => library)
    return libraries.length > 0 && (await client.libraries.uninstall({ cluster_id, libraries }))
  },
  resize: async (workspace, { cluster_id }) =>
    (await running(workspace, cluster_id)) &&
    (await workspace.client.clusters.resize({ cluster_id, num_workers: 7 })),
  terminate: async ({ client }, { cluster_id }) => await client.clusters.delete({ cluster_id }),
  'change the configuration': async (workspace, details) =>
    (await running(workspace, details.cluster_id)) &&
    (await workspace.client.clusters.edit({
      ...specOf(details),
      cluster_id: details.cluster_id,
      spark_conf: { 'spark.by.hand': 'true' },
    })),
} satisfies Record<string, Doing>

export const damages: fc.Arbitrary<Damage[]> = fc.array(
  fc.record({
    what: fc.constantFrom(...(Object.keys(doings) as (keyof typeof doings)[])),
    pick: fc.nat({ max: 20 }),
  }),
  { minLength: 1, maxLength: 3 },
)

const objectsIn = async (workspace: Workspace, folder: string): Promise<ObjectInfo[]> => {
  const children = (await workspace.client.workspace.children(folder)) ?? []
  const below = children.map(async (child) =>
    child.object_type === 'DIRECTORY' ? await objectsIn(workspace, child.path) : [child],
  )
  return (await Promise.all(below)).flat()
}

const picked = <T>(items: readonly T[], pick: number): T | undefined => items[pick % items.length]

const needsCluster = new Set<Damage['what']>([
  'uninstall the libraries',
  'resize',
  'terminate',
  'change the configuration',
])

/** Do it; nothing when there is nothing to do it to. */
export const damage = async (workspace: Workspace, { what, pick }: Damage): Promise<void> => {
  const cluster = picked(await workspace.client.clusters.all(), pick)
  const object = picked(await objectsIn(workspace, root), pick)
  if (needsCluster.has(what) ? !cluster : !object) return
  const doing: Doing = doings[what]
  await doing(
    workspace,
    cluster ?? { cluster_id: '', state: 'UNKNOWN' },
    object ?? { path: '', object_type: 'FILE' },
  )
}
