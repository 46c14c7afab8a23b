import type { Databricks } from '../client/databricks.ts'
import { Fail } from '../errors.ts'
import { AnswerLost } from '../http/api-error.ts'
import { markerTags } from '../plan/marker.ts'
import type { ClusterDetails, ClusterSpec } from '../wire/clusters.ts'

const markers = Object.values(markerTags)

const isOurs = (details: ClusterDetails, spec: ClusterSpec): boolean =>
  markers.every((tag) => details.custom_tags?.[tag] === spec.custom_tags?.[tag])

/** The one that an earlier attempt of this very deployment has created: the tags carry its number. */
const findOurs = async (client: Databricks, spec: ClusterSpec): Promise<string | undefined> =>
  (await client.clusters.all()).find((details) => isOurs(details, spec))?.cluster_id

const attempts = 3

/**
 * clusters/create is not idempotent: when the answer is lost, look for our marker before trying again,
 * or two clusters run and one of them for ever.
 * @throws ApiError; AnswerLost after three lost answers without a cluster
 */
export const createCluster = async (client: Databricks, spec: ClusterSpec, attempt = 1): Promise<string> => {
  try {
    const { cluster_id } = await client.clusters.create(spec)
    if (typeof cluster_id === 'string') return cluster_id
    throw new Fail('NOT_APPLIED', { what: 'clusters/create gave no cluster_id' })
  } catch (error) {
    if (!(error instanceof AnswerLost)) throw error
    const id = await findOurs(client, spec)
    if (id !== undefined) return id
    if (attempt === attempts) throw error
    return await createCluster(client, spec, attempt + 1)
  }
}
