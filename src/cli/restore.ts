import { Fail } from '../errors.ts'
import { packSource } from '../ledger/packs.ts'
import { findRecord, readHistory } from '../ledger/read.ts'
import type { Desired, RecordedState } from '../plan/state.ts'
import type { ReadFile } from './deployment.ts'
import type { Session } from './session.ts'

const desiredOf = ({ project, place }: Session, state: RecordedState): Desired => {
  const now = project.desired
  const clusters = Object.entries(state.clusters).map(([key, { spec, libraries, strategy }]) => {
    const declared = now.clusters.find((cluster) => cluster.key === key)
    return {
      key,
      spec,
      strategy,
      libraries,
      adopt: false,
      librariesExclusive: declared?.librariesExclusive ?? false,
    }
  })
  const files = state.files?.files.map((file) => ({ ...file, source: file.path })) ?? []
  const root = state.files?.root ?? now.files?.root
  return {
    project: place.project,
    target: place.target,
    clusters,
    ...(root === undefined ? {} : { files: { root, exclusive: now.files?.exclusive ?? false, files } }),
  }
}

const finished = async ({ client, place }: Session): Promise<string> => {
  const done = (await readHistory(client, place, 20)).filter(({ status }) => status === 'done')
  return done.length > 0
    ? `finished ones: ${done.map((record) => `#${record.number}`).join(', ')}`
    : 'none is finished'
}

/**
 * What deployment `number` had declared, with its bytes.
 * @throws Fail NO_SUCH_DEPLOYMENT
 */
export const restoreFrom = async (
  session: Session,
  number: number,
): Promise<{ desired: Desired; read: ReadFile }> => {
  const { client, place } = session
  const record = Number.isSafeInteger(number) ? await findRecord(client, place, number) : undefined
  const state = record?.state
  if (!state) {
    const known = await finished(session)
    throw new Fail('NO_SUCH_DEPLOYMENT', { number, target: place.target, known })
  }
  return { desired: desiredOf(session, state), read: packSource(client, place, state.files?.files ?? []) }
}
