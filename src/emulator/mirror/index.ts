import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Language, ObjectType } from '../../wire/workspace.ts'

/** What a mirror holds of one object. `modified` and `mtime` are ms since 1970. */
export interface Mirrored {
  id: string
  type: ObjectType
  modified: number
  /** Notebooks only. */
  language?: Language
  /** Notebooks only; a notebook that was imported as Jupyter is here in its SOURCE form. */
  format?: 'SOURCE'
  /** Of the file as it was written; absent on folders. */
  size?: number
  mtime?: number
}

/** By workspace path, without /Workspace. Runs may read it. */
export interface Index {
  version: 1
  objects: Record<string, Mirrored>
}

/** `/Workspace` of a run. */
export const workspaceRoot = (folder: string): string => join(folder, 'workspace')

export const indexName = '.brickrail-index.json'

/** `undefined`: none, or none of ours. */
export const readIndex = (root: string): Index | undefined => {
  try {
    const index: Index = JSON.parse(readFileSync(join(root, indexName), 'utf8'))
    return index.version === 1 && typeof index.objects === 'object' ? index : undefined
  } catch {
    return undefined
  }
}

export const writeIndex = (root: string, index: Index): void => {
  const temporary = join(root, `${indexName}.new`)
  writeFileSync(temporary, JSON.stringify(index))
  renameSync(temporary, join(root, indexName))
}
