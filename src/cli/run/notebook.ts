import type { Fail } from '../../errors.ts'
import type { Library } from '../../wire/libraries.ts'
import type { Session } from '../session.ts'
import { follow, type Followed } from './follow.ts'
import { failureOf } from './result.ts'
import { submit } from './start.ts'

const sameText = (bytes: Uint8Array | undefined, text: string): boolean =>
  bytes !== undefined && Buffer.from(bytes).toString('utf8').trim() === text.trim()

/**
 * Put a Python notebook of Brickrail's own into the workspace, unless it is there.
 * @returns its path
 */
export const putNotebook = async (
  { client, place }: Session,
  name: string,
  text: string,
): Promise<string> => {
  const folder = `/Shared/.brickrail/${place.project}/${place.target}`
  const path = `${folder}/${name}`
  if (sameText(await client.workspace.read(path), text)) return path
  await client.workspace.mkdirs({ path: folder })
  const content = Buffer.from(text)
  await client.workspace.upload({ path, format: 'SOURCE', language: 'PYTHON', overwrite: true, content })
  return path
}

/** One run of a notebook that belongs to no job. */
export interface NotebookRun {
  /** Of the run, as the workspace lists it. */
  name: string
  /** For messages: `suite unit`. */
  what: string
  /** Path in the workspace. */
  notebook: string
  /** Id of a cluster. */
  cluster: string
  parameters: Readonly<Record<string, string>>
  libraries?: readonly Library[]
  /** Seconds; 0: as long as it takes. */
  timeout: number
}

/**
 * Run a notebook to its end.
 * @returns the run, and why it has failed if it has
 * @throws Fail RUN_FAILED for a run that is gone or has no state, TIMEOUT, INTERRUPTED
 */
export const runNotebook = async (
  session: Session,
  { name, what, notebook, cluster, parameters, libraries = [], timeout }: NotebookRun,
): Promise<{ followed: Followed; failure: Fail | undefined }> => {
  const task = {
    existing_cluster_id: cluster,
    notebook_task: { notebook_path: notebook, base_parameters: { ...parameters } },
    ...(libraries.length > 0 ? { libraries: [...libraries] } : {}),
  }
  const id = await submit(session, name, task, timeout)
  const followed = await follow(session, { id, what, timeoutMs: timeout * 1000 })
  return { followed, failure: failureOf(session.project, what, followed) }
}
