import { absent, Refused } from './refused.ts'

const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && 'syscall' in error

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk of the embedded workspace is full',
  EDQUOT: 'the disk quota of the embedded workspace is used up',
  EACCES: 'the embedded workspace may not read or write there',
  EPERM: 'the embedded workspace may not read or write there',
  EROFS: 'the disk of the embedded workspace is read-only',
  EMFILE: 'the embedded workspace has too many open files',
  ENAMETOOLONG: 'the name is too long for the disk of the embedded workspace',
}

/**
 * What the system refused, as an answer about the path that the client knows: never the machine's own paths.
 * @returns the error itself when it is none of the system's
 */
export const ioError = (path: string, error: unknown): unknown => {
  if (!isSystemError(error)) return error
  const { code = 'EIO' } = error
  if (code === 'ENOENT') return absent(`No file or directory exists on path ${path}.`)
  const status = code === 'ENAMETOOLONG' ? 400 : 500
  return new Refused(status, 'IO_ERROR', `${path}: ${reasons[code] ?? 'the system refused it'} (${code})`)
}

/** Do this on disk. @throws Refused 404 (gone meanwhile), 400 (the name is too long) or 500 IO_ERROR with the reason */
export const onDisk = <T>(path: string, work: () => T): T => {
  try {
    return work()
  } catch (error) {
    throw ioError(path, error)
  }
}
