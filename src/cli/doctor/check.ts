import type { Databricks } from '../../client/databricks.ts'
import { Fail } from '../../errors.ts'
import type { Desired } from '../../plan/state.ts'
import type { ModelPolicy } from '../../plan/state-policy.ts'
import type { Me } from '../../wire/identity.ts'
import type { ModelSession } from '../model/open.ts'

export type Verdict = 'ok' | 'warning' | 'failed' | 'unknown'

/** One line of the report. */
export interface Finding {
  check: string
  verdict: Verdict
  detail: string
  /** Who has to do what; only when not ok. */
  fix?: string
}

/** What the checks look at. They read only. */
export interface Patient {
  client: Databricks
  env: Readonly<Record<string, string | undefined>>
  /** The embedded workspace, which runs its code on this machine. */
  embedded: boolean
  me: Me
  desired: Desired
  /** The declared models. */
  models: readonly ModelPolicy[]
  open: (policy: ModelPolicy) => Promise<ModelSession>
}

export type Check = (patient: Patient) => Promise<Finding[]>

export const isAdmin = ({ groups }: Me): boolean =>
  groups?.some(({ display }) => display === 'admins') ?? false

/** The names by which a grant may mean this identity. */
export const namesOf = ({ userName, groups }: Me): Set<string> =>
  new Set([userName, ...(groups ?? []).flatMap(({ display }) => (display === undefined ? [] : [display]))])

/** A read that is refused is a finding, not the end of the examination. */
export const orFinding = async (check: string, work: () => Promise<Finding[]>): Promise<Finding[]> => {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof Fail) || error.code === 'INTERRUPTED') throw error
    return [{ check, verdict: 'failed', detail: error.message, fix: error.hint }]
  }
}
