import type { Deployed, Desired, Plan } from '../plan/state.ts'
import type { Int64 } from '../wire/endpoint.ts'

/** What a deployment has done, as far as its record needs it. */
export interface Done {
  desired: Desired
  plan: Plan
  deployed: Deployed
  /** key -> id */
  created: ReadonlyMap<string, string>
  /** key -> id */
  createdJobs: ReadonlyMap<string, string>
  /** path -> the server's time of the write, for what was read back. */
  writtenAt: ReadonlyMap<string, Int64>
  /** Key of a package -> the wheel that was uploaded. */
  wheels: ReadonlyMap<string, { sha256: string; size: number }>
}
