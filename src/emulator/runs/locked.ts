import { setTimeout as sleep } from 'node:timers/promises'

/** Another process held the database for longer than the store waits, or its disk is full: both pass. */
const mayPass = (error: unknown): boolean =>
  error instanceof Error &&
  /SQLITE_BUSY|database is locked|database or disk is full|disk I\/O error/.test(error.message)

const pauseMs = 500

/**
 * What must be written is tried until the database takes it.
 * @param givenUp asked before each new try
 * @throws anything but a locked database and a full disk
 */
export const persist = async (write: () => void, givenUp: () => boolean): Promise<void> => {
  while (!quietly(write)) {
    await sleep(pauseMs)
    if (givenUp()) return
  }
}

/** Returns false when the database was locked or its disk is full, so that nothing was written. @throws anything else */
export const quietly = (work: () => void): boolean => {
  try {
    work()
    return true
  } catch (error) {
    if (mayPass(error)) return false
    throw error
  }
}
