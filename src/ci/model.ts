/**
 * A pipeline as data, in no host's words. Everything that differs between hosts is in the renderers; everything that a
 * user may decide is here. Texts in `script` are fixed when the file is generated: what is only known when a job runs
 * (a person's input, a branch, a commit message) reaches a script in environment variables, never in its text.
 */

export const hosts = ['gitlab', 'azure', 'github'] as const
export type Host = (typeof hosts)[number]

/** `push` is a push to one of the job's branches; `manual` a person's click; `tag` the push of a tag. */
export const events = ['push', 'merge_request', 'manual', 'schedule', 'tag'] as const
export type Event = (typeof events)[number]

/** In this order. A job never needs one of a later stage. */
export const stages = ['check', 'plan', 'deploy', 'test', 'release', 'operate'] as const
export type Stage = (typeof stages)[number]

/** How a job reaches a workspace: not at all, with credentials that may only read, or with those that deploy. */
export type Access = 'none' | 'read' | 'write'

export type Auth = 'token' | 'oidc' | 'azure-cli'

/** A value that a person gives when starting a manual job. It arrives in the environment variable `name`. */
export interface Input {
  /** Name of the environment variable: A-Z, digits, _. */
  name: string
  about: string
  default: string
}

/** Where a job runs. Each host reads its own words. */
export interface Runner {
  /** GitLab: container image. */
  image: string
  /** GitLab: tags of the runner. */
  tags: readonly string[]
  /** Azure: a Microsoft-hosted image (`vmImage`), or the name of an agent pool as `pool:<name>`. */
  pool: string
  /** GitHub: label of the runner. */
  runsOn: string
}

export interface Job {
  /** a-z, digits and -; unique. GitLab and GitHub take it as it is, Azure with _ for -. */
  name: string
  stage: Stage
  /** A few words for people: the job's title where a host shows one. */
  about: string
  /** Lines of bash. The last one replaces the shell where a host would not hand a signal on. */
  script: readonly string[]
  on: readonly Event[]
  /** Branches whose pushes count: one at least. */
  branches: readonly string[]
  /**
   * Of a push: paths of which one must have changed. `dir/**` is everything below a folder, else it is one file. No entry:
   * the job attends every push that starts any other job (see `relevant`). Other events start all their jobs: a filter on a
   * merge request would leave required checks pending for ever.
   */
  changes: readonly string[]
  /** Jobs that must have succeeded first. One that is not in the pipeline at hand is not waited for. */
  needs: readonly string[]
  target?: string
  access: Access
  auth: Auth
  /** Name of the host's environment: its approvals, its scoped secrets, its record of deployments. */
  environment?: string
  /** Only behind the approvals of its environment. */
  approval: boolean
  /** Jobs with the same guard never run at once, in no pipeline; those that wait go in the order they came. */
  lock?: string
  /** Names of secrets, besides the credentials of the workspace, that arrive as environment variables. */
  secrets: readonly string[]
  variables: Readonly<Record<string, string>>
  /** Of manual jobs. */
  inputs: readonly Input[]
  /** Of scheduled jobs: cron, five fields, UTC. */
  schedule?: string
  /** Lines in place of `install` of the pipeline; none: the job needs none of the project's packages. */
  install?: readonly string[]
  /** Files to keep. */
  artifacts: readonly string[]
  /** JUnit reports: a path or glob. */
  junit?: string
  /** Names (letters, digits, _) of values that later jobs may read; Brickrail's commands set `deployment` and `changes`. */
  outputs: readonly string[]
  /** Whether it writes the comment and the status of a merge request. */
  comments: boolean
  /** Whether it may run for a merge request from a fork: it has no secret and reaches no workspace. */
  forks: boolean
  /** Whole clone instead of the newest commit. */
  history: boolean
  /** Builds Python packages: needs a Python that can make virtual environments. */
  python: boolean
  /** Minutes. */
  timeout: number
  runner: Runner
}

export interface Pipeline {
  project: string
  /** Of the generator. */
  version: string
  /** sha256 of the spec, hex: of everything that the files are made of. */
  digest: string
  defaultBranch: string
  hosts: readonly Host[]
  /** Lines that make the project's packages available. They run before every job's script. */
  install: readonly string[]
  /** What starts Brickrail in a script, e.g. `./node_modules/.bin/brickrail`. Never npx: it does not hand signals on. */
  command: string
  /** Union of all `changes` of push jobs: a push that touches none of these starts nothing. */
  relevant: readonly string[]
  /** In order of stages; needs come before those who need them. */
  jobs: readonly Job[]
  azure: {
    /** Variable group by target. */
    groups: Readonly<Record<string, string>>
    /** For `azure-cli`: the service connection of Azure Resource Manager. */
    serviceConnection?: string
  }
  /** For `oidc`: the `aud` of the CI host's token where it can be chosen (GitLab, GitHub). */
  audience: string
  /** Target of pushes and merge requests: its read-only credentials need no name of their own. */
  target: string
}

/** A file to write. Files of the `user` are only written where there is none. */
export interface GeneratedFile {
  /** From the root of the repository. */
  path: string
  text: string
  owner: 'brickrail' | 'user'
}

export type Render = (pipeline: Pipeline) => GeneratedFile[]

/** Something wrong with the spec. `path` leads from the `ci` section to the value: `['jobs', 'train', 'needs', 0]`. */
export interface Problem {
  path: readonly (string | number)[]
  /** Whether the key of the entry is meant, not its value. */
  key?: boolean
  rule: string
  message: string
  hint: string
}
