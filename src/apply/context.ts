import type { Databricks } from '../client/databricks.ts'
import type { Clock } from '../http/clock.ts'
import type { Claim } from '../ledger/claim.ts'
import type { Packer } from '../ledger/packs.ts'
import type { PlanTools } from '../plan/fields.ts'
import type { ClusterRef, DesiredFile } from '../plan/state.ts'
import type { AppFile, DesiredApp, DesiredPackage } from '../plan/state-code.ts'
import type { ClusterSpec } from '../wire/clusters.ts'
import type { Library } from '../wire/libraries.ts'
import type { Int64 } from '../wire/endpoint.ts'

/** A built package. */
export interface Wheel {
  bytes: Uint8Array
  /** Of the bytes, hex. */
  sha256: string
}

/** What happens while a step runs. */
export interface Progress {
  detail(text: string, done?: number, total?: number): void
  /** Something to know when all is done, though it is no failure. */
  warn(text: string): void
}

export interface ApplyContext {
  client: Databricks
  /** The same workspace, still usable when the run has been told to stop: for the last words. */
  lastWords: Databricks
  clock: Clock
  stop: AbortSignal
  claim: Claim
  tools: PlanTools
  packer: Packer
  /** The bytes of a declared file. */
  read: (file: DesiredFile) => Promise<Uint8Array>
  /** The bytes of a file of a declared app. */
  readApp: (app: DesiredApp, file: AppFile) => Promise<Uint8Array>
  /** A declared package: built once per command, before the first step. */
  wheel: (wanted: DesiredPackage) => Promise<Wheel>
  /** Whose apps these are: what their pointers say. */
  place: { project: string; target: string }
  /** Key of a package -> the wheel that this run has uploaded. */
  wheels: Map<string, Omit<Wheel, 'bytes'> & { size: number }>
  /** Digests whose bytes an earlier deployment has kept already. */
  kept: ReadonlySet<string>
  /** When each file was last written before this run, by its absolute path: an upload must change that. */
  writtenBefore: ReadonlyMap<string, Int64>
  /** ms */
  timeouts: { cluster: number; libraries: number }
  /** Read back even a single file: other steps take their time, in which somebody may edit it. */
  readBack: boolean
  /** Path of a file that this run has uploaded and read back -> the server's time of that write. */
  writtenAt: Map<string, Int64>
  /** id of a cluster -> the libraries that did not install there. */
  failed: Map<string, Library[]>
  /** key -> id of the cluster that this run has created. */
  created: Map<string, string>
  /** key -> id of the job that this run has created. */
  createdJobs: Map<string, string>
  /** id -> the spec that this run has sent: what the cluster must read back as. */
  sent: Map<string, ClusterSpec>
}

/** @throws Error (a bug) when a step names a cluster that no earlier step has created */
export const idOf = (context: ApplyContext, cluster: ClusterRef): string => {
  if ('id' in cluster) return cluster.id
  const id = context.created.get(cluster.key)
  if (id === undefined) throw new Error(`no step has created the cluster ${cluster.key}`)
  return id
}
