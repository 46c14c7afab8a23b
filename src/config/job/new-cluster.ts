import type { Fault } from '../../errors.ts'
import type { ClusterSpec } from '../../wire/clusters.ts'
import { clusterRules } from '../cluster/rules.ts'
import { clusterTypeFaults } from '../cluster/types.ts'
import { faultAt } from '../faults.ts'
import { get, mapScalars, placeOf, plain, text, type Located, type Place, type Scalar } from '../located.ts'
import { called, tasksOf } from './tasks.ts'

interface NewCluster {
  /** What messages call it. */
  owner: string
  node: Located
}

/** The clusters of job_clusters and of tasks. */
export const newClusters = (settings: Located): NewCluster[] => {
  const list = get(settings, 'job_clusters')
  const shared = (list?.kind === 'list' ? list.items : []).map((node, i) => {
    const key = text(node, 'job_cluster_key')
    return { owner: key === undefined ? `job cluster number ${i + 1}` : `job cluster ${key}`, node }
  })
  return [...shared, ...tasksOf(settings).map((task) => ({ owner: called(task), node: task.node }))].flatMap(
    ({ owner, node }) => {
      const found = get(node, 'new_cluster')
      return found?.kind === 'map' ? [{ owner, node: found }] : []
    },
  )
}

const keyOf = ({ line, column }: Place): string => `${line}:${column}`

const otherWay = (value: Scalar): Scalar => {
  if (typeof value !== 'string') return value === null ? null : String(value)
  if (/^(true|false)$/i.test(value)) return value.toLowerCase() === 'true'
  return /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value
}

/** Digits where a number belongs, and a number where a text does, are as good to the service: read as it reads them. */
const asRead = (node: Located): Located => {
  const wrong = new Set(clusterTypeFaults(node).map(keyOf))
  return mapScalars(node, (value, at) => (wrong.has(keyOf(at)) ? otherWay(value) : value))
}

/** Without these no run of the job gets a cluster: the service refuses the job, as clusters/create would. */
const needed: readonly string[] = [
  'spark-version-is-given',
  'cluster-has-a-size',
  'num-workers-or-autoscale-not-both',
  'node-type-or-pool',
]

const isSpec = (value: unknown): value is ClusterSpec => typeof value === 'object' && value !== null

/** Fields of the future are warnings, see jobWarnings. */
export const newClusterFaults = (settings: Located): Fault[] =>
  newClusters(settings).flatMap(({ owner, node }) => {
    const read = asRead(node)
    const types = clusterTypeFaults(read).filter(({ rule }) => rule !== 'unknown-cluster-field')
    const spec: unknown = plain(read)
    const rules = clusterRules.filter(({ rule }) => needed.includes(rule))
    const lacking =
      types.length > 0 || !isSpec(spec)
        ? []
        : rules.flatMap(({ rule, check }) =>
            check(spec).map(({ path, on, message, hint }) =>
              faultAt(placeOf(node, path, on ?? 'value'), rule, message, hint),
            ),
          )
    return [...types, ...lacking].map((fault) => ({
      ...fault,
      message: `${owner}: new_cluster: ${fault.message}`,
    }))
  })
