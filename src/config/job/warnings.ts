import type { Fault } from '../../errors.ts'
import { clusterFields } from '../cluster/fields.ts'
import { didYouMean, faultAt } from '../faults.ts'
import { entriesOf, get, placeOf, text, type Located } from '../located.ts'
import { computes, runServerless, settingsFields, taskFields } from './fields.ts'
import { newClusters } from './new-cluster.ts'
import { alerts, edge, kinds } from './schema-task.ts'
import { lists, objects } from './schema.ts'
import { called, keysOf, tasksOf } from './tasks.ts'

/** Only warnings: Databricks adds fields faster than a table follows. */
const unknownIn = (node: Located | undefined, where: string, known: readonly string[]): Fault[] =>
  entriesOf(node)
    .filter(([name]) => !known.includes(name))
    .map(([name, { key }]) => {
      const message = `${where} has a field «${name}» that Brickrail does not know; it is sent as it is`
      return faultAt(key, 'unknown-job-field', message, didYouMean(name, known))
    })

type Shapes = Readonly<Record<string, { entries: object }>>

/** In objects below a job or a task, of which all members are known. */
const unknownBelow = (node: Located, where: string, shapes: Shapes): Fault[] =>
  Object.entries(shapes).flatMap(([field, { entries }]) => {
    const found = get(node, field)
    const items = found?.kind === 'list' ? found.items : [found]
    return items.flatMap((item) => unknownIn(item, `${where}: ${field}`, Object.keys(entries)))
  })

/** The spec of an environment is the service's. */
const ofJob: Shapes = {
  ...alerts,
  schedule: objects.schedule,
  queue: objects.queue,
  job_clusters: lists.job_clusters,
  parameters: lists.parameters,
}
const ofTask: Shapes = { ...alerts, ...kinds, depends_on: edge }

/** Fields of clusters/create that only clusters of jobs have. */
const jobClusterFields = [...Object.keys(clusterFields.fields), 'apply_policy_default_values']

const unknownFields = (settings: Located): Fault[] => [
  ...unknownIn(settings, 'the job', settingsFields),
  ...unknownBelow(settings, 'the job', ofJob),
  ...tasksOf(settings).flatMap((task) => [
    ...unknownIn(task.node, called(task), taskFields),
    ...unknownBelow(task.node, called(task), ofTask),
  ]),
  ...newClusters(settings).flatMap(({ owner, node }) =>
    unknownIn(node, `${owner}: new_cluster`, jobClusterFields),
  ),
]

/** Nobody gets that mail; the service does not say so. */
const noAddresses = (settings: Located): Fault[] =>
  [settings, ...tasksOf(settings).map(({ node }) => node)].flatMap((owner) =>
    entriesOf(get(owner, 'email_notifications')).flatMap(([moment, { node }]) =>
      (node.kind === 'list' ? node.items : []).flatMap((item) => {
        const address = text(item)
        if (address === undefined || /^[^\s@]+@[^\s@]+$/.test(address) || /\$\{|\{\{/.test(address)) return []
        const message = `email_notifications.${moment}: «${address}» is no e-mail address`
        return [faultAt(item.at, 'email-is-an-address', message, 'write name@example.com')]
      }),
    ),
  )

/** Legal where serverless compute is on, and refused by the workspace where it is not: https://docs.databricks.com/jobs/run-serverless-jobs */
const onServerless = (settings: Located): Fault[] =>
  tasksOf(settings).flatMap((task) => {
    const { node } = task
    const fields = keysOf(node)
    const named = [...computes, 'compute'].some((field) => fields.includes(field))
    const warehouse = text(node, 'notebook_task', 'warehouse_id') !== undefined
    if (named || warehouse || !fields.some((field) => runServerless.has(field))) return []
    const message = `${called(task)} names no compute: it runs on serverless compute, where the workspace has that`
    const hint = 'if that is not meant, add "existing_cluster_id": "${clusters.KEY.id}"'
    return [faultAt(placeOf(node, ['task_key']), 'task-on-serverless', message, hint)]
  })

/** Legal, but often not what was wanted. */
export const jobWarnings = (settings: Located): Fault[] => [
  ...unknownFields(settings),
  ...noAddresses(settings),
  ...onServerless(settings),
  ...(get(settings, 'schedule') && get(settings, 'continuous')
    ? [
        faultAt(
          placeOf(settings, ['continuous'], 'key'),
          'schedule-or-continuous',
          'a job is either continuous or on a schedule',
          'keep one',
        ),
      ]
    : []),
]
