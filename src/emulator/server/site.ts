import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Compute } from '../../compute/compute.ts'

/** What files and code need beyond the database. */
export interface Site {
  /** Absolute folder of what is not in the database: `dbfs/`, `workspace/`, `runs/`. In memory mode a temporary one, made on first use. */
  readonly folder: () => string
  /** Runs code. Undefined: simulated, nothing is ever run. */
  readonly compute: Compute | undefined
  /** Why nothing is ever run, and what to do about it: what a run that would need code ends with. */
  readonly simulated: string
  /** Like `auto` was asked for: what cannot be had for want of a network is SKIPPED, not FAILED. */
  readonly lenient: boolean
  /** Where runs reach this workspace: `http://127.0.0.1:<port>`. Starts to listen when nobody does yet. */
  readonly url: () => Promise<string>
  /** Names this emulator as the one that runs a run (see runs/owner.ts). */
  readonly owner: string
  /** Look at the runs: something changed. Call it `later`. */
  readonly wake: () => void
  /** End what this process runs, and write nothing of it: the workspace is about to be forgotten. */
  readonly forgetRuns: () => void
  /** Do this once the transaction of the present request is committed, e.g. start a process. It must not throw. */
  readonly later: (work: () => void) => void
}

interface Folder {
  get: () => string
  /** Removes a temporary folder; a state folder stays. */
  close: () => void
}

/** @param state state folder; `undefined`: a temporary folder, made on first use and removed at the end */
export const openFolder = (state: string | undefined): Folder => {
  let made = state
  return {
    get: () => {
      made ??= mkdtempSync(join(tmpdir(), 'brickrail-workspace-'))
      mkdirSync(made, { recursive: true, mode: 0o700 })
      return made
    },
    close: () => {
      if (state === undefined && made !== undefined) rmSync(made, { recursive: true, force: true })
    },
  }
}
