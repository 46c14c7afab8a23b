/** One builder at a time, whatever becomes of it. */
import { setTimeout as sleep } from 'node:timers/promises'
import Database from 'libsql'

/** ms */
const pause = 100

const isBusy = (error: unknown): boolean =>
  error instanceof Error &&
  /database is locked|SQLITE_BUSY/i.test(`${error.message} ${String(Reflect.get(error, 'code'))}`)

/**
 * Hold the lock of this file while working. It is a lock of the operating system (SQLite's, on an empty file): it ends with its
 * process, so that a kill leaves no stale one, and it holds between containers that share a folder, where process
 * ids say nothing.
 * @throws the reason of `signal` while waiting; the system's error when the file cannot be written
 */
export const withLock = async <T>(
  path: string,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> => {
  const database = new Database(path)
  try {
    database.exec('PRAGMA busy_timeout = 0')
    for (;;)
      try {
        database.exec('BEGIN EXCLUSIVE')
        break
      } catch (error) {
        if (!isBusy(error)) throw error
        await sleep(pause, undefined, signal === undefined ? {} : { signal })
      }
    return await work()
  } finally {
    database.close()
  }
}
