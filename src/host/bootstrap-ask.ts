import { Fail } from '../errors.ts'
import { statusOf, unwrapped } from './failures.ts'

/**
 * Do one request.
 * @param what completes «GitLab does not allow …»: a person knows no paths
 * @throws Fail CI_DENIED, CI_REFUSED, CI_UNREACHABLE; the status is in the context
 */
export const ask = async <T>(what: string, request: () => Promise<T>): Promise<T> => {
  try {
    return await unwrapped(request())
  } catch (error) {
    if (!(error instanceof Fail) || error.code !== 'CI_DENIED') throw error
    throw new Fail('CI_DENIED', { ...error.context, what }, { cause: error })
  }
}

/** `undefined` where there is no such thing. */
export const orNothing = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
  try {
    return await work()
  } catch (error) {
    if (statusOf(error) === 404) return undefined
    throw error
  }
}
