import { contentChange, editNotes, isAsSent, type AppPlan, type AppView } from './app-view.ts'
import type { AppFile, CodeStep } from './state-code.ts'

const torn = (key: string): string =>
  `app ${key} has the plain layout: a job that starts while it is copied may see files of two versions; \`layout: versioned\` avoids that`

/** Files of ours that are no longer declared. Those of an earlier, unfinished deletion only if nobody has written them since. */
const staleOf = ({ app, there }: AppView): string[] => {
  const { pointer, pointedAt, files = [] } = there
  const wanted = new Set(app.files.map(({ path }) => path))
  const ours = new Set((pointer?.files ?? []).map(({ path }) => path))
  const begun = new Set(pointer?.stale ?? [])
  return files
    .filter(({ path, modified }) => {
      if (wanted.has(path)) return false
      return ours.has(path) || (begun.has(path) && pointedAt !== undefined && modified <= pointedAt)
    })
    .map(({ path }) => path)
}

const foreignWarnings = ({ app, there, doubtful }: AppView, upload: readonly AppFile[]): string[] => {
  const known = new Set((there.pointer?.files ?? []).map(({ path }) => path))
  const present = new Set((there.files ?? []).map(({ path }) => path))
  const foreign = upload.filter(({ path }) => present.has(path) && !known.has(path)).map(({ path }) => path)
  const some = foreign.slice(0, 5).join(', ')
  return foreign.length > 0 && !doubtful
    ? [`${foreign.length} file(s) in dbfs:${app.root} are not from this project and are overwritten: ${some}`]
    : []
}

/**
 * The layout of the tutorials: files directly in the folder. What changed goes up, then the manifest, then what is stale goes;
 * files of others stay.
 */
export const planPlain = (view: AppView): AppPlan => {
  const { app, there } = view
  const { pointer, pointedAt, other } = there
  const recorded = new Map((pointer?.files ?? []).map(({ path, digest }) => [path, digest]))
  const upload = app.files.filter(
    (file) => recorded.get(file.path) !== file.digest || !isAsSent(view, file, pointedAt),
  )
  const stale = staleOf(view)
  const { key, root, layout } = app
  const points = upload.length > 0 || pointer?.digest !== app.digest
  const paths = [...stale.map((path) => `${root}/${path}`), ...(other ? [`${root}/versions/`] : [])]
  const steps: CodeStep[] = [
    ...(upload.length > 0 ? [{ do: 'app.upload', app, files: upload } as const] : []),
    ...(points ? [{ do: 'app.point', app, ...(stale.length > 0 ? { stale } : {}) } as const] : []),
    ...(paths.length > 0 ? [{ do: 'app.delete', key, paths } as const] : []),
    // The pointer tells that there are versions: a run that dies here is followed by one that goes on.
    ...(other ? [{ do: 'app.delete' as const, key, paths: [`${root}/current.json`] }] : []),
  ]
  const edited = upload.filter(({ path, digest }) => recorded.get(path) === digest)
  const content = { ...contentChange(view, pointer, upload), delete: stale }
  const action = steps.length > 0 ? 'deploy' : 'none'
  const notes = editNotes(view, edited, pointedAt)
  return {
    change: { key, root, layout, action, ...content, notes },
    steps,
    warnings: steps.length > 0 ? [torn(key), ...foreignWarnings(view, upload)] : [],
    refusals: [],
  }
}
