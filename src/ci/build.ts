import { firstJob, inProject, modelsEnvironment, type BuiltIn } from './built-in.ts'
import { catalog, isBuiltIn, traitsOf } from './catalog.ts'
import { check } from './check.ts'
import { inOrder } from './graph.ts'
import { jobOf, type Draft, type Setting } from './job.ts'
import type { Job, Pipeline, Problem } from './model.ts'
import type { Facts, JobSection, Section } from './section.ts'

/** A pipeline before it is stamped with generator and digest. */
export type PipelineData = Omit<Pipeline, 'version' | 'digest'>

const standardInstall = ['npm ci --no-audit --no-fund']
const standardCommand = './node_modules/.bin/brickrail'
export const standardAudience = 'databricks'

/** A push deploys where nothing is protected: the first such workspace, else what the command line would take. */
const targetOf = ({ target }: Section, { targets }: Facts): string =>
  target ??
  (
    targets.find(({ remote, protected: closed }) => remote && !closed) ??
    targets.find((one) => one.default) ??
    targets[0]
  )?.name ??
  'local'

const productionOf = ({ production }: Section, { targets }: Facts): string | undefined => {
  if (production === null || production === false) return undefined
  return production ?? targets.find((target) => target.protected)?.name
}

const settingOf = (section: Section, facts: Facts): Setting => {
  const production = productionOf(section, facts)
  return {
    project: facts.project,
    command: section.command ?? standardCommand,
    target: targetOf(section, facts),
    ...(production === undefined ? {} : { production }),
    defaultBranch: section.default_branch ?? 'main',
    auth: section.auth ?? 'token',
    defaults: section.defaults ?? {},
    packages: facts.declares?.includes('packages') ?? false,
    isRemote: (target) => facts.targets.some(({ name, remote }) => name === target && remote),
  }
}

const draftOf = (builtIn: BuiltIn, setting: Setting, declares: Facts['declares']): Draft | undefined => {
  const { target, production } = setting
  const { of, command, when, ofModels, ...rest } = inProject(builtIn, declares)
  if (of === 'production' && production === undefined) return undefined
  if (when !== undefined && !when.some((one) => declares?.includes(one))) return undefined
  const all = {
    target: [target],
    production: [production ?? ''],
    both: [target, production ?? []].flat(),
    none: [],
  }
  const [first] = all[of]
  const commands = of === 'none' ? [{ command }] : all[of].map((one) => ({ command, target: one }))
  return {
    ...rest,
    commands,
    access: traitsOf(command)?.access ?? 'none',
    // One that reaches no workspace and works on several targets belongs to none of them.
    ...(first === undefined || of === 'both' ? {} : { target: first }),
    ...(ofModels && first !== undefined ? { environment: modelsEnvironment(first) } : {}),
  }
}

/** The built-in jobs of this setting, with what the section says of them. */
const builtInJobs = (section: Section, setting: Setting, { declares }: Facts): Job[] =>
  catalog.flatMap((builtIn) => {
    const override = section.jobs?.[builtIn.name]
    const draft = override === null ? undefined : draftOf(builtIn, setting, declares)
    return draft ? [jobOf(draft, override ?? {}, setting)] : []
  })

const ownJobs = (section: Section, setting: Setting): Job[] =>
  Object.entries(section.jobs ?? {}).flatMap(([name, own]: [string, JobSection | null]) =>
    own === null || isBuiltIn(name)
      ? []
      : [jobOf({ name, stage: 'test', about: '', on: ['push'] }, own, setting)],
  )

/** What came with a job that is not there is not waited for; what a user wrote is checked instead. */
const withoutMissing = (jobs: readonly Job[], section: Section): Job[] => {
  const names = new Set(jobs.map(({ name }) => name))
  return jobs.map((job) =>
    section.jobs?.[job.name]?.needs ? job : { ...job, needs: job.needs.filter((need) => names.has(need)) },
  )
}

/** A push job that only follows filtered ones starts with them; unless it says what starts it, or that nothing does. */
const inheritChanges = (jobs: readonly Job[], section: Section): Job[] => {
  const byName = new Map(jobs.map((job) => [job.name, job]))
  const done = new Map<string, readonly string[]>()
  const changesOf = (job: Job): readonly string[] => {
    const known = done.get(job.name)
    if (known) return known
    done.set(job.name, job.changes)
    const written = section.jobs?.[job.name]
    const own = !isBuiltIn(job.name)
    const needed = job.needs.filter((name) => name !== firstJob).flatMap((name) => byName.get(name) ?? [])
    const theirs = needed.map((need) => (need.on.includes('push') ? changesOf(need) : []))
    const inherits = own && written?.changes === undefined && job.on.includes('push') && theirs.length > 0
    const changes =
      inherits && theirs.every((list) => list.length > 0) ? [...new Set(theirs.flat())] : job.changes
    done.set(job.name, changes)
    return changes
  }
  return jobs.map((job) => ({ ...job, changes: changesOf(job) }))
}

/** The first job is part of every pipeline, so it has to know every branch. */
const everywhere = (jobs: readonly Job[]): Job[] => {
  const branches = [...new Set(jobs.flatMap((job) => (job.on.includes('push') ? job.branches : [])))]
  return jobs.map((job) => (job.name === firstJob ? { ...job, branches } : job))
}

const groupsOf = (section: Section, setting: Setting, jobs: readonly Job[]): Record<string, string> => {
  const used = new Set(
    jobs.flatMap(({ access, secrets, target }) =>
      access === 'none' && secrets.length === 0 ? [] : (target ?? setting.target),
    ),
  )
  const named = section.azure?.variable_groups ?? {}
  const group = (target: string): string =>
    named[target] ?? (target === setting.target ? 'databricks_cli' : `databricks_cli_${target}`)
  return Object.fromEntries([...used].map((target) => [target, group(target)]))
}

/**
 * The pipeline of a section, and all that is wrong with it.
 * @param section of good shape (config/ has checked it)
 * @returns the pipeline is only good when there are no problems
 */
export const buildPipeline = (
  section: Section,
  facts: Facts,
): { pipeline: PipelineData; problems: Problem[] } => {
  const setting = settingOf(section, facts)
  const drafted = withoutMissing(
    [...builtInJobs(section, setting, facts), ...ownJobs(section, setting)],
    section,
  )
  const jobs = inOrder(everywhere(inheritChanges(drafted, section)))
  const connection = section.azure?.service_connection
  const pipeline: PipelineData = {
    project: facts.project,
    defaultBranch: setting.defaultBranch,
    hosts: section.hosts ?? [],
    install: section.install ?? standardInstall,
    command: setting.command,
    relevant: [...new Set(jobs.flatMap((job) => (job.on.includes('push') ? job.changes : [])))],
    jobs,
    azure: {
      groups: groupsOf(section, setting, jobs),
      ...(connection === undefined ? {} : { serviceConnection: connection }),
    },
    audience: section.audience ?? standardAudience,
    target: setting.target,
  }
  return { pipeline, problems: check(section, pipeline, setting, facts) }
}
