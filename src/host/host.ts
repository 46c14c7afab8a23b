import type { Emit } from '../report/events.ts'
import type { HostContext } from './context.ts'

/** A remark at a place of the log, and where the host can show it at a line of a file. */
export interface Annotation {
  level: 'error' | 'warning' | 'notice'
  text: string
  title?: string
  /** From the root of the repository. */
  file?: string
  line?: number
  column?: number
}

/** What to print so that the host does something with it. Pure; every text is escaped here, none by the caller. */
export interface HostLog {
  /** Begin of a collapsible section. `at` is ms since 1970. */
  open(id: string, title: string, at: number): string
  close(id: string, at: number): string
  /** No line where the host has no annotations. */
  annotate(note: Annotation): string[]
  /** Has the host hide a value from now on; no line where it cannot. */
  mask(secret: string): string[]
}

/** Values for later jobs, by name (letters, digits, _). One line each. */
export type Outputs = Readonly<Record<string, string>>

export interface CommitStatus {
  /** `brickrail/plan/dev` */
  name: string
  state: 'pending' | 'success' | 'failed'
  /** One line; shortened to what the host takes. */
  text: string
  url?: string
}

/** The host's API, with the credentials of the job. */
export interface HostApi {
  /** Bytes that a comment may have. */
  commentLimit: number
  /** Head of the merge request's branch, as people know it; a job may have checked out a merge of it. */
  head?: string
  /**
   * Create or update the one comment of this merge request that carries `key`.
   * @throws Fail CI_DENIED (which scope or right is lacking), CI_REFUSED, CI_UNREACHABLE
   */
  comment(key: string, markdown: string): Promise<'created' | 'updated' | 'unchanged'>
  /** @throws like `comment` */
  status(status: CommitStatus): Promise<void>
}

/** Up to which commit a pipeline has left nothing undone. */
export type LastGreen =
  | { commit: string }
  /** No run has been green: which ones were looked at. */
  | { never: string }
  /** The host cannot tell: why. */
  | { none: string }

/** Somebody's consent to this very job, as the host itself has recorded it. */
export interface JobApproval {
  /** Name of the account on the host. */
  user: string
  /** Every e-mail address that the host tells of it; often none. */
  emails: readonly string[]
  /** ISO 8601; where the host does not tell, the earliest that it can have been, and `vague`. */
  at: string
  vague?: true
  /** What the person did, after the name: `approved the deployment`. */
  what: string
}

/** Who has consented to this job; `none`: the host cannot tell, and why. */
export type JobApprovals =
  | { approvals: readonly JobApproval[] }
  | { none: string; hint?: string; approvals?: undefined }

/** What a host knows of its own pipelines. */
export interface Pipelines {
  /**
   * The commit of the last green run of this pipeline on this branch, where the host can tell.
   * @throws Fail CI_DENIED (which right is lacking), CI_REFUSED, CI_UNREACHABLE
   */
  lastGreen(tools: HostTools): Promise<LastGreen>
  /**
   * Who has approved that this job works on an environment; asked of the host's API, never taken from variables.
   * @param environment as the pipeline names it; a job of another one has none
   * @throws Fail CI_DENIED (which right is lacking), CI_REFUSED, CI_UNREACHABLE
   */
  approvals(tools: HostTools, environment: string): Promise<JobApprovals>
}

/** What a host needs of the process. */
export interface HostTools {
  env: Readonly<Record<string, string | undefined>>
  fetch: typeof globalThis.fetch
  sleep: (ms: number) => Promise<void>
  emit: Emit
  /** Told of every secret as soon as it is known. */
  onSecret: (secret: string) => void
}

/** How a run went, for the host to keep and show. */
export interface Publishing {
  /** Whether later jobs get what `setOutputs` is given; else they have to read `outputs.env` among the reports. */
  readonly takesOutputs: boolean
  /**
   * Hand outputs to later jobs.
   * @returns lines to print as they are, where the host takes them as commands
   * @throws Fail OUTPUTS_LOST
   */
  setOutputs(tools: HostTools, outputs: Outputs): Promise<string[]>
  /**
   * Have the host show a summary, in Markdown.
   * @returns lines to print, as of `setOutputs`
   * @throws what the file system throws
   */
  addSummary(tools: HostTools, summary: string): Promise<string[]>
}

/** One CI host, or none. The rest of the house never asks which. */
export interface Host {
  readonly context: HostContext
  readonly log: HostLog
  readonly publishing: Publishing
  /**
   * The API of this merge request, loaded on first use.
   * @returns why there is none (no merge request, no token, which variable to set) in place of it
   */
  api(tools: HostTools): Promise<HostApi | { none: string; hint?: string }>
  /**
   * A token by which the host vouches for this job, as a JWT; undefined where the job was not given the right to ask.
   * @throws Fail CI_DENIED, CI_UNREACHABLE
   */
  idToken(tools: HostTools, audience: string | undefined): Promise<string | undefined>
  readonly pipeline: Pipelines
}
