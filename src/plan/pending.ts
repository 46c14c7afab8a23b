import { canonical, same } from './canonical.ts'
import { libraryName } from './libraries.ts'
import type { DesiredApp, DesiredJob, DesiredPackage } from './state-code.ts'
import type { Desired, DesiredFiles, LedgerTail, RecordedState } from './state.ts'

const more = (names: readonly string[]): string =>
  names.length <= 3 ? names.join(', ') : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`

const clusterPending = (desired: Desired, recorded: NonNullable<RecordedState['clusters']>): string[] => {
  const declared = new Set(desired.clusters.map(({ key }) => key))
  const gone = Object.keys(recorded).filter((key) => !declared.has(key))
  return [
    ...gone.map((key) => `cluster ${key} is no longer declared`),
    ...desired.clusters.flatMap(({ key, spec, libraries }) => {
      const old = recorded[key]
      if (!old) return [`cluster ${key} was not deployed`]
      const names = (list: typeof libraries): string[] => list.map(libraryName).sort()
      return [
        ...(same(spec, old.spec) ? [] : [`the spec of cluster ${key} has changed`]),
        ...(same(names(libraries), names(old.libraries))
          ? []
          : [`the libraries of cluster ${key} have changed`]),
      ]
    }),
  ]
}

const identity = ({
  type,
  format,
  language,
  digest,
}: Omit<DesiredFiles['files'][number], 'source'>): string => canonical([type, format, language ?? '', digest])

const filesPending = (desired: DesiredFiles, recorded: RecordedState['files']): string[] => {
  if (!recorded) return desired.files.length === 0 ? [] : [`the files of ${desired.root} were not deployed`]
  if (recorded.root !== desired.root) return [`the folder is ${desired.root} now, not ${recorded.root}`]
  const known = new Map(recorded.files.map((file) => [file.path, identity(file)]))
  const declared = new Set(desired.files.map(({ path }) => path))
  const changed = desired.files.filter((file) => known.get(file.path) !== identity(file))
  const gone = recorded.files.filter(({ path }) => !declared.has(path))
  return [
    ...(changed.length > 0 ? [`not deployed as they are: ${more(changed.map(({ path }) => path))}`] : []),
    ...(gone.length > 0 ? [`no longer declared: ${more(gone.map(({ path }) => path))}`] : []),
  ]
}

const jobPending = (jobs: readonly DesiredJob[], recorded: NonNullable<RecordedState['jobs']>): string[] => {
  const declared = new Set(jobs.map(({ key }) => key))
  const gone = Object.keys(recorded).filter((key) => !declared.has(key))
  return [
    ...gone.map((key) => `job ${key} is no longer declared`),
    ...jobs.flatMap(({ key, settings, acl }) => {
      const old = recorded[key]
      if (!old) return [`job ${key} was not deployed`]
      return same({ settings, acl }, { settings: old.settings, acl: old.acl })
        ? []
        : [`job ${key} has changed`]
    }),
  ]
}

/** One that is no longer declared stays as long as a cluster or job names its wheels: it is not waited for. */
const packagePending = (
  packages: readonly DesiredPackage[],
  recorded: NonNullable<RecordedState['packages']>,
): string[] =>
  packages.flatMap(({ key, path }) =>
    recorded[key]?.path === path
      ? []
      : [recorded[key] ? `package ${key} has changed` : `package ${key} was not deployed`],
  )

const appPending = (apps: readonly DesiredApp[], recorded: NonNullable<RecordedState['apps']>): string[] => {
  const declared = new Set(apps.map(({ key }) => key))
  const gone = Object.keys(recorded).filter((key) => !declared.has(key))
  return [
    ...gone.map((key) => `app ${key} is no longer declared`),
    ...apps.flatMap(({ key, root, layout, digest }) => {
      const old = recorded[key]
      if (!old) return [`app ${key} was not deployed`]
      const now = { root, layout, digest }
      return same(now, { root: old.root, layout: old.layout, digest: old.digest })
        ? []
        : [`app ${key} has changed`]
    }),
  ]
}

/**
 * What is declared and was not deployed by the last finished deployment, a sentence each. Only declarations are
 * compared: what somebody changed in the workspace since is drift, and none of this.
 */
export const pendingSince = (desired: Desired, tail: LedgerTail): string[] => [
  ...tail.unsettled.map(({ number }) => `deployment #${number} did not finish`),
  ...clusterPending(desired, tail.state?.clusters ?? {}),
  ...(desired.files ? filesPending(desired.files, tail.state?.files) : []),
  ...packagePending(desired.packages ?? [], tail.state?.packages ?? {}),
  ...appPending(desired.apps ?? [], tail.state?.apps ?? {}),
  ...jobPending(desired.jobs ?? [], tail.state?.jobs ?? {}),
]
