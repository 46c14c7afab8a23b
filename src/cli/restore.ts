import { Fail } from '../errors.ts'
import { packSource } from '../ledger/packs.ts'
import { findRecord, readHistory } from '../ledger/read.ts'
import type { Desired, DesiredCluster, Plan, RecordedState, Scope } from '../plan/state.ts'
import type { ReadFile } from './deployment.ts'
import type { Session } from './session.ts'

/** What to restore, and of which kinds: what was not deployed by then is left as it is. */
export interface Restored {
  desired: Desired
  scope: Scope
  read: ReadFile
}

const clustersOf = ({ project }: Session, recorded: RecordedState['clusters']): DesiredCluster[] =>
  Object.entries(recorded ?? {}).map(([key, { spec, libraries, strategy }]) => {
    const declared = project.desired.clusters.find((cluster) => cluster.key === key)
    return {
      key,
      spec,
      strategy,
      libraries,
      adopt: false,
      librariesExclusive: declared?.librariesExclusive ?? false,
    }
  })

const desiredOf = (session: Session, state: RecordedState): Desired => {
  const { project, target } = session.place
  const files = state.files && {
    root: state.files.root,
    exclusive: session.project.desired.files?.exclusive ?? false,
    files: state.files.files.map((file) => ({ ...file, source: file.path })),
  }
  return { project, target, clusters: clustersOf(session, state.clusters), ...(files ? { files } : {}) }
}

const scopeOf = ({ clusters, files }: RecordedState): Scope => [
  ...(clusters ? (['cluster', 'libraries'] as const) : []),
  ...(files ? (['files'] as const) : []),
]

/** A later run of clusters only has passed on that a dead run may have written these: nobody knows what they held. */
const checkKnown = (number: number, { files }: RecordedState): void => {
  const unknown = files?.files.filter(({ digest }) => digest === '') ?? []
  if (unknown.length > 0)
    throw new Fail('NO_SUCH_DEPLOYMENT', {
      number,
      target: 'files',
      known: `#${number} followed a run that died, and does not know ${unknown.length} file(s); take an earlier or later one`,
    })
}

const finished = async ({ client, place }: Session): Promise<string> => {
  const done = (await readHistory(client, place, 20)).filter(({ status }) => status === 'done')
  return done.length > 0
    ? `finished ones: ${done.map((record) => `#${record.number}`).join(', ')}`
    : 'none is finished'
}

/**
 * What the deployment of this number (`12`, `#12`) had declared, with its bytes.
 * @throws Fail NO_SUCH_DEPLOYMENT
 */
export const restoreFrom = async (session: Session, asked: string): Promise<Restored> => {
  const { client, place } = session
  const number = /^#?\d{1,9}$/.test(asked.trim()) ? Number(asked.trim().replace('#', '')) : asked.trim()
  const record = typeof number === 'number' ? await findRecord(client, place, number) : undefined
  const state = record?.state
  if (!state) {
    const known = await finished(session)
    throw new Fail('NO_SUCH_DEPLOYMENT', { number, target: place.target, known })
  }
  checkKnown(Number(number), state)
  const read = packSource(client, place, state.files?.files ?? [])
  return { desired: desiredOf(session, state), scope: scopeOf(state), read }
}

/** What a rollback leaves alone: kinds that were not deployed yet when that deployment was made. */
export const leftAlone = ({ project }: Session, asked: string, { scope }: Restored): string | undefined => {
  const { clusters, files } = project.desired
  const names = [
    ...(clusters.length > 0 && !scope.includes('cluster') ? ['clusters'] : []),
    ...(files && !scope.includes('files') ? ['files'] : []),
  ]
  if (names.length === 0) return undefined
  return `no ${names.join(' and no ')} had been deployed by #${asked.replace('#', '')}: they are left as they are`
}

/**
 * Look for every pack that the plan needs before anything is changed.
 * @throws Fail LEDGER_UNREADABLE
 */
export const readable = async (plan: Plan, read: ReadFile): Promise<void> => {
  for (const step of plan.steps)
    if (step.do === 'files.upload') for (const file of step.files) await read(file)
}
