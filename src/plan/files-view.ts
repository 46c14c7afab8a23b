import type { ObjectInfo } from '../wire/workspace.ts'
import { foldersOf } from './paths.ts'
import type { DeployedFiles, DesiredFile, DesiredFiles, LedgerTail, RecordedFile } from './state.ts'

type Paths = ReadonlyMap<string, ObjectInfo>

const relative = (root: string, path: string): string => path.slice(root.length + 1)

const sameContent = (file: DesiredFile, recorded: RecordedFile | undefined): boolean =>
  recorded !== undefined &&
  recorded.digest === file.digest &&
  recorded.type === file.type &&
  recorded.format === file.format &&
  recorded.language === file.language

export interface View {
  desired: DesiredFiles
  /** Below root, by relative path. */
  present: Paths
  recorded: ReadonlyMap<string, RecordedFile>
  unsettled: ReadonlySet<string>
  asOf: LedgerTail['closedAt']
}

/** Changed by somebody else since a deployment of ours last saw it, by the server's own clock. */
export const isTouched = (path: string, view: View): boolean => {
  const now = view.present.get(path)?.modified_at
  if (now === undefined) return false
  const then = view.recorded.get(path)?.at
  return then === undefined ? view.asOf !== undefined && now > view.asOf : now !== then
}

export const isCurrent = (file: DesiredFile, view: View): boolean => {
  const object = view.present.get(file.path)
  return (
    object !== undefined &&
    object.object_type === file.type &&
    !view.unsettled.has(file.path) &&
    !isTouched(file.path, view) &&
    sameContent(file, view.recorded.get(file.path))
  )
}

export const viewOf = (desired: DesiredFiles, deployed: DeployedFiles, ledger: LedgerTail): View => {
  const state = ledger.state?.files
  // A folder that moved is another folder: what was recorded says nothing about the new one.
  const files = state?.root === desired.root ? state.files : []
  return {
    desired,
    present: new Map((deployed.objects ?? []).map((object) => [relative(desired.root, object.path), object])),
    recorded: new Map(files.map((file) => [file.path, file])),
    unsettled: new Set(ledger.unsettled.flatMap(({ paths }) => paths)),
    asOf: state?.asOf ?? ledger.closedAt,
  }
}

export const isOurs = (path: string, view: View): boolean =>
  view.desired.exclusive || view.recorded.has(path) || view.unsettled.has(path)

/** Objects that are there, are ours, and are no longer declared. */
export const staleObjects = (view: View, wanted: ReadonlySet<string>): string[] =>
  [...view.present]
    .filter(
      ([path, { object_type }]) => object_type !== 'DIRECTORY' && !wanted.has(path) && isOurs(path, view),
    )
    .map(([path]) => path)

/** Folders that hold nothing once the stale objects are gone; deepest first, so that each is empty when its turn comes. */
export const emptiedFolders = (
  view: View,
  stale: ReadonlySet<string>,
  kept: ReadonlySet<string>,
): string[] => {
  const ours = foldersOf([...view.recorded.values(), ...[...view.unsettled].map((path) => ({ path }))])
  const remaining = foldersOf(
    [...view.present]
      .filter(([path, { object_type }]) => object_type !== 'DIRECTORY' && !stale.has(path))
      .map(([path]) => ({ path })),
  )
  return [...view.present]
    .filter(
      ([path, { object_type }]) => object_type === 'DIRECTORY' && (view.desired.exclusive || ours.has(path)),
    )
    .map(([path]) => path)
    .filter((path) => !kept.has(path) && !remaining.has(path))
    .sort((a, b) => b.length - a.length || (a < b ? -1 : 1))
}

/** A declared file where something of another type is: that has to go first, if it is ours to remove. */
export const inTheWay = (view: View, wanted: readonly DesiredFile[], folders: ReadonlySet<string>) => {
  const clashes = wanted.flatMap((file) => {
    const object = view.present.get(file.path)
    return object !== undefined && object.object_type !== file.type ? [{ path: file.path, object }] : []
  })
  const files = [...folders].flatMap((path) => {
    const object = view.present.get(path)
    return object !== undefined && object.object_type !== 'DIRECTORY' ? [{ path, object }] : []
  })
  return [...clashes, ...files]
}

export const isRemovable = (path: string, object: ObjectInfo, view: View): boolean => {
  if (object.object_type !== 'DIRECTORY') return isOurs(path, view)
  if (object.object_type === 'DIRECTORY' && view.desired.exclusive) return true
  const inside = [...view.present].filter(([at]) => at.startsWith(`${path}/`))
  const ours = foldersOf([...view.recorded.values(), ...[...view.unsettled].map((at) => ({ path: at }))])
  return (
    ours.has(path) &&
    inside.every(([at, { object_type }]) => (object_type === 'DIRECTORY' ? ours.has(at) : isOurs(at, view)))
  )
}

/** mkdirs makes parents too, so only the deepest missing folders are asked for. */
export const missingFolders = (
  view: View,
  folders: ReadonlySet<string>,
  rootThere: boolean,
  cleared: ReadonlySet<string>,
): string[] => {
  const missing = [...folders]
    .filter((path) => view.present.get(path)?.object_type !== 'DIRECTORY' || cleared.has(path))
    .sort()
  const deepest = missing.filter((path) => !missing.some((other) => other.startsWith(`${path}/`)))
  const paths = deepest.map((path) => `${view.desired.root}/${path}`)
  return paths.length > 0 || rootThere ? paths : [view.desired.root]
}
