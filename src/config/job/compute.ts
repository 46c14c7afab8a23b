import type { Fault } from '../../errors.ts'
import { didYouMean, faultAt } from '../faults.ts'
import { placeOf, text, type Located } from '../located.ts'
import { tasksOf } from './tasks.ts'

/** As the service makes them: `1121-120000-abcd1234`. */
const clusterId = /^\d{4}-\d{6}-[\w-]+$/

/** Ids of clusters that are written out: right for clusters of others, fragile for those of this project. */
export const clusterIds = (
  settings: Located,
  clusters: readonly string[],
): { faults: Fault[]; warnings: Fault[] } => {
  const faults: Fault[] = []
  const warnings: Fault[] = []
  for (const { node } of tasksOf(settings)) {
    const id = text(node, 'existing_cluster_id')
    if (id === undefined || id.includes('${')) continue
    const at = placeOf(node, ['existing_cluster_id'])
    if (clusterId.test(id)) {
      const message = `the id of a cluster is written out: ${id}`
      const hint =
        'if it is one of this project, write ${clusters.KEY.id}: ids change when a cluster is replaced'
      warnings.push(faultAt(at, 'cluster-by-reference', message, hint))
    } else {
      const known = clusters.includes(id)
        ? `write \${clusters.${id}.id}`
        : didYouMean(
            id,
            clusters.map((key) => `\${clusters.${key}.id}`),
          )
      faults.push(faultAt(at, 'cluster-by-reference', `«${id}» is no id of a cluster`, known))
    }
  }
  return { faults, warnings }
}
