import { foldersOf } from './paths.ts'
import { folderOf, isCache, isOwn, isVersion, pointerName, pointerPath, versionOf } from './app-paths.ts'
import { planPlain } from './app-plain.ts'
import { contentChange, editNotes, isAsSent, type AppPlan, type AppView } from './app-view.ts'
import type { AppChange, AppPointer, CodeStep, DeployedApp, DesiredApp } from './state-code.ts'
import type { Deployed, Desired, LedgerTail, Plan } from './state.ts'

/** The version that is declared: pointed at now, pointed at before, or new. */
const trustedOf = ({ app, there: { pointer, pointedAt } }: AppView): DeployedApp['pointedAt'] => {
  if (pointer?.digest === app.digest) return pointedAt
  return pointer?.previous?.digest === app.digest ? pointer.previous.at : undefined
}

const previousOf = ({ app, there: { pointer, pointedAt } }: AppView): AppPointer['previous'] => {
  if (pointer === undefined || pointer.digest === app.digest) return pointer?.previous
  return pointedAt === undefined ? undefined : { digest: pointer.digest, at: pointedAt }
}

/** Files of a plain layout that was here before. */
const plainLeftovers = ({ app: { root }, there: { other } }: AppView): string[] => {
  const files = other?.files ?? []
  return [...files.map(({ path }) => path), ...foldersOf(files)].map((path) => `${root}/${path}`)
}

const planVersioned = (view: AppView): AppPlan => {
  const { app, there, ours } = view
  const { pointer } = there
  const trusted = trustedOf(view)
  const upload = app.files.filter((file) => !isAsSent(view, file, trusted))
  const previous = previousOf(view)
  const kept = [app.digest, pointer?.digest, previous?.digest].map((digest) => versionOf(digest ?? ''))
  const gone = ours ? there.versions.filter((name) => isVersion(name) && !kept.includes(name)) : []
  const declared = new Set(app.files.map(({ path }) => path))
  const extra = (there.files ?? [])
    .map(({ path }) => path)
    .filter((path) => !declared.has(path) && !isCache(path))
  const paths = [
    ...gone.map((name) => `${app.root}/versions/${name}/`),
    ...extra.map((path) => `${folderOf(app)}/${path}`),
    ...plainLeftovers(view),
  ]
  const points = upload.length > 0 || pointer?.digest !== app.digest
  const { key, root, layout } = app
  const steps: CodeStep[] = [
    ...(upload.length > 0 ? [{ do: 'app.upload', app, files: upload } as const] : []),
    ...(points ? [{ do: 'app.point', app, ...(previous ? { previous } : {}) } as const] : []),
    ...(paths.length > 0 ? [{ do: 'app.delete', key, paths } as const] : []),
    // The manifest knows what else there is to delete, so it goes after it.
    ...(there.other ? [{ do: 'app.delete' as const, key, paths: [`${root}/${pointerName.plain}`] }] : []),
  ]
  const notes = [
    ...editNotes(view, upload, trusted),
    ...(gone.length > 0 ? [`${gone.length} older version(s) go: ${gone.join(', ')}`] : []),
    ...extra.map((path) => `${path} was put into the version by somebody else and goes`),
  ]
  const action = steps.length > 0 ? 'deploy' : 'none'
  const change = { key, root, layout, action, ...contentChange(view, pointer, upload), notes } as const
  return { change, steps, warnings: [], refusals: [] }
}

const refusalsOf = (
  { app, there, ours }: AppView,
  names: { project: string; target: string },
): Plan['refusals'] => {
  const foreign = [there.pointer, there.other].find((pointer) => pointer && !isOwn(pointer, names))
  const what = `dbfs:${app.root}, the folder of app ${app.key},`
  const hint = 'choose another path for the app, or destroy what is there from its own project'
  if (foreign) return [{ what, owner: `project ${foreign.project}, target ${foreign.target}`, hint }]
  return there.unreadable && !ours
    ? [
        {
          what: `dbfs:${pointerPath(app)}`,
          owner: 'somebody else: it is no pointer of Brickrail',
          hint: 'move it away, or choose another path for the app',
        },
      ]
    : []
}

const planOne = (app: DesiredApp, desired: Desired, { apps, ledger }: Deployed): AppPlan => {
  const absent: DeployedApp = { key: app.key, root: app.root, versions: [] }
  const there = (apps ?? []).find(({ root }) => root === app.root) ?? absent
  const doubtful = ledger.unsettled.length > 0
  const recorded = Object.values(ledger.state?.apps ?? {}).some(({ root }) => root === app.root)
  const view = { app, there, doubtful, ours: doubtful || recorded || there.pointer !== undefined }
  const refusals = refusalsOf(view, desired)
  const planned = app.layout === 'plain' ? planPlain(view) : planVersioned(view)
  return { ...planned, refusals }
}

/** No longer declared: what it was made of goes, the pointer first, and the folder if nothing else is in it. */
const planRemoval = (there: DeployedApp, desired: Desired, { state }: LedgerTail): AppPlan[] => {
  const recorded = Object.values(state?.apps ?? {}).find(({ root }) => root === there.root)
  if (there.names === undefined || recorded === undefined) return []
  const { key, root, pointer } = there
  const { layout } = recorded
  const files = (pointer?.files ?? recorded.files).map(({ path }) => path)
  const notOurs = pointer !== undefined && !isOwn(pointer, desired)
  const folders = [...foldersOf(files.map((path) => ({ path })))].map((path) => `${root}/${path}`)
  const content =
    layout === 'plain' ? [...files.map((path) => `${root}/${path}`), ...folders] : [`${root}/versions/`]
  const own = pointerPath({ root, layout })
  // A plain layout is known by its manifest alone: it goes last, so that a run that dies here is followed by one that goes on.
  const order = layout === 'plain' ? [content, [own]] : [[own], content]
  const steps = [...order, [root]].map((paths): CodeStep => ({ do: 'app.delete', key, paths }))
  const none = { add: [], update: [], unchanged: 0, notes: [] }
  const change: AppChange = { key, root, layout, action: 'delete', ...none, delete: files }
  return notOurs ? [] : [{ change, steps, warnings: [], refusals: [] }]
}

/** Plan the apps: what is declared, and what was deployed and no longer is. */
export const planApps = (desired: Desired, deployed: Deployed): AppPlan[] => {
  const declared = desired.apps ?? []
  const gone = (deployed.apps ?? []).filter(({ root }) => !declared.some((app) => app.root === root))
  return [
    ...declared.map((app) => planOne(app, desired, deployed)),
    ...gone.flatMap((there) => planRemoval(there, desired, deployed.ledger)),
  ]
}
