import { Fail } from '../errors.ts'
import { poll } from '../http/poll.ts'
import { compareSpec } from '../plan/compare.ts'
import type { ClusterDetails } from '../wire/clusters.ts'
import type { ApplyContext, Progress } from './context.ts'
import { explainTermination } from './termination.ts'

const nameOf = (details: ClusterDetails): string => details.cluster_name ?? details.cluster_id

const failed = (details: ClusterDetails): Fail => {
  const { reason, hint } = explainTermination(details)
  const { cluster_id: id, state } = details
  return new Fail('CLUSTER_FAILED', { name: nameOf(details), id, state, reason, hint })
}

const isUp = (details: ClusterDetails): boolean => {
  if (details.state === 'ERROR' || details.state === 'TERMINATED') throw failed(details)
  return details.state === 'RUNNING'
}

const isStable = ({ state }: ClusterDetails): boolean => ['RUNNING', 'TERMINATED', 'ERROR'].includes(state)

const lastEvents = async (context: ApplyContext, id: string): Promise<string> => {
  const events = await context.client.clusters.lastEvents(id, 5).catch(() => [])
  return events.map(({ type }) => type).join(', ')
}

const withEvents = async (context: ApplyContext, id: string, error: unknown): Promise<unknown> => {
  if (!(error instanceof Fail) || error.code !== 'TIMEOUT') return error
  const hint = `last events of the cluster: ${(await lastEvents(context, id)) || 'none'}; raise --timeout if it only is slow`
  return new Fail('TIMEOUT', { ...error.context, hint }, { cause: error })
}

/** What was sent must be what is there: an answer of 200 alone proves nothing. */
const verify = (context: ApplyContext, details: ClusterDetails): void => {
  const sent = context.sent.get(details.cluster_id)
  const differs = sent ? compareSpec(sent, details, undefined, context.tools.fields) : []
  const fields = differs.filter(({ new: wanted }) => wanted !== undefined).map(({ path }) => path)
  if (fields.length > 0)
    throw new Fail('NOT_APPLIED', {
      what: `cluster ${nameOf(details)} reads back with other values of ${fields.join(', ')}`,
    })
}

/**
 * Wait until the cluster is RUNNING (or, for `STABLE`, until it can be edited), then check that it is what was sent, if
 * anything was.
 * @throws Fail CLUSTER_FAILED with the termination reason, TIMEOUT with the last events, NOT_APPLIED
 */
export const waitForCluster = async (
  context: ApplyContext,
  id: string,
  until: 'RUNNING' | 'STABLE',
  progress: Progress,
): Promise<void> => {
  try {
    const details = await poll({
      read: async () => {
        await context.claim.pulse()
        return await context.client.clusters.get({ cluster_id: id })
      },
      done: until === 'RUNNING' ? isUp : isStable,
      state: ({ state, state_message }) => (state_message ? `${state}: ${state_message}` : state),
      what: `cluster ${id} to be ${until === 'RUNNING' ? 'RUNNING' : 'RUNNING or TERMINATED'}`,
      hint: '',
      timeoutMs: context.timeouts.cluster,
      clock: context.clock,
      stop: context.stop,
      onState: (state) => progress.detail(state),
    })
    verify(context, details)
  } catch (error) {
    throw await withEvents(context, id, error)
  }
}
