import type { Fault } from '../../errors.ts'
import type { DesiredApp } from '../../plan/state-code.ts'
import type { DesiredFiles } from '../../plan/state.ts'
import { appPath } from '../app/load.ts'
import { didYouMean, faultAt } from '../faults.ts'
import { placeOf, text, type Located } from '../located.ts'
import { tasksOf } from './tasks.ts'

/** What this project brings to the workspace, for tasks to run. */
export interface Brought {
  files: DesiredFiles | undefined
  apps: readonly DesiredApp[] | undefined
}

/** Path below a folder, or undefined when it is elsewhere. */
const below = (root: string, path: string): string | undefined =>
  path.startsWith(`${root}/`) ? path.slice(root.length + 1) : undefined

const inWorkspace = (path: string): string => path.replace(/^\/Workspace(?=\/)/, '')

interface Missing {
  message: string
  hint: string
}

/** A file of the other type is the likeliest slip: an extension too many, or a header line that makes it a notebook. */
const missingSynced = (
  { root, files }: DesiredFiles,
  path: string,
  type: 'NOTEBOOK' | 'FILE',
): Missing | undefined => {
  const wanted = below(root, path)
  if (wanted === undefined || files.some((file) => file.path === wanted && file.type === type))
    return undefined
  const word = type === 'NOTEBOOK' ? 'notebook' : 'file'
  const source = files.find((file) => file.source === wanted || file.path === wanted)
  const message = `${root}/${wanted} is no ${word} of this project`
  if (source && source.type === type)
    return {
      message,
      hint: `it is called ${root}/${source.path} in the workspace: a notebook has no extension there`,
    }
  if (source) {
    const hint =
      type === 'NOTEBOOK'
        ? `${source.source} is a plain file: give it the first line of a notebook, or run it as spark_python_task`
        : `${source.source} is a notebook: run it as notebook_task`
    return { message, hint }
  }
  return {
    message,
    hint: didYouMean(
      wanted,
      files.filter((file) => file.type === type).map((file) => file.path),
    ),
  }
}

const missingInApp = (app: DesiredApp, path: string): Missing | undefined => {
  const inside = below(app.root, path)
  if (inside === undefined) return undefined
  const wanted = below(appPath(app).replace('dbfs:', ''), path)
  const message = `app ${app.key} has no file ${wanted ?? inside}`
  if (wanted === undefined)
    return { message, hint: `the app is versioned: write \${apps.${app.key}.path}/${inside}` }
  if (app.files.some((file) => file.path === wanted)) return undefined
  return {
    message,
    hint: didYouMean(
      wanted,
      app.files.map((file) => file.path),
    ),
  }
}

const missingFile = (path: string, { files, apps = [] }: Brought): Missing | undefined => {
  const onDbfs = /^dbfs:\/+/.test(path) ? path.replace(/^dbfs:\/+/, '/') : path.replace(/^\/dbfs(?=\/)/, '')
  if (onDbfs !== path)
    return apps.map((app) => missingInApp(app, onDbfs)).find((found) => found !== undefined)
  return files && missingSynced(files, inWorkspace(path), 'FILE')
}

/** Notebooks and files below the folders of this project must be among what it brings there. */
export const pathFaults = (settings: Located, brought: Brought): Fault[] =>
  tasksOf(settings).flatMap(({ node }) => {
    const notebook = text(node, 'notebook_task', 'notebook_path')
    const python = text(node, 'spark_python_task', 'python_file')
    const fromGit = (task: string) => text(node, task, 'source') === 'GIT'
    const { files } = brought
    const lost: [string, string, Missing | undefined][] = [
      [
        'notebook_task',
        'notebook_path',
        notebook === undefined || !files || fromGit('notebook_task')
          ? undefined
          : missingSynced(files, inWorkspace(notebook), 'NOTEBOOK'),
      ],
      [
        'spark_python_task',
        'python_file',
        python === undefined || fromGit('spark_python_task') ? undefined : missingFile(python, brought),
      ],
    ]
    return lost.flatMap(([task, field, missing]) =>
      missing
        ? [faultAt(placeOf(node, [task, field]), 'task-runs-what-is-there', missing.message, missing.hint)]
        : [],
    )
  })
