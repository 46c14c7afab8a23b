import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Leader } from './process-group.ts'

/** The folder of one run. Code works in `work`: it cannot hit its own log by `rm -rf *`. */
export interface RunFolder {
  path: string
  work: string
  tmp: string
  log: string
  result: string
  leader: string
}

/** @throws Error for an id that is no plain name of a folder */
export const runFolder = (root: string, id: string): RunFolder => {
  if (!/^[\w-][\w.-]*$/.test(id)) throw new Error(`«${id}» cannot name a run: letters, digits, _ - . only`)
  const path = join(root, id)
  return {
    path,
    work: join(path, 'work'),
    tmp: join(path, 'tmp'),
    log: join(path, 'log.txt'),
    result: join(path, 'result.json'),
    leader: join(path, 'process.json'),
  }
}

/** Readable by this user only: logs and results are the user's data. */
export const makeRunFolder = async (folder: RunFolder): Promise<void> => {
  await mkdir(folder.path, { recursive: true, mode: 0o700 })
  await mkdir(folder.work, { recursive: true })
  await mkdir(folder.tmp, { recursive: true })
  await rm(folder.result, { force: true })
}

export const writeLeader = async (folder: RunFolder, leader: Leader): Promise<void> => {
  await writeFile(folder.leader, JSON.stringify(leader))
}

/** Undefined when there is none, or only half of one: then the marker alone tells what belongs to the run. */
export const readLeader = async (folder: RunFolder): Promise<Leader | undefined> => {
  try {
    return JSON.parse(await readFile(folder.leader, 'utf8')) as Leader
  } catch {
    return undefined
  }
}

/** What the run needed only while it ran; its result, with the values of secrets in it, is kept by those who read it. */
export const tidyRunFolder = async (folder: RunFolder): Promise<void> => {
  for (const file of [folder.leader, folder.result, `${folder.result}.part`]) await rm(file, { force: true })
  await rm(folder.tmp, { recursive: true, force: true, maxRetries: 3 })
}
