import type { Fault } from '../../errors.ts'
import type { DesiredJob } from '../../plan/state-code.ts'
import type { JobSettings } from '../../wire/jobs.ts'
import { faultAt } from '../faults.ts'
import { interpolate, withValues, type Scope } from '../interpolate.ts'
import {
  entriesOf,
  flag,
  get,
  placeOf,
  plain,
  text,
  without,
  withoutNulls,
  type Entry,
  type Located,
} from '../located.ts'
import { readPatched } from '../overlay.ts'
import type { Context } from '../read.ts'
import { shapeFaults } from '../shape.ts'
import { clusterIds } from './compute.ts'
import { answeredFields } from './fields.ts'
import { newClusterFaults } from './new-cluster.ts'
import { pathFaults, type Brought } from './paths.ts'
import { referenceFaults } from './references.ts'
import { jobRules } from './rules.ts'
import { taskSchema } from './schema-task.ts'
import { settingsSchema } from './schema.ts'
import { called, tasksOf } from './tasks.ts'
import { jobWarnings } from './warnings.ts'

export interface JobsInput extends Brought {
  target: string
  targets: readonly string[]
  scope: Scope
  /** Keys under `clusters:`. */
  clusters: readonly string[]
}

interface LoadedJob {
  job: DesiredJob
  /** Where its name was written. */
  name: Located
}

/** The section `jobs` with the files that it names; undefined when there is no such section. */
export const loadJobs = async (
  context: Context,
  section: Located | undefined,
  input: JobsInput,
): Promise<DesiredJob[] | undefined> => {
  if (section?.kind !== 'map') return undefined
  const ids = input.clusters.map((key) => [`clusters.${key}.id`, undefined] as const)
  const scope = withValues(input.scope, new Map(ids))
  const loaded: LoadedJob[] = []
  for (const [key, entry] of entriesOf(section)) {
    const job = await loadJob(context, key, entry, { ...input, scope })
    if (job) loaded.push(job)
  }
  sameNames(context, loaded)
  return loaded.map(({ job }) => job)
}

const loadJob = async (
  context: Context,
  key: string,
  { node: entry }: Entry,
  input: JobsInput,
): Promise<LoadedJob | undefined> => {
  const named = entry.kind === 'map' ? get(entry, 'settings') : entry
  const path = text(named)
  if (named === undefined || path === undefined || path.includes('${')) return undefined
  const written = await readPatched(context, path, named.at, input)
  if (!written) return undefined
  const settings = withoutNulls(interpolate(settingsOf(context, written), input.scope, context.faults))
  const broken = typeFaults(settings)
  context.faults.push(...broken)
  judge(context, settings, input)
  const value: unknown = plain(without(settings, ['access_control_list']))
  if (broken.length > 0 || !isSettings(value)) return undefined
  const acl = plain(get(settings, 'access_control_list') ?? none(settings))
  const adopt = text(entry, 'adopt') ?? flag(entry, 'adopt')
  return {
    job: { key, settings: { ...value, name: value.name ?? key }, ...(isAcl(acl) ? { acl } : {}), adopt },
    name: get(settings, 'name') ?? { kind: 'scalar', at: placeOf(settings, []), value: key },
  }
}

/** Each task on its own, so that a fault names it. */
const typeFaults = (settings: Located): Fault[] => [
  ...shapeFaults(settings, settingsSchema),
  ...tasksOf(settings)
    .filter(({ node }) => node.kind === 'map')
    .flatMap((task) => shapeFaults(task.node, taskSchema, called(task))),
]

const none = ({ at }: Located): Located => ({ kind: 'scalar', at, value: null })

/** Their shapes have been checked against the schema. */
const isSettings = (value: unknown): value is JobSettings =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isAcl = (value: unknown): value is NonNullable<DesiredJob['acl']> => Array.isArray(value)

/** The answer of jobs/get is taken as well: what is around the settings goes, with a notice. */
const settingsOf = (context: Context, written: Located): Located => {
  const inner = get(written, 'settings')
  const wrapped = inner?.kind === 'map' && get(written, 'tasks') === undefined
  const found = entriesOf(written).filter(([name]) => answeredFields.includes(name))
  if (wrapped || found.length > 0)
    context.warnings.push(
      faultAt(
        found[0]?.[1].key ?? written.at,
        'read-only-field',
        `this is an answer of jobs/get: ${wrapped ? 'only its settings are' : `${found.map(([name]) => name).join(', ')} are not`} used`,
        wrapped ? 'keep what is in settings, and nothing else' : 'remove them',
      ),
    )
  return without(wrapped ? inner : written, [...answeredFields, '$schema'])
}

const judge = (context: Context, settings: Located, input: JobsInput): void => {
  const ids = clusterIds(settings, input.clusters)
  context.faults.push(
    ...jobRules.flatMap((rule) => rule(settings)),
    ...ids.faults,
    ...pathFaults(settings, input),
    ...newClusterFaults(settings),
    ...referenceFaults(settings),
  )
  context.warnings.push(...ids.warnings, ...jobWarnings(settings))
}

/** The workspace takes two jobs of one name; people, and `run`, could not tell them apart. */
const sameNames = (context: Context, loaded: readonly LoadedJob[]): void => {
  const first = new Map<string, string>()
  for (const { job, name } of loaded) {
    const value = job.settings.name ?? job.key
    const other = first.get(value.toLowerCase())
    if (other === undefined) first.set(value.toLowerCase(), job.key)
    else
      context.faults.push(
        faultAt(
          name.at,
          'one-job-per-name',
          `the jobs ${other} and ${job.key} are both named «${value}»`,
          'give them different names; "${target.name}" may be part of one',
        ),
      )
  }
}
