import { isUnexpanded, type Env } from '../env.ts'

export type { Env } from '../env.ts'

export type HostEvent = 'push' | 'merge_request' | 'schedule' | 'manual' | 'tag'

/** What a run wants to know about the CI job that it is in. What a host does not tell is left out. */
export interface HostContext {
  host: 'gitlab' | 'azure' | 'github' | 'local'
  pipelineUrl?: string
  jobUrl?: string
  /** Who started the run: a login, a name, or `user@hostname` on a developer's machine. */
  actor?: string
  /** Full SHA of the checked out commit. */
  commit?: string
  /** Short name, without `refs/heads/`; in a merge request its source branch. */
  branch?: string
  defaultBranch?: string
  event?: HostEvent
  runId?: string
  /** Folder of the checkout. */
  root?: string
  mergeRequest?: MergeRequest
}

/** The merge or pull request that a job runs for. */
export interface MergeRequest {
  /** As people know it: GitLab's iid, the number of a pull request. */
  number: number
  /** Short name, without `refs/heads/`. */
  targetBranch?: string
  /** From another repository: such a job has no secrets. Left out where variables do not tell. */
  fork?: boolean
}

/** Reads one host's variables; `undefined` when the environment is not that host's. */
export type ReadHost = (env: Env) => HostContext | undefined

/** Azure leaves `$(name)` where a variable has no value; such text and '' are «not set». */
export const setValue = (value: string | undefined): string | undefined =>
  value === undefined || value.trim() === '' || isUnexpanded(value) ? undefined : value

type Loose = { [K in keyof Omit<HostContext, 'host'>]?: HostContext[K] | undefined }

/** A context of the fields that have a value. */
export const context = (host: HostContext['host'], fields: Loose): HostContext => ({
  host,
  ...(fields.pipelineUrl && { pipelineUrl: fields.pipelineUrl }),
  ...(fields.jobUrl && { jobUrl: fields.jobUrl }),
  ...(fields.actor && { actor: fields.actor }),
  ...(fields.commit && { commit: fields.commit }),
  ...(fields.branch && { branch: fields.branch }),
  ...(fields.defaultBranch && { defaultBranch: fields.defaultBranch }),
  ...(fields.event && { event: fields.event }),
  ...(fields.runId && { runId: fields.runId }),
  ...(fields.root && { root: fields.root }),
  ...(fields.mergeRequest && { mergeRequest: fields.mergeRequest }),
})

/**
 * A merge request by what a host's variables say of it; undefined without a number.
 * @param number digits, and nothing else
 */
export const mergeRequest = (
  number: string | undefined,
  targetBranch: string | undefined,
  fork?: boolean,
): MergeRequest | undefined =>
  number === undefined || !/^[1-9]\d*$/.test(number)
    ? undefined
    : {
        number: Number(number),
        ...(targetBranch && { targetBranch: targetBranch.replace(/^refs\/heads\//, '') }),
        ...(fork === undefined ? {} : { fork }),
      }
