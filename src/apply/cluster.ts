import { Fail } from '../errors.ts'
import { AnswerLost, ApiError, hasCode, isMissing } from '../http/api-error.ts'
import { compareSpec } from '../plan/compare.ts'
import { same } from '../plan/canonical.ts'
import { movedTo, usesOf } from '../plan/job-use.ts'
import type { Step } from '../plan/state.ts'
import type { ClusterDetails } from '../wire/clusters.ts'
import type { AccessControl, AccessControlResponse } from '../wire/permissions.ts'
import { idOf, type ApplyContext, type Progress } from './context.ts'
import { createCluster } from './create-cluster.ts'
import { waitForCluster } from './wait-cluster.ts'

type StepOf<Do extends Step['do']> = Extract<Step, { do: Do }>
export type Run<Do extends Step['do']> = (
  context: ApplyContext,
  step: StepOf<Do>,
  progress: Progress,
) => Promise<void>

export const create: Run<'cluster.create'> = async (context, { key, spec }) => {
  const id = await createCluster(context.client, spec)
  context.created.set(key, id)
  context.sent.set(id, spec)
}

const attempts = 4

/**
 * A write that the workspace takes only in some states. A lost answer is settled by reading whether it took effect;
 * INVALID_STATE (somebody resized it meanwhile) by waiting until it is stable.
 */
const settled = async (
  context: ApplyContext,
  id: string,
  write: () => Promise<unknown>,
  isDone: (details: ClusterDetails) => boolean,
  progress: Progress,
): Promise<void> => {
  for (let attempt = 1; ; attempt += 1)
    try {
      await write()
      return
    } catch (error) {
      const lost = error instanceof AnswerLost
      if (attempt === attempts || !(lost || hasCode(error, 'INVALID_STATE'))) throw error
      if (lost && isDone(await context.client.clusters.get({ cluster_id: id }))) return
      await waitForCluster(context, id, 'STABLE', progress)
    }
}

export const edit: Run<'cluster.edit'> = async (context, { cluster, spec }, progress) => {
  const id = idOf(context, cluster)
  const isDone = (details: ClusterDetails) =>
    compareSpec(spec, details, undefined, context.tools.fields).length === 0 &&
    same(details.custom_tags, { ...details.custom_tags, ...spec.custom_tags })
  await settled(
    context,
    id,
    () => context.client.clusters.edit({ ...spec, cluster_id: id }),
    isDone,
    progress,
  )
  context.sent.set(id, spec)
}

export const resize: Run<'cluster.resize'> = async (context, { cluster, size }, progress) => {
  const id = idOf(context, cluster)
  const isDone = (details: ClusterDetails) =>
    'autoscale' in size ? same(details.autoscale, size.autoscale) : details.num_workers === size.num_workers
  await settled(
    context,
    id,
    () => context.client.clusters.resize({ cluster_id: id, ...size }),
    isDone,
    progress,
  )
  // The spec is the target at once, however long the machines take: https://docs.databricks.com/api/workspace/clusters/get
  if (!isDone(await context.client.clusters.get({ cluster_id: id })))
    throw new Fail('NOT_APPLIED', { what: `cluster ${cluster.key} (${id}) has kept its old size` })
}

export const start: Run<'cluster.start'> = async (context, { cluster }) => {
  try {
    await context.client.clusters.start({ cluster_id: idOf(context, cluster) })
  } catch (error) {
    // «Cluster X is in unexpected state Pending»: somebody else has started it.
    if (!hasCode(error, 'INVALID_STATE')) throw error
  }
}

export const restart: Run<'cluster.restart'> = async (context, { cluster }) => {
  await context.client.clusters.restart({ cluster_id: idOf(context, cluster) })
}

export const wait: Run<'cluster.wait'> = async (context, { cluster, until }, progress) =>
  await waitForCluster(context, idOf(context, cluster), until, progress)

export const pin: Run<'cluster.pin'> = async (context, { cluster }) => {
  await context.client.clusters.pin({ cluster_id: idOf(context, cluster) })
}

export const unpin: Run<'cluster.unpin'> = async (context, { cluster }) => {
  await context.client.clusters.unpin({ cluster_id: idOf(context, cluster) })
}

const grantsOf = ({
  all_permissions,
  user_name,
  group_name,
  service_principal_name,
}: AccessControlResponse): AccessControl[] =>
  (all_permissions ?? [])
    .filter(({ inherited }) => inherited !== true)
    .map(({ permission_level }) => ({
      ...(user_name === undefined ? {} : { user_name }),
      ...(group_name === undefined ? {} : { group_name }),
      ...(service_principal_name === undefined ? {} : { service_principal_name }),
      permission_level,
    }))

/** Merges: the new cluster keeps what it has by itself, such as the rights of its creator. */
export const copyAcl: Run<'cluster.copy-acl'> = async (context, { cluster, acl }) => {
  const access_control_list = acl.flatMap(grantsOf)
  if (access_control_list.length === 0) return
  const request_object_id = idOf(context, cluster)
  const answer = await context.client.permissions.update({
    request_object_type: 'clusters',
    request_object_id,
    access_control_list,
  })
  if (!answer.access_control_list)
    throw new Fail('NOT_APPLIED', { what: `the permissions of ${request_object_id} were not answered` })
}

export const rewireJob: Run<'cluster.rewire-job'> = async (context, { cluster, job }) => {
  const existing_cluster_id = idOf(context, cluster)
  const tasks = job.tasks.map((task) => movedTo(task, existing_cluster_id))
  const new_settings = {
    ...(job.whole ? { existing_cluster_id } : {}),
    ...(tasks.length > 0 ? { tasks } : {}),
  }
  await context.client.jobs.update({ job_id: job.job_id, new_settings })
  // The old cluster goes next, so here a success that was none would cost somebody a night's run.
  const use = usesOf(await context.client.jobs.get({ job_id: job.job_id }), existing_cluster_id)
  if (use.tasks.length < tasks.length || (job.whole && !use.whole))
    throw new Fail('NOT_APPLIED', { what: `the job ${job.name} does not use ${existing_cluster_id}` })
}

const isPinned = (error: unknown): boolean =>
  error instanceof ApiError && /unpin the cluster first/i.test(error.apiMessage)

/** Gone already is as good as removed; pinned since the plan was made is unpinned. */
export const remove: Run<'cluster.remove'> = async (context, { cluster }) => {
  const cluster_id = idOf(context, cluster)
  const { clusters } = context.client
  try {
    await clusters.permanentDelete({ cluster_id })
  } catch (error) {
    if (isMissing(error)) return
    if (!isPinned(error)) throw error
    await clusters.unpin({ cluster_id })
    await clusters.permanentDelete({ cluster_id })
  }
}
