import type { HostTools } from './host.ts'

/** What a host needs so that the generated pipelines run on it. */
export interface Wanted {
  project: string
  defaultBranch: string
  secrets: readonly WantedSecret[]
  /** By name. */
  environments: readonly WantedEnvironment[]
  /** Azure: variable groups that the secrets are in. */
  groups: readonly WantedResource[]
  /** Azure: service connections by which jobs reach the cloud. */
  connections: readonly WantedResource[]
  /** The generated files that the host has to be told of (Azure), in order. */
  pipelines: readonly WantedPipeline[]
  schedules: readonly { name: string; cron: string }[]
  /** Jobs or workflows that must be green before a merge. */
  checks: readonly string[]
  /** Names of guards: jobs with the same one never run at once, and go in the order they came. */
  locks: readonly string[]
  /** What no host does by itself, for its owner. */
  notes: readonly { what: string; why: string }[]
}

/** Something that only code of some branches may use: whoever may push another one decides what runs there. */
export interface WantedResource {
  name: string
  /** Without `refs/heads/`. None: code of any branch or merge request may use it. */
  branches: readonly string[]
  /** Pushed tags may use it as well. */
  tags: boolean
}

export interface WantedPipeline {
  name: string
  /** From the root of the repository. */
  path: string
  /** Has to be green before a merge. */
  validates: boolean
  /** Variable groups that it reads. */
  groups: readonly string[]
  /** Service connections by which it reaches the cloud. */
  connections: readonly string[]
  /** Environments that it deploys to. */
  environments: readonly string[]
}

/** A variable of the CI host. Without a value there is none to set, and only its presence is looked at. */
export interface WantedSecret {
  /** As the host names it. */
  name: string
  value?: string
  /** Readable by people, as the host's address is; everything else is masked and hidden. */
  plain: boolean
  /** Scope: an environment, a variable group (Azure), or the whole project. */
  scope?: string
  /** Only for protected branches. */
  protected: boolean
  /** Where its value comes from, for a person who has to set it. */
  about: string
}

export interface WantedEnvironment extends WantedResource {
  /** Somebody has to approve each deployment to it. */
  approval: boolean
  /** Login or e-mail of those who approve; without any, only an owner can say who. */
  approvers: readonly string[]
}

export interface BootstrapOptions {
  /** Address of the repository: `group/project`, `organization/project/repository`, `owner/repository`. */
  repository: string
  /** API of the host, e.g. `https://gitlab.example.com`. */
  url?: string
  /** Set secrets again that are there already: they cannot be read, so they cannot be compared. */
  rotate: boolean
}

/** One thing that was looked at. */
export interface BootstrapStep {
  what: string
  /** `owner`: only an owner of the project or organization can do it; `why` says how. */
  state: 'done' | 'create' | 'update' | 'owner'
  why?: string
  /** The host did not allow to look: with more rights it could be done. */
  refused?: boolean
  /** Of `create` and `update`: one thing as a whole. */
  apply?: () => Promise<void>
}

/**
 * Reads what is there and says what has to be done; writes nothing. Applied twice, the second time all is `done`.
 * @throws Fail CREDENTIALS_MISSING, CI_DENIED, CI_REFUSED, CI_UNREACHABLE, USAGE (repository address, archived project)
 */
export type Bootstrap = (
  wanted: Wanted,
  options: BootstrapOptions,
  tools: HostTools,
) => Promise<BootstrapStep[]>
