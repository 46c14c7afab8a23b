import { Fail } from '../../errors.ts'
import { chooseRun } from './candidate-order.ts'
import { fitting, listed, runsOf } from './candidate.ts'
import type { ModelSession } from './open.ts'

/** What could be a candidate: ids of runs, or numbers of versions. */
export const knownBefore = async (model: ModelSession): Promise<ReadonlySet<string>> => {
  const { policy, registry } = model
  const { fromRuns } = policy.candidate
  if (fromRuns !== undefined) {
    const runs = (await runsOf(model, fromRuns)) ?? []
    return new Set(runs.map(({ info }) => info.run_id))
  }
  if ((await registry.model(policy.name)) === undefined) return new Set()
  return new Set((await registry.versions(policy.name)).map(({ version }) => version))
}

const nothingMade = ({ policy }: ModelSession, why: string, hint: string): Fail =>
  new Fail('NO_CANDIDATE', { model: policy.name, why: `the training has succeeded, but ${why}`, hint })

const assertRun = async (
  model: ModelSession,
  before: ReadonlySet<string>,
  rule: NonNullable<ModelSession['policy']['candidate']['fromRuns']>,
): Promise<void> => {
  const fresh = ((await runsOf(model, rule)) ?? []).filter(({ info }) => !before.has(info.run_id))
  if (fresh.length === 0) {
    const hint = 'have the training log a run there: see candidate.from_runs of the policy'
    throw nothingMade(model, `has left no run in ${rule.experiment}${fitting(rule)}`, hint)
  }
  const { best, left } = chooseRun(fresh, { ...model.policy.candidate, tieBreak: 'newest' })
  if (best.length > 0) return
  const hint = 'have the training end its run, and log every metric of candidate.order as a number'
  throw nothingMade(model, `none of its runs can be a candidate: ${listed(left)}`, hint)
}

const assertVersion = async (model: ModelSession, before: ReadonlySet<string>): Promise<void> => {
  const { policy, registry } = model
  const found = (await registry.model(policy.name)) && (await registry.versions(policy.name))
  const fresh = (found ?? []).filter(({ version }) => !before.has(version))
  const hint = `have the training register the model as ${policy.name}, or declare candidate.from_runs`
  if (fresh.length === 0) throw nothingMade(model, `has registered no version in ${registry.title}`, hint)
  const failed = fresh.filter(({ status }) => status === 'FAILED_REGISTRATION')
  if (failed.length < fresh.length) return
  throw nothingMade(model, `version ${failed[0]?.version ?? ''} of it failed to register`, hint)
}

/**
 * A training that has made nothing new is no success, whatever an older one has left.
 * @throws Fail NO_CANDIDATE
 */
export const assertMade = async (model: ModelSession, before: ReadonlySet<string>): Promise<void> => {
  const { fromRuns } = model.policy.candidate
  if (fromRuns === undefined) await assertVersion(model, before)
  else await assertRun(model, before, fromRuns)
}
