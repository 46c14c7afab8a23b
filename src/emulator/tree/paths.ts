import { neededText } from '../server/read.ts'
import { badValue } from '../server/refused.ts'

/**
 * `/Workspace/X` and `/X` are one path; duplicate and trailing slashes do not count (the legacy CLI sends both).
 * @throws Refused 400 for a missing or relative path
 */
export const readPath = (value: unknown): string => {
  const given = neededText(value, 'path')
  if (!given.startsWith('/')) throw badValue(`Path (${given}) doesn't start with '/'`)
  const parts = given.split('/').filter((part) => part !== '')
  if (parts.some((part) => part === '.' || part === '..')) throw badValue(`Path (${given}) is not normalized`)
  return `/${(parts[0] === 'Workspace' ? parts.slice(1) : parts).join('/')}`
}

export const parentOf = (path: string): string => path.slice(0, path.lastIndexOf('/')) || '/'
export const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

/** From the path itself up to `/`. */
export const lineage = (path: string): string[] => {
  const found = [path]
  for (let at = path; at !== '/';) {
    at = parentOf(at)
    found.push(at)
  }
  return found
}

const top = new Set(['/', '/Shared', '/Users', '/Repos', '/Workspace'])

/** The root, its standard folders and the users' homes cannot be deleted. */
export const isProtected = (path: string): boolean => top.has(path) || parentOf(path) === '/Users'
