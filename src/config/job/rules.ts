import type { Fault } from '../../errors.ts'
import { didYouMean, faultAt, nearest } from '../faults.ts'
import { entriesOf, get, placeOf, text, type Located } from '../located.ts'
import { cycleFaults } from './cycles.ts'
import { computes, legacyFields, needCompute, runServerless, taskTypes } from './fields.ts'
import { cronProblem, isTimeZone } from './quartz.ts'
import { called, keysOf, namesIn, tasksOf } from './tasks.ts'

type Rule = (settings: Located) => Fault[]

const hasName: Rule = (settings) => {
  const name = text(settings, 'name')
  return name === undefined || name.trim() !== ''
    ? []
    : [faultAt(placeOf(settings, ['name']), 'job-has-a-name', 'the name is empty', 'give the job a name')]
}

const hasTasks: Rule = (settings) => {
  const legacy = keysOf(settings).find((field) => legacyFields.includes(field))
  const list = get(settings, 'tasks')
  if (legacy !== undefined && list === undefined) {
    const message = `«${legacy}» beside no tasks is the form of Jobs API 2.0`
    const hint = 'move it into a task: "tasks": [{"task_key": "main", …}]'
    return [faultAt(placeOf(settings, [legacy], 'key'), 'job-has-tasks', message, hint)]
  }
  return list?.kind === 'list' && list.items.length === 0
    ? [faultAt(list.at, 'job-has-tasks', 'the job has no task', 'add one to tasks')]
    : []
}

const uniqueKeys: Rule = (settings) => {
  const seen = new Set<string>()
  return tasksOf(settings)
    .filter(({ nested }) => !nested)
    .flatMap((task) => {
      const place = placeOf(task.node, ['task_key'])
      if (!/^[\w-]{1,100}$/.test(task.key) && text(task.node, 'task_key') !== undefined) {
        const hint = 'up to 100 letters, digits, - and _'
        return [faultAt(place, 'task-key-is-a-name', `«${task.key}» is no task_key`, hint)]
      }
      if (task.key === '' || !seen.has(task.key)) {
        seen.add(task.key)
        return []
      }
      return [faultAt(place, 'one-task-per-key', `there is another task «${task.key}»`, 'rename one of them')]
    })
}

const dependencies: Rule = (settings) => {
  const tasks = tasksOf(settings).filter(({ nested }) => !nested)
  const known = tasks.map(({ key }) => key).filter((key) => key !== '')
  const unknown = tasks.flatMap((task) => {
    const list = get(task.node, 'depends_on')
    if (list?.kind !== 'list') return []
    return list.items.flatMap((item) => {
      const on = text(item, 'task_key')
      if (on === undefined || known.includes(on)) return []
      const message = `${called(task)} depends on «${on}», and there is no such task`
      return [faultAt(placeOf(item, ['task_key']), 'dependency-is-a-task', message, didYouMean(on, known))]
    })
  })
  return [...unknown, ...cycleFaults(tasks)]
}

const oneType: Rule = (settings) =>
  tasksOf(settings).flatMap((task) => {
    const fields = keysOf(task.node)
    const found = fields.filter((field) => taskTypes.includes(field))
    if (found.length === 1) return []
    const at = placeOf(task.node, ['task_key'])
    if (found.length > 1) {
      const message = `${called(task)} has ${found.join(' and ')}`
      return [
        faultAt(at, 'task-does-one-thing', message, 'keep one, and put the other into a task of its own'),
      ]
    }
    const close = fields.map((field) => nearest(field, taskTypes)).find((name) => name !== undefined)
    const hint =
      close === undefined ? `add one of ${taskTypes.slice(0, 7).join(', ')}, …` : `did you mean «${close}»?`
    return [faultAt(at, 'task-does-one-thing', `${called(task)} says nothing of what it runs`, hint)]
  })

const computeHint =
  'add one: "existing_cluster_id": "${clusters.KEY.id}", job_cluster_key, new_cluster, or environment_key (serverless)'

const hasCompute: Rule = (settings) =>
  tasksOf(settings).flatMap((task) => {
    const fields = keysOf(task.node)
    const given = computes.filter((field) => fields.includes(field))
    const at = placeOf(task.node, ['task_key'])
    if (given.length > 1) {
      const message = `${called(task)} has ${given.join(' and ')}`
      return [faultAt(at, 'task-has-one-compute', message, 'keep one of them')]
    }
    const needs = fields.some((field) => needCompute.has(field) && !runServerless.has(field))
    return needs && given.length === 0 && !fields.includes('compute')
      ? [faultAt(at, 'task-has-one-compute', `${called(task)} has nothing to run on`, computeHint)]
      : []
  })

/** A field of a task that must name an entry of a list of the job. */
const refers =
  (field: string, list: string): Rule =>
  (settings) => {
    const known = namesIn(settings, list, field)
    return tasksOf(settings).flatMap((task) => {
      const value = text(task.node, field)
      if (value === undefined || known.includes(value)) return []
      const message = `${called(task)} names «${value}», which is not in ${list}`
      return [faultAt(placeOf(task.node, [field]), `${list}-has-it`, message, didYouMean(value, known))]
    })
  }

const schedule: Rule = (settings) => {
  const node = get(settings, 'schedule')
  const cron = text(node, 'quartz_cron_expression')
  const zone = text(node, 'timezone_id')
  if (!node) return []
  const problem = cron === undefined ? undefined : cronProblem(cron)
  const close = zone === undefined ? undefined : nearest(zone, Intl.supportedValuesOf('timeZone'))
  return [
    ...(problem
      ? [faultAt(placeOf(node, ['quartz_cron_expression']), 'cron-is-quartz', problem.message, problem.hint)]
      : []),
    ...(zone === undefined || isTimeZone(zone)
      ? []
      : [
          faultAt(
            placeOf(node, ['timezone_id']),
            'time-zone-is-known',
            `there is no time zone «${zone}»`,
            close === undefined ? 'e.g. UTC or Europe/Helsinki' : `did you mean «${close}»?`,
          ),
        ]),
  ]
}

const identities = ['user_name', 'service_principal_name', 'group_name']

const runAs: Rule = (settings) => {
  const node = get(settings, 'run_as')
  if (!node) return []
  const given = keysOf(node).filter((field) => identities.includes(field))
  const at = placeOf(settings, ['run_as'], 'key')
  return given.length === 1 && !given.includes('group_name')
    ? []
    : [
        faultAt(
          at,
          'run-as-is-one',
          `run_as names ${given.join(' and ') || 'nobody'}`,
          'keep one of user_name, service_principal_name',
        ),
      ]
}

const principalOf = (grant: Located): string | undefined =>
  identities.map((field) => text(grant, field)).find((name) => name !== undefined)

/** The service keeps the last one, whatever the others say: the plan would differ for ever. */
const oneGrantEach = (grants: readonly Located[]): Fault[] => {
  const seen = new Set<string>()
  return grants.flatMap((grant) => {
    const principal = principalOf(grant)
    if (principal === undefined) return []
    const message = `there is another grant for «${principal}»`
    if (seen.has(principal))
      return [faultAt(grant.at, 'one-grant-per-principal', message, 'keep the one that is meant')]
    seen.add(principal)
    return []
  })
}

const permissions: Rule = (settings) => {
  const list = get(settings, 'access_control_list')
  if (list?.kind !== 'list') return []
  const duplicates = oneGrantEach(list.items)
  const owners = list.items.filter((item) => text(item, 'permission_level') === 'IS_OWNER')
  return [
    ...list.items.flatMap((item) => {
      const given = keysOf(item).filter((field) => identities.includes(field))
      return given.length === 1
        ? []
        : [
            faultAt(
              item.at,
              'one-principal-per-grant',
              `a grant names ${given.join(' and ') || 'nobody'}`,
              `one of ${identities.join(', ')}`,
            ),
          ]
    }),
    ...duplicates,
    ...owners
      .slice(1)
      .map((item) => faultAt(item.at, 'one-owner', 'a job has exactly one owner', 'keep one IS_OWNER')),
    ...owners
      .filter((item) => text(item, 'group_name') !== undefined)
      .map((item) =>
        faultAt(item.at, 'one-owner', 'a group cannot own a job', 'name a user or a service principal'),
      ),
  ]
}

/** They say whose a job is: set by hand, a deployment would take over what is not its own. */
const noMarkers: Rule = (settings) =>
  entriesOf(get(settings, 'tags'))
    .filter(([tag]) => tag.startsWith('brickrail_'))
    .map(([tag, { key }]) =>
      faultAt(key, 'brickrail-tags-are-set-by-brickrail', `${tag} is set by Brickrail`, 'remove it'),
    )

/** What Databricks would refuse, or take and then not run. */
export const jobRules: readonly Rule[] = [
  hasName,
  hasTasks,
  uniqueKeys,
  dependencies,
  oneType,
  hasCompute,
  refers('job_cluster_key', 'job_clusters'),
  refers('environment_key', 'environments'),
  schedule,
  runAs,
  permissions,
  noMarkers,
]
