import { didYouMean } from '../../config/faults.ts'
import { Fail } from '../../errors.ts'
import { generationOf, ownerOf } from '../../plan/marker.ts'
import type { Session } from '../session.ts'
import { propose } from './propose.ts'

/**
 * The key of the cluster to run on: the one that was named, or the only one.
 * @throws Fail USAGE
 */
export const clusterKey = (session: Session, named: string | undefined): string => {
  const keys = session.project.desired.clusters.map(({ key }) => key)
  const [only] = keys
  if (named === undefined && only !== undefined && keys.length === 1) return only
  if (named !== undefined && keys.includes(named)) return named
  const { target } = session.place
  if (keys.length === 0)
    throw new Fail('USAGE', {
      what: `${target} declares no cluster to run on`,
      hint: 'declare one under clusters',
    })
  throw new Fail('USAGE', {
    what: named === undefined ? 'it is not said on which cluster to run' : `there is no cluster «${named}»`,
    hint: named === undefined ? `give --cluster: ${keys.join(', ')}` : didYouMean(named, keys),
  })
}

/**
 * Id of the deployed cluster of a key: the newest generation that carries our marker.
 * @throws Fail NOT_DEPLOYED
 */
export const findCluster = async ({ client, place, project }: Session, key: string): Promise<string> => {
  const ours = (await client.clusters.all()).filter((cluster) => {
    const owner = ownerOf(cluster)
    return owner?.project === place.project && owner.target === place.target && owner.key === key
  })
  // One that is about to be replaced may still be there beside its replacement.
  const [newest] = ours.toSorted((a, b) => generationOf(b) - generationOf(a))
  if (newest?.cluster_id !== undefined) return newest.cluster_id
  throw new Fail('NOT_DEPLOYED', {
    what: `the cluster ${key}`,
    target: place.target,
    hint: `deploy it first: ${propose(project, 'deploy')}`,
  })
}
