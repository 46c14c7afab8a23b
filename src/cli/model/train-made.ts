import { Fail } from '../../errors.ts'
import type { VersionInfo } from '../../plan/state-registry.ts'
import type { MlflowRun } from '../../wire/tracking.ts'
import { chooseRun } from './candidate-order.ts'
import { fitting, listed, runsOf } from './candidate.ts'
import type { ModelSession } from './open.ts'
import { ready, registered } from './register.ts'

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

type RunsRule = NonNullable<ModelSession['policy']['candidate']['fromRuns']>

const freshRun = async (
  model: ModelSession,
  before: ReadonlySet<string>,
  rule: RunsRule,
): Promise<MlflowRun> => {
  const fresh = ((await runsOf(model, rule)) ?? []).filter(({ info }) => !before.has(info.run_id))
  if (fresh.length === 0) {
    const hint = 'have the training log a run there: see candidate.from_runs of the policy'
    throw nothingMade(model, `has left no run in ${rule.experiment}${fitting(rule)}`, hint)
  }
  const { best, left } = chooseRun(fresh, { ...model.policy.candidate, tieBreak: 'newest' })
  const [first] = best
  if (first !== undefined) return first
  const hint = 'have the training end its run, and log every metric of candidate.order as a number'
  throw nothingMade(model, `none of its runs can be a candidate: ${listed(left)}`, hint)
}

const freshVersion = async (model: ModelSession, before: ReadonlySet<string>): Promise<VersionInfo> => {
  const { policy, registry } = model
  const found = (await registry.model(policy.name)) && (await registry.versions(policy.name))
  const fresh = (found ?? []).filter(({ version }) => !before.has(version))
  const hint = `have the training register the model as ${policy.name}, or declare candidate.from_runs`
  if (fresh.length === 0) throw nothingMade(model, `has registered no version in ${registry.title}`, hint)
  const [newest] = fresh
    .filter(({ status }) => status !== 'FAILED_REGISTRATION')
    .toSorted((a, b) => Number(b.version) - Number(a.version))
  if (newest !== undefined) return newest
  throw nothingMade(model, `version ${fresh[0]?.version ?? ''} of it failed to register`, hint)
}

/**
 * What a training has made, as a version that is registered when it is asked for. A training that has made nothing new is no
 * success, whatever an older one has left.
 * @throws Fail NO_CANDIDATE
 */
export const madeSince = async (
  model: ModelSession,
  before: ReadonlySet<string>,
): Promise<() => Promise<VersionInfo>> => {
  const { fromRuns } = model.policy.candidate
  if (fromRuns === undefined) {
    const version = await freshVersion(model, before)
    return async () => await ready(model, version)
  }
  const run = await freshRun(model, before, fromRuns)
  return async () => await ready(model, await registered(model, run, fromRuns.artifact))
}
