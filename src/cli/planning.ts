import { Fail } from '../errors.ts'
import { isHeld, lockedBy } from '../ledger/lease.ts'
import { deployments } from '../ledger/record.ts'
import { observeImpact } from '../observe/impact.ts'
import { observeActiveRuns } from '../observe/jobs.ts'
import { observe, type Observation } from '../observe/observe.ts'
import { needsRuns } from '../plan/jobs.ts'
import { makePlan, needsImpact } from '../plan/plan.ts'
import type { Desired, Plan, Scope } from '../plan/state.ts'
import { obstacle } from '../report/plan-lines.ts'
import { isDead } from './owner.ts'
import { planTools, type Session } from './session.ts'

export const everything: Scope = ['package', 'cluster', 'libraries', 'files', 'app', 'job']

/** A plan with what it was made of. */
export interface Planned {
  desired: Desired
  observation: Observation
  plan: Plan
}

/**
 * observe -> plan. What a change hits is asked for only when there is a change, and then planned again.
 * @throws whatever the reads throw
 */
export const planTarget = async ({ client }: Session, desired: Desired, scope: Scope): Promise<Planned> => {
  const observation = await observe(client, desired, scope)
  const plan = makePlan(desired, observation.deployed, scope, planTools)
  const { deployed: seen } = observation
  const clusters = await observeImpact(client, seen.clusters, needsImpact(plan))
  const jobs = await observeActiveRuns(client, seen.jobs, needsRuns(plan))
  if (clusters === seen.clusters && jobs === seen.jobs) return { desired, observation, plan }
  const deployed = { ...seen, clusters, ...(jobs ? { jobs } : {}) }
  return {
    desired,
    observation: { ...observation, deployed },
    plan: makePlan(desired, deployed, scope, planTools),
  }
}

/** The failure that says who holds the target; undefined when it is free. */
export const heldBy = ({ run, place }: Session, { observation }: Planned): Fail | undefined => {
  const [newest] = observation.ledger.records
  const now = run.world.clock.now()
  return newest && isHeld(newest, now, isDead) ? lockedBy(newest, deployments(place), now) : undefined
}

/** @throws Fail FOREIGN for the first refusal; the others are reported before */
export const refuse = ({ run }: Session, { plan }: Planned): void => {
  const [first, ...others] = plan.refusals
  for (const one of others)
    run.emit({ type: 'notice', level: 'warning', text: obstacle(one), hint: one.hint })
  if (first) throw new Fail('FOREIGN', first)
}
