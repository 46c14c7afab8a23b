import { badValue } from '../server/refused.ts'
import { text } from '../server/read.ts'

/** `%252e` is `%2e` is `.`: a server behind this one might decode once more. */
const decodings = (path: string): string[] => {
  const found = [path]
  for (let last = path; found.length < 8;) {
    let next
    try {
      next = decodeURIComponent(last)
    } catch {
      return found
    }
    if (next === last) return found
    found.push(next)
    last = next
  }
  return found
}

const isUnsafe = (path: string): boolean =>
  path.includes('\0') || /^[a-z]:/i.test(path) || path.split(/[/\\]/).includes('..')

/**
 * A path below an artifact folder.
 * @returns `''` (the folder itself) or `a/b`
 * @throws Refused 400 INVALID_PARAMETER_VALUE for `..` in any encoding, an absolute path, a drive, NUL
 */
export const readArtifactPath = (value: unknown, field = 'path'): string => {
  const path = text(value, field) ?? ''
  if (path.startsWith('/') || path.startsWith('\\') || decodings(path).some(isUnsafe))
    throw badValue(`Invalid path: ${path}`)
  return path
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/')
}

/** @throws Refused 400 also when it is empty */
export const readFilePath = (value: unknown, field = 'path'): string => {
  const path = readArtifactPath(value, field)
  if (path === '') throw badValue(`Missing required field '${field}'`)
  return path
}

export const joined = (...parts: readonly string[]): string => parts.filter((part) => part !== '').join('/')
