import { Fail } from '../../errors.ts'
import { readLedger } from '../../ledger/read.ts'
import { canonical } from '../../plan/canonical.ts'
import type { Desired, RecordedState } from '../../plan/state.ts'
import { count } from '../../report/text.ts'
import type { Session } from '../session.ts'
import { propose } from './propose.ts'

/** What is about to run. */
export interface Uses {
  /** Key of a job. */
  job?: string
  /** A path in the workspace or on DBFS. */
  path?: string
}

/** Files that are named one by one. */
const most = 3

/** Whether a text names a folder, or what is below it. */
const names = (text: string, folder: string): boolean =>
  ['/', '"'].some((end) => `${text}"`.includes(`${folder}${end}`))

/** A job names the version of each app: that one of them has changed is said of the app. */
const withoutVersions = (settings: unknown): string =>
  canonical(settings ?? null).replaceAll(/\/versions\/[0-9a-f]{16}(?=[/"])/g, '')

const fileNames = ({ files: declared }: Desired, { files: recorded }: RecordedState): string[] => {
  if (declared === undefined) return []
  const moved = declared.root !== recorded?.root
  const before = new Map((moved ? [] : recorded.files).map(({ path, digest }) => [path, digest]))
  const changed = declared.files.filter(({ path, digest }) => before.get(path) !== digest)
  const now = new Set(declared.files.map(({ path }) => path))
  return [...changed.map(({ source }) => source), ...[...before.keys()].filter((path) => !now.has(path))]
}

const sayFiles = (files: readonly string[]): string[] => {
  if (files.length > most) return [count(files.length, 'file')]
  return files.map((file) => `file ${file}`)
}

/**
 * What the last deployment has recorded otherwise than this checkout declares it, of the things that a run uses: its job, and the
 * packages, apps and files that the job or the path names.
 */
export const driftOf = (desired: Desired, recorded: RecordedState, { job, path }: Uses): string[] => {
  const declared = desired.jobs?.find(({ key }) => key === job)?.settings
  const known = job === undefined ? undefined : recorded.jobs?.[job]?.settings
  const text = `${canonical([declared, known])}"${path ?? ''}"`
  const packages = (desired.packages ?? [])
    .filter((one) => [one.path, recorded.packages?.[one.key]?.path].some((at) => at && names(text, at)))
    .filter((one) => one.sources !== recorded.packages?.[one.key]?.sources)
  const apps = (desired.apps ?? [])
    .filter(({ root }) => names(text, root))
    .filter(({ key, digest }) => digest !== recorded.apps?.[key]?.digest)
  const jobChanged = job !== undefined && withoutVersions(declared) !== withoutVersions(known)
  return [
    ...(desired.files && names(text, desired.files.root) ? sayFiles(fileNames(desired, recorded)) : []),
    ...packages.map(({ key }) => `package ${key}`),
    ...apps.map(({ key }) => `app ${key}`),
    ...(jobChanged ? [`job ${job}`] : []),
  ]
}

/** Who may run a job need not be allowed to read the record of its deployments. */
const isUnreadable = (error: unknown): error is Fail =>
  error instanceof Fail && (error.code === 'LEDGER_UNREADABLE' || error.code === 'PERMISSION_DENIED')

/** Says, once, what runs otherwise than this checkout has it: what is deployed runs, not what is here. Reads the ledger once. */
export const warnOfDrift = async (session: Session, uses: Uses): Promise<void> => {
  const { client, place, project, run } = session
  const warn = (text: string, hint: string) => run.emit({ type: 'notice', level: 'warning', text, hint })
  try {
    const { tail } = await readLedger(client, place)
    const drift = driftOf(project.desired, tail.state ?? {}, uses)
    const text = `what is deployed differs from this checkout, and is what runs: ${drift.join(', ')}`
    if (drift.length > 0) warn(text, `run ${propose(project, 'deploy')} first`)
  } catch (error) {
    if (!isUnreadable(error)) throw error
    warn(`whether what is deployed is this checkout cannot be told: ${error.message}`, error.hint)
  }
}
