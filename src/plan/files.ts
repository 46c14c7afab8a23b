import {
  emptiedFolders,
  inTheWay,
  isCurrent,
  isOurs,
  isRemovable,
  missingFolders,
  staleObjects,
  isTouched,
  viewOf,
  type View,
} from './files-view.ts'
import { foldersOf } from './paths.ts'
import type {
  DeployedFiles,
  DesiredFile,
  DesiredFiles,
  FilesChange,
  LedgerTail,
  Plan,
  Step,
} from './state.ts'

export interface FilesPlan {
  change: FilesChange
  steps: Step[]
  warnings: string[]
  refusals: Plan['refusals']
}

interface Parts {
  /** Of another type than what is to go there: out of the way first. */
  clear: { path: string; recursive: boolean }[]
  folders: string[]
  upload: DesiredFile[]
  stale: string[]
  emptied: string[]
}

/** Nothing is declared and nothing is left of what was ours: the folder itself goes too, as `destroy` means it. */
const emptyRoot = (
  { desired, present, recorded, unsettled }: View,
  { objects }: DeployedFiles,
  gone: readonly string[],
): string[] => {
  const wasOurs = recorded.size > 0 || unsettled.size > 0
  const left = [...present.keys()].some((path) => !gone.includes(path))
  return desired.files.length === 0 && wasOurs && objects !== undefined && !left ? [''] : []
}

const partsOf = (view: View, deployed: DeployedFiles): Parts => {
  const { desired } = view
  const folders = foldersOf(desired.files)
  const wanted = new Set(desired.files.map(({ path }) => path))
  const upload = desired.files.filter((file) => !isCurrent(file, view))
  const clear = inTheWay(view, upload, folders).map(({ path, object }) => ({
    path,
    recursive: object.object_type === 'DIRECTORY',
  }))
  const cleared = new Set(clear.map(({ path }) => path))
  const isLeft = (path: string) => ![...cleared].some((gone) => path === gone || path.startsWith(`${gone}/`))
  const stale = staleObjects(view, wanted).filter(isLeft)
  const emptied = emptiedFolders(view, new Set(stale), folders).filter(isLeft)
  return {
    clear,
    folders:
      desired.files.length === 0
        ? []
        : missingFolders(view, folders, deployed.objects !== undefined, cleared),
    upload,
    stale,
    emptied: [...emptied, ...emptyRoot(view, deployed, [...stale, ...emptied])],
  }
}

/** Stale files go last: whatever happens before, the folder holds the old files or the new ones. */
const stepsOf = (root: string, { clear, folders, upload, stale, emptied }: Parts): Step[] => {
  const at = (path: string) => (path === '' ? root : `${root}/${path}`)
  const steps: Step[] = [
    { do: 'files.delete', paths: clear.map(({ path, recursive }) => ({ path: at(path), recursive })) },
    { do: 'files.mkdirs', paths: folders },
    { do: 'files.upload', root, files: upload },
    { do: 'files.delete', paths: stale.map((path) => ({ path: at(path), recursive: false })) },
    { do: 'files.remove-folders', paths: emptied.map(at) },
  ]
  return steps.filter((step) => ('paths' in step ? step.paths : upload).length > 0)
}

const changeOf = (view: View, { upload, stale }: Parts): FilesChange => {
  const isNew = ({ path }: DesiredFile) => !view.present.has(path)
  const edited = upload.filter(
    ({ path }) => isOurs(path, view) && isTouched(path, view) && !view.unsettled.has(path),
  )
  return {
    root: view.desired.root,
    add: upload.filter(isNew).map(({ path }) => path),
    update: upload.filter((file) => !isNew(file)).map(({ path }) => path),
    delete: stale,
    unchanged: view.desired.files.length - upload.length,
    notes: edited.map(
      ({ path }) => `${path} was edited in the workspace since the last deployment: that edit is overwritten`,
    ),
  }
}

const movedWarnings = ({ root }: DesiredFiles, { state }: LedgerTail): string[] =>
  state?.files && state.files.root !== root && state.files.files.length > 0
    ? [`the folder moves from ${state.files.root} to ${root}; what is in the old one stays there`]
    : []

const foreignWarnings = (view: View, { upload }: Parts): string[] => {
  const foreign = upload
    .filter(({ path }) => {
      const type = view.present.get(path)?.object_type
      return type !== undefined && type !== 'DIRECTORY' && !isOurs(path, view)
    })
    .map(({ path }) => path)
  const some = foreign.slice(0, 5).join(', ')
  return foreign.length > 0
    ? [
        `${foreign.length} object(s) in ${view.desired.root} are not from this project and are overwritten: ${some}`,
      ]
    : []
}

/** A list of something that is no folder answers the thing itself. */
const rootRefusals = ({ root }: DesiredFiles, { objects }: DeployedFiles): Plan['refusals'] =>
  (objects ?? [])
    .filter(({ path, object_type }) => path === root && object_type !== 'DIRECTORY')
    .map(({ object_type }) => ({
      what: `${root}, the folder to sync to, is a ${object_type}, and it`,
      owner: 'somebody else: this project did not put it there',
      hint: 'move it away in the workspace, or choose another workspace.path',
    }))

const refusalsOf = (view: View, parts: Parts): Plan['refusals'] =>
  inTheWay(view, parts.upload, foldersOf(view.desired.files))
    .filter(({ path, object }) => !isRemovable(path, object, view))
    .map(({ path, object }) => ({
      what: `${view.desired.root}/${path} is a ${object.object_type} where something else is to go, and it`,
      owner: 'somebody else: this project did not put it there',
      hint: 'move it away in the workspace, or rename the file',
    }))

/**
 * Plan the synced folder: upload what changed, repair what was removed or edited there, delete stale files last.
 * Objects that this project did not put there stay, unless `exclusive`.
 */
export const planFiles = (desired: DesiredFiles, deployed: DeployedFiles, ledger: LedgerTail): FilesPlan => {
  const view = viewOf(desired, deployed, ledger)
  const parts = partsOf(view, deployed)
  return {
    change: changeOf(view, parts),
    steps: stepsOf(desired.root, parts),
    warnings: [...movedWarnings(desired, ledger), ...foreignWarnings(view, parts)],
    refusals: [...rootRefusals(desired, deployed), ...refusalsOf(view, parts)],
  }
}
