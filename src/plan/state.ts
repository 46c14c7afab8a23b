import type { Autoscale, ClusterDetails, ClusterSpec } from '../wire/clusters.ts'
import type { Int64 } from '../wire/endpoint.ts'
import type { JobTask } from '../wire/jobs.ts'
import type { Library, LibraryFullStatus } from '../wire/libraries.ts'
import type { AccessControlResponse } from '../wire/permissions.ts'
import type { Language, ObjectInfo } from '../wire/workspace.ts'
import type {
  AppChange,
  CodeStep,
  DeployedApp,
  DeployedJobs,
  DeployedPackage,
  DesiredApp,
  DesiredJob,
  DesiredPackage,
  FieldChange,
  JobChange,
  PackageChange,
  RecordedCode,
} from './state-code.ts'

export type { FieldChange } from './state-code.ts'

export type Strategy = 'auto' | 'edit' | 'blue-green' | 'recreate'

/** Which kinds a command plans: a CI step may do one of them. */
export type Kind = 'cluster' | 'libraries' | 'files' | 'package' | 'app' | 'job'
export type Scope = readonly Kind[]

/** What the repository declares for one target. Plain data: it is recorded in the ledger and restored by rollback. */
export interface Desired {
  project: string
  target: string
  clusters: DesiredCluster[]
  files?: DesiredFiles
  packages?: DesiredPackage[]
  apps?: DesiredApp[]
  jobs?: DesiredJob[]
}

export interface DesiredCluster {
  /** The key under `clusters:`; the default of cluster_name. */
  key: string
  /** Body of clusters/create, substituted, without read-only fields and without our tags. */
  spec: ClusterSpec
  strategy: Strategy
  /** Take over an existing cluster that carries no marker: the only one of that name, or the one with this id. */
  adopt: boolean | string
  libraries: Library[]
  /** Also uninstall libraries that nobody declared here. */
  librariesExclusive: boolean
  /** A library that the cluster cannot have (status SKIPPED): a warning, or (absent) a failure. */
  librariesSkipped?: 'allow'
}

export interface DesiredFiles {
  /** Absolute workspace path, e.g. /Shared/HelloWorkspace; never with the /Workspace prefix. */
  root: string
  /** Also delete what is in the folder but was not put there by this project. */
  exclusive: boolean
  files: DesiredFile[]
}

export interface DesiredFile {
  /** Path below root as it will be in the workspace: `/`-separated, a notebook without its extension. */
  path: string
  /** Path below the source folder on disk. */
  source: string
  type: 'NOTEBOOK' | 'FILE'
  format: 'SOURCE' | 'JUPYTER' | 'RAW'
  /** Set exactly when type is NOTEBOOK. */
  language?: Language
  /** sha256 of the bytes, hex. */
  digest: string
  /** Bytes. */
  size: number
}

/** What the workspace holds, as observed. */
export interface Deployed {
  clusters: DeployedCluster[]
  files?: DeployedFiles
  packages?: DeployedPackage[]
  apps?: DeployedApp[]
  jobs?: DeployedJobs
  ledger: LedgerTail
}

export interface DeployedCluster {
  key: string
  /** Clusters that carry our project, target and key, any state; newest generation first. */
  owned: ObservedCluster[]
  /** Same name, no marker of ours; Jobs-service clusters are not here. */
  unowned: ObservedCluster[]
  /** As they were when a run that died was about to remove them, with the jobs that name them now. */
  lost?: ObservedCluster[]
}

export interface ObservedCluster {
  details: ClusterDetails
  libraries: LibraryFullStatus[]
  pinned: boolean
  acl: AccessControlResponse[]
  /** Jobs whose tasks name this cluster id. */
  jobs: JobUse[]
  activeRuns: { run_id: Int64; run_name: string }[]
}

/** A job that names a cluster id: in tasks, or (Jobs API 2.0) as a whole. */
export interface JobUse {
  job_id: Int64
  name: string
  /** Complete, because jobs/update replaces a task as a whole. */
  tasks: JobTask[]
  whole: boolean
}

export interface DeployedFiles {
  root: string
  /** Every object below root, or `undefined` when root itself is absent. */
  objects?: ObjectInfo[]
}

/** One file as recorded by a deployment. */
export interface RecordedFile {
  path: string
  type: 'NOTEBOOK' | 'FILE'
  format: 'SOURCE' | 'JUPYTER' | 'RAW'
  language?: Language
  digest: string
  size: number
  /** Number of the deployment whose pack holds the bytes. */
  in: number
  /** Server time at which it was last seen as we left it, ms since 1970; any other one there means somebody's edit. */
  at?: Int64
}

/** What a finished deployment left behind. */
export interface RecordedState extends RecordedCode {
  /** Absent as long as no deployment had clusters in scope. */
  clusters?: Record<string, { id: string; spec: ClusterSpec; libraries: Library[]; strategy: Strategy }>
  files?: {
    root: string
    files: RecordedFile[]
    /** For files without `at`: what changed later was changed by somebody else. Absent: the time of this very record. */
    asOf?: Int64
  }
  /** Of dead runs, when the runs since then had no clusters in scope. */
  lost?: LostCluster[]
  attempts?: Attempt[]
}

/** What a run was about to make of a cluster: if it dies, its fields and libraries are ours all the same. */
export interface Attempt {
  key: string
  /** Of the deployment: its clusters carry it as their generation. */
  number: number
  spec: ClusterSpec
  libraries: Library[]
}

/** A cluster that is removed before its replacement is there: what hangs on it is written down first. */
export interface LostCluster {
  key: string
  cluster: ObservedCluster
}

export interface LedgerTail {
  /** Number of the newest record, open or closed; 0 when there is none. */
  number: number
  /** State after the newest done record. */
  state?: RecordedState
  /** Server time of that record's last write, ms since 1970; what changed later was changed by somebody else. */
  closedAt?: Int64
  /** Records after the newest closed one whose runs died: the paths that they may have written. */
  unsettled: { number: number; paths: string[]; lost?: LostCluster[]; attempts?: Attempt[] }[]
}

/** How a cluster gets from what is there to what is declared. */
export type ClusterAction =
  | 'none'
  | 'create'
  | 'start'
  | 'resize'
  | 'edit'
  | 'blue-green'
  | 'recreate'
  | 'delete'

export interface ClusterChange {
  key: string
  name: string
  action: ClusterAction
  id?: string
  fields: FieldChange[]
  restart: boolean
  keepsId: boolean
  /** In sentences: what the change interrupts or breaks. */
  hits: string[]
  install: Library[]
  uninstall: Library[]
  notes: string[]
}

export interface FilesChange {
  root: string
  add: string[]
  update: string[]
  delete: string[]
  unchanged: number
  notes: string[]
}

/** `self` is a cluster known by id; `new` is the one that this plan creates for that key. */
export type ClusterRef = { key: string; id: string } | { key: string; new: true }

/** One write (or one wait) each, in order; files of one `upload` step go up concurrently. */
export type Step =
  /** `remove`: a replacement that does not come up must not stay beside the old one. */
  | { do: 'cluster.create'; key: string; spec: ClusterSpec; onFailure: 'keep' | 'remove' }
  | { do: 'cluster.edit'; cluster: ClusterRef; spec: ClusterSpec }
  | { do: 'cluster.resize'; cluster: ClusterRef; size: { num_workers: number } | { autoscale: Autoscale } }
  | { do: 'cluster.start'; cluster: ClusterRef }
  | { do: 'cluster.restart'; cluster: ClusterRef }
  /** `STABLE`: until it is RUNNING or TERMINATED, so that it can be edited. */
  | { do: 'cluster.wait'; cluster: ClusterRef; until: 'RUNNING' | 'STABLE' }
  | { do: 'cluster.pin'; cluster: ClusterRef }
  | { do: 'cluster.unpin'; cluster: ClusterRef }
  | { do: 'cluster.copy-acl'; cluster: ClusterRef; acl: AccessControlResponse[] }
  | { do: 'cluster.rewire-job'; cluster: ClusterRef; job: JobUse }
  | { do: 'cluster.remove'; cluster: ClusterRef; why: string }
  | { do: 'libraries.install'; cluster: ClusterRef; libraries: Library[] }
  | { do: 'libraries.uninstall'; cluster: ClusterRef; libraries: Library[] }
  | { do: 'libraries.wait'; cluster: ClusterRef; libraries: Library[]; skipped?: 'allow' }
  | { do: 'files.mkdirs'; paths: string[] }
  | { do: 'files.upload'; root: string; files: DesiredFile[] }
  | { do: 'files.delete'; paths: { path: string; recursive: boolean }[] }
  /** In this order, each only if it is empty by then. */
  | { do: 'files.remove-folders'; paths: string[] }
  | CodeStep

/** The versioned plan: it can be printed, stored in plan.json, reviewed and applied as it is. */
export interface Plan {
  version: 1
  project: string
  target: string
  /** Ledger number that this plan was made on; applying it claims the next one. */
  base: number
  scope: Scope
  /** Digest of what was declared: tells a changed repository from a changed workspace when a stored plan is stale. */
  declared: string
  clusters: ClusterChange[]
  files?: FilesChange
  packages?: PackageChange[]
  apps?: AppChange[]
  jobs?: JobChange[]
  warnings: string[]
  /**
   * Why it must not be applied at all. With an owner, `what` is a thing that is not ours and in the way; without, it is a whole
   * sentence.
   */
  refusals: { what: string; owner?: string; hint: string }[]
  steps: Step[]
  /** A record of a dead run is open and this deployment closes the story, even with no step. */
  settles: boolean
}
