import { commandTraits, firstJob } from './catalog.ts'
import type { Access, Auth, Event, Input, Job, Runner, Stage } from './model.ts'
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
  isRemote: (target: string) => boolean
}

/** A job before what the section says of it. */
export interface Draft {
  name: string
  stage: Stage
  about: string
  on: readonly Event[]
  commands?: readonly { command: string; target?: string }[]
  target?: string
  access?: Access
  approval?: boolean
  changes?: readonly string[]
  needs?: readonly string[]
  schedule?: string
  inputs?: readonly Input[]
  outputs?: readonly string[]
  comments?: boolean
}

/** Seconds that a job waits for another run on the same target: less than any job's own time. */
const lockTimeout = 1800
/** Minutes: `apply` waits 30 for a cluster, and as long for another run. */
const timeouts = { reads: 30, writes: 60 }
const runner: Runner = {
  image: 'node:24.21.0-bookworm',
  tags: [],
  pool: 'ubuntu-24.04',
  runsOn: 'ubuntu-24.04',
}

export const traitsOf = (command: string) => commandTraits[command.trim().split(/\s+/)[0] ?? '']

/** A command line of Brickrail for a target: `deploy` -> `brickrail deploy --target dev --lock-timeout 1800`. */
const lineOf = (program: string, command: string, target: string | undefined): string => {
  const [word = '', ...rest] = command.trim().split(/\s+(.*)/s)
  const tail = rest.filter((part) => part !== '')
  const has = (flag: RegExp): boolean => flag.test(command)
  const traits = commandTraits[word]
  const on =
    target !== undefined && traits?.target && !has(/(^|\s)(--target|-t)\b/) ? ['--target', target] : []
  const waits = traits?.waits && !has(/(^|\s)--lock-timeout\b/) ? ['--lock-timeout', String(lockTimeout)] : []
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
  const environment = own.environment ?? (writes && (remote || approval) ? target : undefined)
  return {
    access: remote ? wish : 'none',
    ...(target === undefined ? {} : { target }),
    ...(environment === undefined ? {} : { environment }),
    approval,
    ...(writes ? { lock: `${setting.project}/${target}` } : {}),
  }
}

const scriptOf = (draft: Draft, own: JobSection, setting: Setting, target: string | undefined): string[] => {
  if (draft.commands) return draft.commands.map((one) => lineOf(setting.command, one.command, one.target))
  return own.command === undefined ? [...(own.script ?? [])] : [lineOf(setting.command, own.command, target)]
}

const ofBrickrail = (draft: Draft, own: JobSection): boolean =>
  draft.commands !== undefined || own.command !== undefined

/** A job: what it is (the draft), what the section says of it, and the defaults for the rest. */
export const jobOf = (draft: Draft, own: JobSection, setting: Setting): Job => {
  const { defaults } = setting
  const on = own.on ?? draft.on
  const reach = reachOf(draft, own, setting)
  const schedule = own.schedule ?? draft.schedule
  const junit = own.junit ?? (ofBrickrail(draft, own) ? 'brickrail-reports/*.junit.xml' : undefined)
  const secrets = own.secrets ?? []
  const comments = draft.comments ?? false
  return {
    name: draft.name,
    stage: own.stage ?? draft.stage,
    about: own.about ?? (draft.about || draft.name),
    script: scriptOf(draft, own, setting, reach.target),
    on,
    branches: own.branches ?? [setting.defaultBranch],
    changes: own.changes ?? draft.changes ?? [],
    needs: own.needs ?? draft.needs ?? [firstJob],
    ...reach,
    auth: setting.auth,
    secrets,
    variables: textsOf({ ...defaults.variables, ...own.variables }),
    inputs: inputsOf(own, draft),
    ...(schedule === undefined ? {} : { schedule }),
    artifacts: own.artifacts ?? [],
    ...(junit === undefined ? {} : { junit }),
    outputs: own.outputs ?? draft.outputs ?? [],
    comments,
    forks: on.includes('merge_request') && reach.access === 'none' && secrets.length === 0 && !comments,
    history: own.command !== undefined && own.command.trim().startsWith('changes'),
    timeout: own.timeout ?? defaults.timeout ?? (reach.lock === undefined ? timeouts.reads : timeouts.writes),
    runner: runnerOf(defaults, own),
  }
}
