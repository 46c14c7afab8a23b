import type { AppChange, AppFile, AppPointer, CodeStep, DeployedApp, DesiredApp } from './state-code.ts'
import type { Plan } from './state.ts'

export interface AppPlan {
  change: AppChange
  steps: CodeStep[]
  warnings: string[]
  refusals: Plan['refusals']
}

/** What is known when one app is planned. */
export interface AppView {
  app: DesiredApp
  there: DeployedApp
  /** A run that died may have written here: what looks like an edit need not be one. */
  doubtful: boolean
  /** A deployment of this target has written here, or was about to. */
  ours: boolean
}

/** There as sent: same size, and not written after the pointer that speaks for it. */
export const isAsSent = (view: AppView, file: AppFile, trusted: DeployedApp['pointedAt']): boolean => {
  const found = view.there.files?.find(({ path }) => path === file.path)
  return found !== undefined && trusted !== undefined && found.size === file.size && found.modified <= trusted
}

/** Against what the pointer says: what a reader of the plan wants to know. */
export const contentChange = (
  { app }: AppView,
  pointer: AppPointer | undefined,
  upload: readonly AppFile[],
): Pick<AppChange, 'add' | 'update' | 'delete' | 'unchanged'> => {
  const before = new Map((pointer?.files ?? []).map(({ path, digest }) => [path, digest]))
  const now = new Set(app.files.map(({ path }) => path))
  const sent = new Set(pointer?.digest === app.digest ? upload.map(({ path }) => path) : [])
  const add = app.files.filter(({ path }) => !before.has(path)).map(({ path }) => path)
  const update = app.files
    .filter(({ path, digest }) => before.has(path) && (before.get(path) !== digest || sent.has(path)))
    .map(({ path }) => path)
  return {
    add,
    update,
    delete: [...before.keys()].filter((path) => !now.has(path)),
    unchanged: app.files.length - add.length - update.length,
  }
}

/** What somebody has written over since: only what is known to have been as sent can have been edited. */
export const editNotes = (
  { there, doubtful }: AppView,
  upload: readonly AppFile[],
  trusted: DeployedApp['pointedAt'],
): string[] =>
  trusted === undefined || doubtful
    ? []
    : upload
        .filter(({ path }) => there.files?.some((file) => file.path === path))
        .map(({ path }) => `${path} was edited on DBFS since the last deployment: that edit is overwritten`)
