import type { Library } from '../wire/libraries.ts'

/** What code can run on this machine, looked up once per process. Texts say why not, for people. */
export interface Abilities {
  /** Absolute path of a Python >= 3.8 that can make virtual environments. */
  python: { path: string; version: string } | { missing: string }
  /** `uv` when it is on the PATH; otherwise `python -m venv` and pip. */
  uv?: string | undefined
  /** Java >= 17 for a local Spark session. */
  java: { path: string } | { missing: string }
  /** Rscript for CRAN packages. */
  rscript: { path: string } | { missing: string }
}

export interface LibraryOutcome {
  library: Library
  status: 'INSTALLED' | 'FAILED' | 'SKIPPED'
  /** What pip (uv, R) said, or why it was skipped; empty when INSTALLED. */
  messages: string[]
}

/** One set of libraries as a Python virtual environment, shared by every cluster with the same set. */
export interface Environment {
  /** Absolute path of the environment's python. */
  python: string
  outcomes: LibraryOutcome[]
  /** Folder of its R packages, when it has any: R_LIBS of a run. */
  rLibs?: string
}

export interface EnvironmentRequest {
  /** Declared ones, in order of addition. Local files among them (whl, requirements) as absolute local paths in `local`. */
  libraries: readonly Library[]
  /** Path on the workspace (dbfs:/…, /Workspace/…) of a whl or requirements library -> absolute path of its bytes here. */
  local: Readonly<Record<string, string>>
  /** A library that cannot be installed for want of a network is SKIPPED (true) or FAILED (false). */
  offlineIsSkipped: boolean
  signal?: AbortSignal
  /** RESOLVING before the first byte, INSTALLING when pip runs. */
  onPhase?: (phase: 'RESOLVING' | 'INSTALLING') => void
}

/** What a run executes. Paths are absolute paths on this machine. */
export type Work =
  /** A Python file as `__main__`, its folder first on sys.path. */
  | { kind: 'file'; path: string; parameters: readonly string[] }
  /** `path` is the notebook's workspace path; `source` its text: the SOURCE form, or the .ipynb JSON. */
  | {
      kind: 'notebook'
      path: string
      format: 'SOURCE' | 'JUPYTER'
      language: string
      source: string
      widgets: Readonly<Record<string, string>>
    }
  | {
      kind: 'wheel'
      packageName: string
      entryPoint: string
      parameters: readonly string[]
      named: Readonly<Record<string, string>>
    }
  /** A context of the commands API: stays, and is fed with `send`. */
  | { kind: 'context' }

export interface TaskRequest {
  /** Names the working folder. */
  id: string
  /** The environment's python. */
  python: string
  work: Work
  /** Beside what every run gets (see `baseEnvironment`); wins over it. */
  env: Readonly<Record<string, string>>
  /** `/dbfs` and `dbfs:/` of the run. */
  dbfsRoot: string
  /** `/Workspace` of the run. */
  workspaceRoot: string
  /** Values that never appear in the log: [REDACTED], as on Databricks. */
  secrets: readonly string[]
  /** What `dbutils.secrets.get(scope, key)` answers: scope -> key -> value. */
  secretScopes: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** ms; absent: none. */
  timeoutMs?: number
}

export interface TaskResult {
  outcome: 'SUCCESS' | 'FAILED' | 'CANCELED' | 'TIMEDOUT'
  /** One line: `ValueError: max_depth is missing`. Only when FAILED. */
  error?: string
  /** The Python trace, or the last lines of the process. */
  trace?: string
  /** What `dbutils.notebook.exit(value)` gave, at most 5 MB. */
  notebookResult?: { result: string; truncated: boolean }
}

export interface RunningTask {
  /** The leader of the process group that holds everything the run starts. */
  readonly pid: number
  /** Resolves once, when every process of the group is gone; never rejects. */
  readonly done: Promise<TaskResult>
  /** SIGTERM to the group, SIGKILL after the grace; resolves like `done`. */
  cancel(): Promise<TaskResult>
  /** Contexts only: run one piece of source; resolves with its output. */
  send(source: string): Promise<{ ok: boolean; text: string; summary?: string; trace?: string }>
}

/** A page of a log. Offsets are bytes. */
export interface LogPage {
  text: string
  /** True when bytes before `text` are left out. */
  truncated: boolean
}

/** Local compute: a Python environment per set of libraries, and runs as processes. */
export interface Compute {
  readonly abilities: Abilities
  /**
   * Make (or find) the environment of these libraries. Each library has its own outcome.
   * @throws Error with the reason when not even an empty environment can be made
   */
  environment(request: EnvironmentRequest): Promise<Environment>
  /** @throws Error when the run's folder or log cannot be made, its Python not started, or a run of that id still runs */
  start(task: TaskRequest): Promise<RunningTask>
  /** The last `bytes` of a run's output, secrets already redacted. Empty when there is none. */
  log(id: string, bytes: number): LogPage
  /** End what a dead emulator left running: the process group of that run, if it still is that run. */
  reap(id: string): Promise<void>
  /** Forget a run's folder and log. */
  forget(id: string): Promise<void>
  /** Cancel everything; resolves when no process is left. */
  close(): Promise<void>
}

export interface ComputeOptions {
  /** Absolute folder for runs: logs, working folders. Made when absent. */
  folder: string
  /** Absolute folder for environments, shared between workspaces of this user. Made when absent. */
  cache: string
  /** The environment of the emulator's process: PATH, HOME, proxies. Never handed on as a whole. */
  env: Readonly<Record<string, string | undefined>>
}
