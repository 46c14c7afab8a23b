import { Fail } from '../errors.ts'
import { findRecord, readHistory } from '../ledger/read.ts'
import type { DesiredApp, DesiredJob, DesiredPackage } from '../plan/state-code.ts'
import type { Desired, DesiredCluster, RecordedState, Scope } from '../plan/state.ts'
import { keptContent, type Content } from './content.ts'
import type { Session } from './session.ts'

/** Deployments that are searched for one that is done. */
const mostLookedAt = 20

/** What to restore, and of which kinds: what was not deployed by then is left as it is. */
export interface Restored {
  desired: Desired
  scope: Scope
  content: Content
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
      ...(declared?.librariesSkipped && { librariesSkipped: declared.librariesSkipped }),
    }
  })

const jobsOf = (recorded: NonNullable<RecordedState['jobs']>): DesiredJob[] =>
  Object.entries(recorded).map(([key, { settings, acl }]) => ({
    key,
    settings,
    adopt: false,
    ...(acl ? { acl } : {}),
  }))

const packagesOf = (recorded: NonNullable<RecordedState['packages']>): DesiredPackage[] =>
  Object.entries(recorded).map(([key, { path, version, sources }]) => ({
    key,
    file: path.slice(path.lastIndexOf('/') + 1),
    path,
    version,
    sources,
  }))

const appsOf = (recorded: NonNullable<RecordedState['apps']>): DesiredApp[] =>
  Object.entries(recorded).map(([key, { files, ...app }]) => ({
    key,
    ...app,
    files: files.map(({ in: _pack, ...file }) => file),
  }))

const desiredOf = (session: Session, state: RecordedState): Desired => {
  const { project, target } = session.place
  const files = state.files && {
    root: state.files.root,
    exclusive: session.project.desired.files?.exclusive ?? false,
    files: state.files.files.map((file) => ({ ...file, source: file.path })),
  }
  return {
    project,
    target,
    clusters: clustersOf(session, state.clusters),
    ...(files ? { files } : {}),
    ...(state.packages ? { packages: packagesOf(state.packages) } : {}),
    ...(state.apps ? { apps: appsOf(state.apps) } : {}),
    ...(state.jobs ? { jobs: jobsOf(state.jobs) } : {}),
  }
}

const scopeOf = ({ clusters, files, packages, apps, jobs }: RecordedState): Scope => [
  ...(clusters ? (['cluster', 'libraries'] as const) : []),
  ...(files ? (['files'] as const) : []),
  ...(packages ? (['package'] as const) : []),
  ...(apps ? (['app'] as const) : []),
  ...(jobs ? (['job'] as const) : []),
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
  const done = (await readHistory(client, place, mostLookedAt)).filter(({ status }) => status === 'done')
  return done.length > 0
    ? `finished ones: ${done.map((record) => `#${record.number}`).join(', ')}`
    : 'none is finished'
}

/**
 * Number of the deployment to which a rollback goes that names none: what was there before the newest one, whether that is done
 * or not.
 * @throws Fail USAGE for a protected target; NO_SUCH_DEPLOYMENT when there is no earlier one
 */
export const numberBefore = async ({ client, place, project }: Session): Promise<number> => {
  if (project.target.protected)
    throw new Fail('USAGE', {
      what: `${place.target} is protected, and no --to says where to go back to`,
      hint: `give --to n; \`brickrail history --target ${place.target}\` lists the deployments`,
    })
  const [newest, ...earlier] = await readHistory(client, place, mostLookedAt)
  const found = earlier.find(({ status }) => status === 'done')
  if (found) return found.number
  const known = newest ? 'there is none before the newest one' : 'nothing was deployed yet'
  throw new Fail('NO_SUCH_DEPLOYMENT', { target: place.target, known })
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
  return { desired: desiredOf(session, state), scope: scopeOf(state), content: keptContent(session, state) }
}

/** What a rollback leaves alone: kinds that were not deployed yet when that deployment was made. */
export const leftAlone = ({ project }: Session, asked: string, { scope }: Restored): string | undefined => {
  const { clusters, files, packages = [], apps = [], jobs = [] } = project.desired
  const names = [
    ...(clusters.length > 0 && !scope.includes('cluster') ? ['clusters'] : []),
    ...(files && !scope.includes('files') ? ['files'] : []),
    ...(packages.length > 0 && !scope.includes('package') ? ['packages'] : []),
    ...(apps.length > 0 && !scope.includes('app') ? ['apps'] : []),
    ...(jobs.length > 0 && !scope.includes('job') ? ['jobs'] : []),
  ]
  if (names.length === 0) return undefined
  return `no ${names.join(' and no ')} had been deployed by #${asked.replace('#', '')}: they are left as they are`
}
