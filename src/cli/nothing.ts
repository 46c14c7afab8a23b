import { readLedger } from '../ledger/read.ts'
import type { Desired } from '../plan/state.ts'
import type { Session } from './session.ts'

/**
 * The declaration of nothing, for `destroy`. The folder is the recorded one; when the very first deployment died, there
 * is no record of it yet, and the files are where the project says.
 */
export const nothingOf = async ({ client, place, project }: Session): Promise<Desired> => {
  const { tail } = await readLedger(client, place)
  const root = tail.state?.files?.root ?? project.desired.files?.root
  const files = root === undefined ? {} : { files: { root, exclusive: false, files: [] } }
  return { project: place.project, target: place.target, clusters: [], ...files }
}
