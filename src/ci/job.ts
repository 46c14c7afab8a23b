import { firstJob, type Given } from './built-in.ts'
import { traitsOf } from './catalog.ts'
import type { Access, Auth, Input, Job, Runner } from './model.ts'
import { junitReports } from './reports.ts'
import type { JobSection, RunnerSection, Section } from './section.ts'

/** What all jobs of a pipeline share. */
export interface Setting {
  project: string
  command: string
  target: string
  production?: string
  defaultBranch: string
  auth: Auth
  defaults: NonNullable<Section['defaults']>
  /** The version of a package names the last commit that touched its sources: every job that reads the project needs them all. */
  packages: boolean
  isRemote: (target: string) => boolean
}

/** A job before what the section says of it. */
export interface Draft extends Given {
  commands?: readonly Line[]
  target?: string
  access?: Access
  environment?: string
}

/** Minutes: a deployment waits up to 30 for another run on its target, and as long for a cluster. */
const timeouts = { reads: 30, writes: 90 }

/** Seconds that a job waits for another run on its target: a part of its own time, which has to do for the work, too. */
const lockTimeout = (minutes: number): number => Math.min(1800, Math.floor((minutes * 60) / 3))

/** What runs a job of which nothing is said. */
export const runner: Runner = {
  image: 'node:24.21.0-bookworm',
  tags: [],
  pool: 'ubuntu-24.04',
  runsOn: 'ubuntu-24.04',
}

interface Line {
  command: string
  target?: string | undefined
}

/** A command line of Brickrail for a target: `deploy` -> `brickrail deploy --target dev --lock-timeout 1800`. */
const lineOf = (program: string, { command, target }: Line, minutes: number): string => {
  const [word = '', ...rest] = command.trim().split(/\s+(.*)/s)
  const tail = rest.filter((part) => part !== '')
  const traits = traitsOf(command)
  const on = target !== undefined && traits?.target ? ['--target', target] : []
  const waits =
    traits?.waits && !/(^|\s)--lock-timeout\b/.test(command)
      ? ['--lock-timeout', String(lockTimeout(minutes))]
      : []
  return [program, word, ...on, ...tail, ...waits].join(' ')
}

const runnerOf = (...layers: readonly RunnerSection[]): Runner =>
  layers.reduce<Runner>(
    (known, { image, tags, pool, runs_on: runsOn }) => ({
      image: image ?? known.image,
      tags: tags ?? known.tags,
      pool: pool ?? known.pool,
      runsOn: runsOn ?? known.runsOn,
    }),
    runner,
  )

const textsOf = (values: Readonly<Record<string, string | number | boolean>>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]))

const inputsOf = (own: JobSection, draft: Draft): readonly Input[] =>
  own.inputs
    ? Object.entries(own.inputs).map(([name, { about = '', default: value = '' }]) => ({
        name,
        about,
        default: String(value),
      }))
    : (draft.inputs ?? [])

/** What the job asks of a workspace, before it is known whether there is one to ask. */
const wishOf = (draft: Draft, own: JobSection): Access =>
  own.access ??
  draft.access ??
  (own.command === undefined ? undefined : traitsOf(own.command)?.access) ??
  'none'

interface Reach {
  access: Access
  target?: string
  environment?: string
  approval: boolean
  lock?: string
}

/**
 * Target, credentials, environment, approval and lock. The embedded workspace (a target without host) needs no credentials, so
 * access is `none` there; jobs that write to it still go one after the other.
 */
const reachOf = (draft: Draft, own: JobSection, setting: Setting): Reach => {
  const wish = wishOf(draft, own)
  const target = own.target ?? draft.target ?? (wish === 'none' ? undefined : setting.target)
  const remote = target !== undefined && setting.isRemote(target)
  const writes = wish === 'write' && target !== undefined
  const approval = own.approval ?? draft.approval ?? (writes && target === setting.production)
  const environment =
    own.environment ?? (writes && (remote || approval) ? (draft.environment ?? target) : undefined)
  return {
    access: remote ? wish : 'none',
    ...(target === undefined ? {} : { target }),
    ...(environment === undefined ? {} : { environment }),
    approval,
    ...(writes ? { lock: `${setting.project}/${target}` } : {}),
  }
}

const scriptOf = (
  draft: Draft,
  own: JobSection,
  { command: program }: Setting,
  { target, timeout }: Pick<Job, 'timeout'> & Pick<Reach, 'target'>,
): string[] => {
  const { command, script = [] } = own
  const lines = draft.commands ?? (command === undefined ? [] : [{ command, target }])
  return lines.length > 0 ? lines.map((line) => lineOf(program, line, timeout)) : [...script]
}

/** One blank between two fields, none around them: hosts compare and show the text. */
const plainCron = (schedule: string | undefined): string | undefined =>
  schedule?.trim().replaceAll(/\s+/g, ' ')

/** A pipeline whose files are not as the spec says deploys nothing, whatever else a job waits for. */
const afterFirst = (name: string, needs: readonly string[]): readonly string[] =>
  name === firstJob || needs.includes(firstJob) ? needs : [...needs, firstJob]

const ofBrickrail = (draft: Draft, own: JobSection): boolean =>
  draft.commands !== undefined || own.command !== undefined

const commandsOf = (draft: Draft, own: JobSection): readonly string[] =>
  own.command === undefined ? (draft.commands ?? []).map(({ command }) => command) : [own.command]

/** What it takes to know the version of a package, and to build it. */
const tools = (draft: Draft, own: JobSection, { packages }: Setting): Pick<Job, 'history' | 'python'> => {
  const commands = commandsOf(draft, own)
  const all = commands.map(traitsOf)
  return {
    history:
      commands.some((command) => command.trim().startsWith('changes')) ||
      (packages && all.some((traits) => traits?.target)),
    python: packages && all.some((traits) => traits?.builds),
  }
}

/** A job: what it is (the draft), what the section says of it, and the defaults for the rest. */
export const jobOf = (draft: Draft, own: JobSection, setting: Setting): Job => {
  const { defaults } = setting
  const on = own.on ?? draft.on
  const reach = reachOf(draft, own, setting)
  const timeout =
    own.timeout ?? defaults.timeout ?? (reach.lock === undefined ? timeouts.reads : timeouts.writes)
  const schedule = plainCron(own.schedule ?? draft.schedule)
  const junit = own.junit ?? (ofBrickrail(draft, own) ? junitReports : undefined)
  const secrets = own.secrets ?? []
  const comments = draft.comments ?? false
  return {
    name: draft.name,
    stage: own.stage ?? draft.stage,
    about: own.about ?? (draft.about || draft.name),
    script: scriptOf(draft, own, setting, { ...reach, timeout }),
    on,
    branches: own.branches ?? [setting.defaultBranch],
    changes: own.changes ?? draft.changes ?? [],
    needs: afterFirst(draft.name, own.needs ?? draft.needs ?? []),
    ...(own.install === undefined ? {} : { install: own.install }),
    ...reach,
    auth: setting.auth,
    secrets,
    variables: textsOf({ ...defaults.variables, ...own.variables }),
    inputs: inputsOf(own, draft),
    ...(schedule === undefined ? {} : { schedule }),
    artifacts: own.artifacts ?? draft.artifacts ?? [],
    ...(junit === undefined ? {} : { junit }),
    outputs: own.outputs ?? draft.outputs ?? [],
    comments,
    forks: on.includes('merge_request') && reach.access === 'none' && secrets.length === 0 && !comments,
    ...tools(draft, own, setting),
    timeout,
    runner: runnerOf(defaults, own),
  }
}
