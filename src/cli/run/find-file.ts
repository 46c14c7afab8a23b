import { relative, resolve, sep } from 'node:path'
import { exists } from '../../config/find.ts'
import { Fail } from '../../errors.ts'
import { isMissing } from '../../http/api-error.ts'
import type { DesiredFile } from '../../plan/state.ts'
import type { JobTask } from '../../wire/jobs.ts'
import type { ObjectInfo } from '../../wire/workspace.ts'
import type { Session } from '../session.ts'
import { asWords, type Parameters } from './parameters.ts'
import { propose } from './propose.ts'

/** What to run of a file, without the cluster to run it on. */
export type FileTask = Pick<JobTask, 'spark_python_task' | 'notebook_task'>

/** A file as the workspace has it. */
export interface FoundFile {
  /** As it is called there. */
  path: string
  task: (parameters: Parameters) => FileTask
}

const python =
  (path: string, source?: 'WORKSPACE') =>
  (parameters: Parameters): FileTask => ({
    spark_python_task: {
      python_file: path,
      ...(source === undefined ? {} : { source }),
      ...(Object.keys(parameters).length > 0 ? { parameters: asWords(parameters) } : {}),
    },
  })

const notebook =
  (path: string) =>
  (parameters: Parameters): FileTask => ({
    notebook_task: {
      notebook_path: path,
      ...(Object.keys(parameters).length > 0 ? { base_parameters: { ...parameters } } : {}),
    },
  })

const notRunnable = (path: string): Fail =>
  new Fail('USAGE', {
    what: `${path} cannot be run`,
    hint: 'notebooks and Python files (.py) can; call others from one of them',
  })

const taskOf = (path: string, type: 'NOTEBOOK' | 'FILE'): FoundFile['task'] => {
  if (type === 'NOTEBOOK') return notebook(path)
  if (!path.endsWith('.py')) throw notRunnable(path)
  return python(path, 'WORKSPACE')
}

/** Undefined when there is nothing at that path. */
export const statusOf = async ({ client }: Session, path: string): Promise<ObjectInfo | undefined> => {
  try {
    return await client.workspace.getStatus({ path })
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

/** @throws Fail NOT_DEPLOYED */
const statusThere = async (session: Session, path: string): Promise<ObjectInfo> => {
  const found = await statusOf(session, path)
  if (found !== undefined) return found
  throw new Fail('NOT_DEPLOYED', {
    what: path,
    target: session.place.target,
    hint: `put it there first: ${propose(session.project, 'sync-workspace')}, or check the path`,
  })
}

/** The synced file that a word means: from where the command runs, the root of the repository, or the synced folder. */
export const declaredFile = ({ project, run }: Session, word: string): DesiredFile | undefined => {
  const files = project.desired.files?.files ?? []
  const sources = [run.world.cwd, project.root, project.sourceDir].map((folder) =>
    relative(project.sourceDir, resolve(folder, word)).split(sep).join('/'),
  )
  return files.find(({ source }) => sources.includes(source))
}

const ofCheckout = async (session: Session, file: DesiredFile): Promise<FoundFile> => {
  const root = session.project.desired.files?.root ?? ''
  const path = `${root}/${file.path}`
  const task = taskOf(path, file.type)
  await statusThere(session, path)
  return { path, task }
}

/** `/Workspace/X` and `/X` are one path. */
const ofWorkspace = async (session: Session, word: string): Promise<FoundFile> => {
  const path = word.replace(/^\/Workspace(?=\/)/, '')
  const found = await statusThere(session, path)
  if (found.object_type !== 'NOTEBOOK' && found.object_type !== 'FILE') throw notRunnable(path)
  return { path, task: taskOf(path, found.object_type) }
}

/**
 * The file that a word means: a synced one of the repository, an absolute path in the workspace, or one on DBFS.
 * @returns undefined when it is none of these
 * @throws Fail USAGE, NOT_DEPLOYED
 */
export const findFile = async (session: Session, word: string): Promise<FoundFile | undefined> => {
  if (word.startsWith('dbfs:/')) {
    if (!word.endsWith('.py')) throw notRunnable(word)
    return { path: word, task: python(word) }
  }
  const declared = declaredFile(session, word)
  if (declared) return await ofCheckout(session, declared)
  if (word.startsWith('/')) return await ofWorkspace(session, word)
  if (!(await exists(resolve(session.run.world.cwd, word)))) return undefined
  throw new Fail('USAGE', {
    what: `${word} is not among the files that are synced`,
    hint: 'move it below the synced folder, or take it out of `exclude` and the ignore files',
  })
}
