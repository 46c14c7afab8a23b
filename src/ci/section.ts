import type { Declared } from './built-in.ts'
import type { Access, Auth, Event, Host, Stage } from './model.ts'

/** Where jobs run, in each host's words. */
export interface RunnerSection {
  image?: string
  tags?: readonly string[]
  pool?: string
  runs_on?: string
}

type Scalar = string | number | boolean

/** A job as it is written: one of a user's own, or what a built-in one should do differently. */
export interface JobSection extends RunnerSection {
  about?: string
  stage?: Stage
  on?: readonly Event[]
  /** Lines of bash; or else `command`. */
  script?: readonly string[]
  /** A command line of Brickrail, without the program: `plan --exit-code`. */
  command?: string
  /** In place of that of the section. */
  install?: readonly string[]
  changes?: readonly string[]
  branches?: readonly string[]
  needs?: readonly string[]
  target?: string
  access?: Access
  environment?: string
  approval?: boolean
  schedule?: string
  secrets?: readonly string[]
  variables?: Readonly<Record<string, Scalar>>
  inputs?: Readonly<Record<string, { about?: string; default?: Scalar }>>
  artifacts?: readonly string[]
  junit?: string
  outputs?: readonly string[]
  timeout?: number
}

/** The section `ci` of brickrail.yml as it is written; its shape was checked before. */
export interface Section {
  hosts?: readonly Host[]
  default_branch?: string
  target?: string
  /** `null` and `false`: none, although there is a protected target. */
  production?: string | null | false
  auth?: Auth
  audience?: string
  install?: readonly string[]
  command?: string
  secrets?: Readonly<Record<string, string | null>>
  defaults?: RunnerSection & { timeout?: number; variables?: Readonly<Record<string, Scalar>> }
  azure?: { variable_groups?: Readonly<Record<string, string>>; service_connection?: string }
  jobs?: Readonly<Record<string, JobSection | null>>
}

export interface TargetFact {
  name: string
  /** Whether it has a host; otherwise its jobs work on the embedded workspace and need no credentials. */
  remote: boolean
  protected: boolean
  default: boolean
}

/** What a schedule comes to: why it is none, or how often it runs at most. */
export type CronFact = { why: string } | { never: true } | { shortestMinutes: number }

/** What has to be known besides the section. */
export interface Facts {
  project: string
  targets: readonly TargetFact[]
  npmScripts: readonly string[]
  /** What the project declares besides clusters and files; absent: nothing. */
  declares?: readonly Declared[]
  /** Of a path from the root of the repository. */
  fileExists: (path: string) => boolean
  cron: (expression: string) => CronFact
  /** A hint: which of the known names was most likely meant. */
  suggest: (name: string, known: readonly string[]) => string
}
