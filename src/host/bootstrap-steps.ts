import { Fail } from '../errors.ts'
import type { BootstrapStep } from './bootstrap.ts'
import { statusOf } from './failures.ts'

export const done = (what: string, why?: string): BootstrapStep => ({
  what,
  state: 'done',
  ...(why === undefined ? {} : { why }),
})

export const toCreate = (what: string, apply: () => Promise<unknown>, why?: string): BootstrapStep => ({
  what,
  state: 'create',
  ...(why === undefined ? {} : { why }),
  apply: async () => void (await apply()),
})

export const toUpdate = (what: string, why: string, apply: () => Promise<unknown>): BootstrapStep => ({
  what,
  state: 'update',
  why,
  apply: async () => void (await apply()),
})

export const forOwner = (what: string, why: string): BootstrapStep => ({ what, state: 'owner', why })

/**
 * Steps of a kind, or, where the host does not let this token look, one step that says who can.
 * @param statuses besides 401 and 403, those by which the host says the same. The token itself is good: it has read the
 * repository
 */
export const orOwner = async (
  what: string,
  why: string,
  work: () => Promise<BootstrapStep[]>,
  statuses: readonly number[] = [],
): Promise<BootstrapStep[]> => {
  try {
    return await work()
  } catch (error) {
    const status = statusOf(error)
    if (!(error instanceof Fail) || status === undefined) throw error
    if (status === 401 || status === 403)
      return [{ ...forOwner(what, `${why}; ${error.hint}`), refused: true }]
    if (!statuses.includes(status)) throw error
    return [forOwner(what, why)]
  }
}

/** One after the other: what a later kind reads may be what an earlier one is about to create. */
export const inTurn = async (
  parts: readonly (() => Promise<BootstrapStep[]>)[],
): Promise<BootstrapStep[]> => {
  const steps: BootstrapStep[] = []
  for (const part of parts) steps.push(...(await part()))
  return steps
}
