import type { VersionStatus } from '../../wire/registry.ts'
import type { Call } from '../server/call.ts'
import { takeModelOutcome } from '../server/outcomes.ts'
import type { RegistryName } from './models.ts'
import type { NewVersion } from './versions.ts'

/** How long a registration takes in a workspace under the real clock, in ms. */
const registrationMs = 1000

/** What a registration ends in: a planned outcome, else READY. PENDING_REGISTRATION: it never ends. */
export const endOf = (call: Call, name: string): { status: VersionStatus; message: string | undefined } => {
  const outcome = takeModelOutcome(call.db, name)
  return {
    status: outcome === undefined ? 'READY' : (outcome.status ?? 'FAILED_REGISTRATION'),
    message: outcome?.messages?.join(' '),
  }
}

/**
 * The status of a new version. An MLflow server has copied nothing and says READY at once; a workspace says PENDING_REGISTRATION in
 * the answer to create, and the end in whatever is asked next. In Unity Catalog it is the client that ends it: `finalize`.
 */
export const statusOfNew = (
  call: Call,
  registry: RegistryName,
  name: string,
): Pick<NewVersion, 'status' | 'becomes' | 'message'> => {
  if (registry === 'unity-catalog')
    return { status: 'PENDING_REGISTRATION', becomes: undefined, message: undefined }
  const { status, message } = endOf(call, name)
  if (registry === 'mlflow' || status === 'PENDING_REGISTRATION')
    return { status, becomes: undefined, message }
  return { status: 'PENDING_REGISTRATION', becomes: status, message }
}

/** Registrations whose time is over have ended. Every handler that shows or changes versions begins with this. */
export const settle = ({ db, mode, now }: Pick<Call, 'db' | 'mode' | 'now'>): void => {
  db.run(
    `UPDATE model_versions SET status = becomes, becomes = NULL, updated = max(updated, created)
      WHERE becomes IS NOT NULL AND created <= ?`,
    mode === 'instant' ? now : now - registrationMs,
  )
}

export const setStatus = (
  call: Call,
  { model, number }: { model: string; number: number },
  status: VersionStatus,
  message: string | undefined,
): void => {
  call.db.run(
    `UPDATE model_versions SET status = ?, message = ?, updated = ?, updater = ? WHERE model = ? AND number = ?`,
    status,
    message ?? null,
    call.now,
    call.me.user,
    model,
    number,
  )
}
