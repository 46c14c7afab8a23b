/** From a task as it was declared to what a process is to execute. */
import { join } from 'node:path'
import type { Work } from '../../compute/compute.ts'
import type { JobTask, NotebookTask, SparkPythonTask } from '../../wire/jobs.ts'
import { dbfsRoot, locate, readDbfsPath } from '../dbfs/paths.ts'
import { workspaceRoot } from '../mirror/index.ts'
import type { Call } from '../server/call.ts'
import { Refused } from '../server/refused.ts'
import { demandPath } from '../tree/access.ts'
import { render } from '../tree/export.ts'
import { find, type Node } from '../tree/objects.ts'
import { readPath } from '../tree/paths.ts'
import { failed } from './attempts.ts'
import type { Ending } from './record.ts'

/** A task cannot be started: how its attempt ends. */
export class Unstartable extends Error {
  readonly ending: Ending
  constructor(ending: Ending) {
    super(ending.message)
    this.ending = ending
  }
}

const unreadable = (file: string, why = '') =>
  new Unstartable(
    failed(
      'RESOURCE_NOT_FOUND',
      `Cannot read the python file ${file}.${why} Please check driver logs for more details.`,
    ),
  )

/** The object, if this run may read it. */
const readable = (call: Call, given: string): Node | undefined => {
  try {
    const path = readPath(given)
    const node = find(call.db, path)
    if (node !== undefined) demandPath(call, path, 'CAN_READ')
    return node
  } catch (error) {
    if (error instanceof Refused) return undefined
    throw error
  }
}

const inDbfs = (call: Call, file: string): string => {
  try {
    const { local, stats } = locate(dbfsRoot(call.site.folder()), readDbfsPath(file))
    if (stats?.isFile() === true) return local
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    throw unreadable(file, ` ${error.message}`)
  }
  throw unreadable(file, ' It does not exist.')
}

const inWorkspace = (call: Call, file: string): string => {
  const node = readable(call, file)
  if (node === undefined) throw unreadable(file, ` It does not exist, or ${call.me.user} may not read it.`)
  if (node.type !== 'FILE')
    throw unreadable(
      file,
      ` It is a ${node.type.toLowerCase()}, not a file${node.type === 'NOTEBOOK' ? '; run it as a notebook_task' : ''}.`,
    )
  return join(workspaceRoot(call.site.folder()), node.path)
}

const pythonFile = (call: Call, { python_file: file, parameters = [] }: SparkPythonTask): Work => {
  if (file.startsWith('dbfs:')) return { kind: 'file', path: inDbfs(call, file), parameters }
  if (file.startsWith('/')) return { kind: 'file', path: inWorkspace(call, file), parameters }
  const hint = /^[a-z0-9]+:/i.test(file)
    ? ' The embedded workspace reads dbfs:/ and workspace paths only.'
    : ' The path must be absolute: relative ones are of a git_source.'
  throw unreadable(file, hint)
}

const notebook = (call: Call, { notebook_path: path, base_parameters: widgets = {} }: NotebookTask): Work => {
  const node = readable(call, path)
  if (node?.type !== 'NOTEBOOK')
    throw new Unstartable(
      failed(
        'RESOURCE_NOT_FOUND',
        `Unable to access the notebook "${path}". Either it does not exist, or the identity used to run this job, ${call.me.user}, lacks the required permissions.`,
      ),
    )
  const format = node.format ?? 'SOURCE'
  const source = Buffer.from(render(call, node, format).bytes).toString('utf8')
  const language = node.language ?? 'PYTHON'
  return { kind: 'notebook', path: node.path, format, language, source, widgets }
}

/**
 * Files of the workspace are read from its mirror, which must be up to date.
 * @param call as the run's user
 * @throws Unstartable
 */
export const workOf = (call: Call, task: JobTask): Work => {
  const { spark_python_task: file, notebook_task: book, python_wheel_task: wheel } = task
  if (file !== undefined) return pythonFile(call, file)
  if (book !== undefined) return notebook(call, book)
  if (wheel === undefined)
    throw new Unstartable(failed('INVALID_RUN_CONFIGURATION', `Task ${task.task_key} has nothing to run`))
  const {
    package_name: packageName,
    entry_point: entryPoint,
    parameters = [],
    named_parameters: named = {},
  } = wheel
  return { kind: 'wheel', packageName, entryPoint, parameters, named }
}
