import { Fail } from '../../errors.ts'

/** The failure of a command that does not go on where it was stopped, as a deployment does. */
export const startingAnew = (error: unknown): unknown => {
  if (!(error instanceof Fail) || error.code !== 'INTERRUPTED') return error
  const hint = 'nothing is left to go on from: the same command starts anew'
  return new Fail('INTERRUPTED', { ...error.context, hint }, { cause: error })
}
