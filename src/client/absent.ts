import { isMissing } from '../http/api-error.ts'

/** `undefined` where the service says that there is none. @throws every other failure */
export const orAbsent = async <T>(work: Promise<T>): Promise<T | undefined> => {
  try {
    return await work
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}
