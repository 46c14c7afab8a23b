import type { Environment, LibraryOutcome, TaskRequest } from '../../compute/compute.ts'
import { withoutCredentials } from '../../compute/texts.ts'
import type { JobTask } from '../../wire/jobs.ts'
import { dbfsRoot } from '../dbfs/paths.ts'
import { environmentOf } from '../library/environment.ts'
import { workspaceRoot } from '../mirror/index.ts'
import { mirrorWorkspace } from '../mirror/mirror.ts'
import { secretsFor } from '../secret/access.ts'
import type { Call } from '../server/call.ts'
import { now } from '../server/clock.ts'
import { formatJson } from '../server/json.ts'
import { findPrincipal } from '../server/principals.ts'
import type { Services } from '../server/router.ts'
import { failed } from './attempts.ts'
import { keepToken, newToken, runEnvironment } from './env.ts'
import type { RunRecord } from './record.ts'
import { Unstartable, workOf } from './work.ts'

export interface Launch {
  run: RunRecord
  attempt: string
  /** Resolved. */
  task: JobTask
  cluster: string | undefined
}

/** A request as the run's user would make it. @throws Unstartable when there is no such user any more */
const callOf = ({ db, site, mode }: Services, run: RunRecord): Call => {
  const me = findPrincipal(db, run.runAs)
  if (me === undefined)
    throw new Unstartable(failed('UNAUTHORIZED_ERROR', `The run's user ${run.runAs} does not exist`))
  return { db, site, mode, now: now(db), me, path: '', face: 'databricks', origin: run.origin, headers: {} }
}

const faultOf = ({ library, status, messages }: LibraryOutcome): string | undefined =>
  status === 'INSTALLED'
    ? undefined
    : withoutCredentials(`Library ${formatJson(library)} is ${status}: ${messages.join('\n')}`)

const environment = async (
  services: Services,
  { task, cluster }: Launch,
  signal: AbortSignal,
): Promise<Environment> => {
  const found = await environmentOf(services, cluster, task.libraries ?? [], signal).catch(
    (error: unknown) => {
      const message = error instanceof Error ? error.message : String(error)
      throw new Unstartable(failed('LIBRARY_INSTALLATION_ERROR', message))
    },
  )
  const faults = found.outcomes.map(faultOf).filter((fault) => fault !== undefined)
  if (faults.length > 0) throw new Unstartable(failed('LIBRARY_INSTALLATION_ERROR', faults.join('\n')))
  return found
}

/**
 * All that a process needs: environment, files, secrets and a token of the run's user, which the caller revokes at the
 * end. What is missing is told before libraries are installed.
 * @throws Unstartable; Refused of a disk that is full
 */
export const prepare = async (
  services: Services,
  launch: Launch,
  signal: AbortSignal,
): Promise<TaskRequest> => {
  const { db, site } = services
  const call = callOf(services, launch.run)
  const folder = site.folder()
  mirrorWorkspace(db, folder)
  workOf(call, launch.task)
  const { python: path, rLibs } = await environment(services, launch, signal)
  signal.throwIfAborted()
  const url = await site.url()
  // Installing may take minutes, and the workspace of a run is the present one.
  mirrorWorkspace(db, folder)
  const work = workOf(call, launch.task)
  const secretScopes = secretsFor(db, call.me)
  const token = newToken()
  const env = runEnvironment(db, { url, token, user: call.me.user, cluster: launch.cluster, secretScopes })
  db.atomically(() => keepToken(db, token, call.me.user))
  return {
    id: launch.attempt,
    python: path,
    work,
    env: rLibs === undefined ? env : { R_LIBS: rLibs, ...env },
    dbfsRoot: dbfsRoot(folder),
    workspaceRoot: workspaceRoot(folder),
    secrets: [token, ...Object.values(secretScopes).flatMap((keys) => Object.values(keys))],
    secretScopes,
  }
}
