import type { Int64 } from '../wire/endpoint.ts'
import type { JobSettings } from '../wire/jobs.ts'
import type { AccessControl, AccessControlResponse } from '../wire/permissions.ts'

/** One field that differs; `undefined` is «not set». */
export interface FieldChange {
  path: string
  old: unknown
  new: unknown
}

/** A Python wheel, built from a folder of the repository. Everything but its bytes is known without building it. */
export interface DesiredPackage {
  /** The key under `packages:`. */
  key: string
  /** File name of the wheel: `<name>-<version>-py3-none-any.whl`, the version stamped with commit and source digest. */
  file: string
  /** Where the wheel goes: `dbfs:/…/<file>` or `/Workspace/…/<file>`. What `${packages.<key>.path}` gives. */
  path: string
  version: string
  /** Digest over the package's sources, sha256 hex. */
  sources: string
}

/** Code on DBFS that jobs run: a folder of the repository, copied as a whole. */
export interface DesiredApp {
  /** The key under `apps:`. */
  key: string
  /** `/datalake/code/model`, without `dbfs:`. */
  root: string
  /**
   * versioned: the files of each content live in `<root>/versions/<digest>`, and `<root>/current.json` points at one of them;
   * plain: directly in the folder, as in the tutorials.
   */
  layout: 'versioned' | 'plain'
  /** Digest over all files, sha256 hex; its first 16 digits name the version. */
  digest: string
  files: AppFile[]
}

export interface AppFile {
  /** Path below the app's folder, `/`-separated. */
  path: string
  /** sha256 of the bytes, hex. */
  digest: string
  /** Bytes. */
  size: number
}

export interface DesiredJob {
  /** The key under `jobs:`. */
  key: string
  /**
   * Job settings, substituted, without access_control_list and without our tags. `${clusters.X.id}` is still in it, as
   * text: the plan resolves it.
   */
  settings: JobSettings
  /** Declared permissions; absent: nobody's business here. */
  acl?: AccessControl[]
  /** Take over an existing job that carries no marker: the only one of that name, or the one with this id. */
  adopt: boolean | string
}

export interface DeployedPackage {
  key: string
  /** Bytes of the wheel at the declared path; undefined when there is none. */
  size?: Int64
  /** Recorded older wheels that are still there. */
  old?: string[]
}

export interface DeployedApp {
  key: string
  root: string
  /** Names directly in the folder; undefined when it is absent. */
  names?: string[]
  /** What the pointer (or the manifest of a plain layout) says; undefined when there is none that can be read. */
  pointer?: AppPointer
  /** There is a pointer, but it is none of Brickrail's, or was torn. */
  unreadable?: true
  /** Server's time of the pointer's last write, ms since 1970: files that are newer were written by somebody else. */
  pointedAt?: Int64
  /** Files below the declared version (plain: below root); undefined when the folder is absent. */
  files?: { path: string; size: Int64; modified: Int64 }[]
  /** Names of the folders in `<root>/versions`. */
  versions: string[]
  /** What the other layout has left there: the pointer of that one. */
  other?: AppPointer
}

/** `<root>/current.json`; of a plain layout `<root>/.brickrail.json`. */
export interface AppPointer {
  project: string
  target: string
  digest: string
  /** `dbfs:/…` of the version. */
  path: string
  files: AppFile[]
  /** The version pointed at before: it is kept, and what in it is newer than that pointer was written by somebody else. */
  previous?: { digest: string; at: Int64 }
  /** Plain layout: files of ours that are deleted after this was written. */
  stale?: string[]
}

export interface DeployedJobs {
  /** Jobs that carry our project and target, with complete settings; oldest first within a key. */
  owned: ObservedJob[]
  /** Jobs of a declared name, or with an id to adopt, that carry nobody's marker. */
  unowned: ObservedJob[]
  /** Ids that declared jobs have written out, of clusters that are not there. */
  lostClusters?: string[]
}

export interface ObservedJob {
  /** The key in its marker; '' for unowned ones. */
  key: string
  job_id: Int64
  settings: JobSettings
  creator?: string
  run_as?: string
  /** Only of jobs whose declaration has permissions. */
  acl?: AccessControlResponse[]
  /** Only of jobs that the plan would delete. */
  activeRuns?: number
}

export interface PackageChange {
  key: string
  action: 'none' | 'upload' | 'delete'
  version: string
  path: string
  /** Older wheels that go. */
  delete: string[]
  notes: string[]
}

export interface AppChange {
  key: string
  root: string
  layout: 'versioned' | 'plain'
  action: 'none' | 'deploy' | 'delete'
  add: string[]
  update: string[]
  delete: string[]
  unchanged: number
  /** In sentences: versions that go, and what is unusual. */
  notes: string[]
}

export type JobAction = 'none' | 'create' | 'update' | 'delete'

export interface JobChange {
  key: string
  name: string
  action: JobAction
  id?: string
  fields: FieldChange[]
  /** Principal -> level. */
  permissions: FieldChange[]
  hits: string[]
  notes: string[]
}

/** Steps of packages, apps and jobs. */
export type CodeStep =
  /** Built (once per command) and uploaded; refused when other bytes are there under that name. */
  | { do: 'package.upload'; package: DesiredPackage }
  /** All files of the version, read back, in one step; the pointer is a step of its own, after it. */
  | { do: 'app.upload'; app: DesiredApp; files: AppFile[] }
  | { do: 'app.point'; app: DesiredApp; previous?: { digest: string; at: Int64 }; stale?: string[] }
  /** Absolute on DBFS, the deepest first. With `/` at its end: with all below; without: a file, or a folder if it is empty. */
  | { do: 'app.delete'; key: string; paths: string[] }
  /** Wheels that nothing needs any more: `dbfs:/…` or `/Workspace/…`. */
  | { do: 'package.delete'; key: string; paths: string[] }
  /** A cluster that this very plan creates is still a reference in the settings. */
  | { do: 'job.create'; key: string; settings: JobSettings; acl?: AccessControl[] }
  | { do: 'job.reset'; key: string; id: string; settings: JobSettings }
  | { do: 'job.permissions'; key: string; id: string; acl: AccessControl[] }
  | { do: 'job.delete'; key: string; id: string; why: string }

/** The part of a ledger record that is about packages, apps and jobs; absent as long as none was in scope. */
export interface RecordedCode {
  packages?: Record<string, RecordedPackage>
  apps?: Record<string, RecordedApp>
  /** As declared: references to clusters are still in it, our tags are not. */
  jobs?: Record<string, { id: string; settings: JobSettings; acl?: AccessControl[] }>
}

export interface RecordedPackage {
  path: string
  version: string
  /** Digest over the sources, sha256 hex. */
  sources: string
  /** Of the wheel's bytes, hex. */
  sha256: string
  /** Bytes. */
  size: number
  /** Number of the deployment whose pack holds the bytes; 0: none does. */
  in: number
  /** Wheels that earlier deployments have left, newest first. */
  old?: string[]
}

export interface RecordedApp extends Omit<DesiredApp, 'key' | 'files'> {
  /** `in`: number of the deployment whose pack holds the bytes; 0: none does. */
  files: (AppFile & { in: number })[]
}
