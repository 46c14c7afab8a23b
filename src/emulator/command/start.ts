import type { Compute, RunningTask, TaskRequest } from '../../compute/compute.ts'
import { findRecord, type ClusterRecord } from '../cluster/record.ts'
import { dbfsRoot } from '../dbfs/paths.ts'
import { environmentOf } from '../library/environment.ts'
import { workspaceRoot } from '../mirror/index.ts'
import { mirrorWorkspace } from '../mirror/mirror.ts'
import { secretsFor } from '../secret/access.ts'
import { newToken, runEnvironment } from '../runs/env.ts'
import type { Call } from '../server/call.ts'
import type { Store } from '../server/store.ts'
import { endContext, type Context } from './context.ts'
import { forgetContext, noteContext, taskOf } from './left.ts'

type Where = Pick<Call, 'db' | 'site' | 'me'>

const requestOf = async (
  { db, site, me }: Where,
  cluster: ClusterRecord,
  id: string,
): Promise<TaskRequest> => {
  const { python, rLibs } = await environmentOf({ db, site }, cluster.cluster_id, [])
  const url = await site.url()
  mirrorWorkspace(db, site.folder())
  const secretScopes = secretsFor(db, me)
  const token = newToken()
  const env = runEnvironment(db, { url, token, user: me.user, cluster: cluster.cluster_id, secretScopes })
  noteContext(db, { id, owner: site.owner, token }, me.user)
  return {
    id: taskOf(id),
    python,
    work: { kind: 'context' },
    env: rLibs === undefined ? env : { R_LIBS: rLibs, ...env },
    dbfsRoot: dbfsRoot(site.folder()),
    workspaceRoot: workspaceRoot(site.folder()),
    secrets: [token, ...Object.values(secretScopes).flatMap((keys) => Object.values(keys))],
    secretScopes,
  }
}

const revoke = (db: Store, { id }: Context, { env }: TaskRequest): void => {
  try {
    forgetContext(db, { id, token: env['DATABRICKS_TOKEN'] ?? '' })
  } catch {
    // The emulator was closed meanwhile.
  }
}

/** How often a context looks whether its cluster still runs, in ms. */
const watchMs = 2000

const watch = (db: Store, context: Context, task: RunningTask): void => {
  const look = () => {
    try {
      const since = findRecord(db, context.cluster)?.running_since
      if (since !== context.since) endContext(context, 'the cluster has ended or was restarted')
    } catch {
      // The emulator was closed meanwhile, and its compute ends every process.
    }
  }
  const timer = setInterval(look, watchMs).unref()
  void task.done.then(() => clearInterval(timer))
}

/** The process of a context, with the libraries of its cluster. Never rejects: the context tells what went wrong. */
export const startContext = async (
  where: Where,
  compute: Compute,
  cluster: ClusterRecord,
  context: Context,
): Promise<void> => {
  try {
    const request = await requestOf(where, cluster, context.id)
    const task = await compute.start(request).catch((error: unknown) => {
      revoke(where.db, context, request)
      throw error
    })
    context.task = task
    watch(where.db, context, task)
    void task.done.then(() => {
      revoke(where.db, context, request)
      endContext(context, 'the context has ended')
    })
    // It may have been destroyed while it started.
    if (context.ended) return void (await task.cancel())
    context.status = 'Running'
  } catch (error) {
    endContext(context, error instanceof Error ? error.message : String(error))
  }
}
