import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { Fail } from '../errors.ts'
import { parseJson } from '../http/json.ts'
import { same } from '../plan/canonical.ts'
import type { Plan } from '../plan/state.ts'

const read = async (cwd: string, file: string): Promise<Plan> => {
  try {
    const plan = parseJson(await readFile(resolve(cwd, file), 'utf8')) as unknown as Partial<Plan>
    if (plan.version !== 1 || !Array.isArray(plan.steps)) throw new Error('it is not a plan of version 1')
    return plan as Plan
  } catch (error) {
    throw new Fail(
      'PLAN_UNREADABLE',
      { file, why: error instanceof Error ? error.message : 'unknown' },
      { cause: error },
    )
  }
}

const whatChanged = (stored: Plan, now: Plan): string | undefined => {
  if (stored.project !== now.project || stored.target !== now.target)
    return `it is for ${stored.project}, target ${stored.target}`
  if (stored.declared !== now.declared) return 'the project has changed since'
  if (stored.base !== now.base)
    return `it was made after deployment #${stored.base}, and #${now.base} was made since`
  return same(stored.steps, now.steps) ? undefined : 'the workspace has changed since'
}

/**
 * A stored plan is applied only if planning now gives the same steps on the same record: what was reviewed is what happens.
 * @throws Fail PLAN_UNREADABLE, PLAN_STALE
 */
export const checkStored = async (cwd: string, file: string, now: Plan): Promise<void> => {
  const why = whatChanged(await read(cwd, file), now)
  if (why !== undefined) throw new Fail('PLAN_STALE', { file, why })
}
