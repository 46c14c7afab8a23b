import type { AppPointer, DesiredApp } from './state-code.ts'

/** Beside the files of an app: the pointer of a versioned one, the manifest of a plain one. */
export const pointerName = { versioned: 'current.json', plain: '.brickrail.json' } as const

export const isPointerName = (name: string): boolean =>
  name === pointerName.versioned || name === pointerName.plain

/** Name of the folder of a version: the first 16 digits of its digest. */
export const versionOf = (digest: string): string => digest.slice(0, 16)

export const isVersion = (name: string): boolean => /^[0-9a-f]{16}$/.test(name)

/** Folder of the files, absolute on DBFS, without `dbfs:`. */
export const folderOf = ({ root, layout, digest }: Pick<DesiredApp, 'root' | 'layout' | 'digest'>): string =>
  layout === 'plain' ? root : `${root}/versions/${versionOf(digest)}`

export const pointerPath = ({ root, layout }: Pick<DesiredApp, 'root' | 'layout'>): string =>
  `${root}/${pointerName[layout]}`

/** What Python itself writes beside code that it runs: nobody's edit. */
export const isCache = (path: string): boolean => /(^|\/)__pycache__\//.test(path) || path.endsWith('.pyc')

export const isOwn = (
  pointer: Pick<AppPointer, 'project' | 'target'>,
  names: { project: string; target: string },
): boolean => pointer.project === names.project && pointer.target === names.target
