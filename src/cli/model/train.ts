import { isSecretName } from '../../config/secrets.ts'
import { Fail } from '../../errors.ts'
import type { ModelPolicy } from '../../plan/state-policy.ts'
import type { VersionInfo } from '../../plan/state-registry.ts'
import { readPairs, readSeconds } from '../args.ts'
import { follow, type Followed } from '../run/follow.ts'
import { failureOf } from '../run/result.ts'
import { start } from '../run/start.ts'
import type { Session } from '../session.ts'
import { findCandidate, needCommit } from './candidate.ts'
import type { ModelSession } from './open.ts'
import { knownBefore, madeSince } from './train-made.ts'

export interface TrainOptions {
  /** In place of those of the policy. */
  parameters: Readonly<Record<string, string>>
  /** ms; 0: as long as the job allows. */
  timeoutMs: number
}

export interface Trained {
  followed: Followed
  candidate: VersionInfo
}

/**
 * Options of the command line.
 * @throws Fail USAGE
 */
export const trainOptions = ({ run }: Session): TrainOptions => {
  const parameters = readPairs('param', run.lists['param'])
  for (const [name, value] of Object.entries(parameters)) if (isSecretName(name)) run.redactor.add(value)
  return { parameters, timeoutMs: readSeconds(run.values, 'timeout') * 1000 }
}

/** @throws Fail USAGE */
export const trainRule = ({ key, train, file }: ModelPolicy): NonNullable<ModelPolicy['train']> => {
  if (train !== undefined) return train
  const hint = `add train: { job: <key of a job> } to ${file}`
  throw new Fail('USAGE', { what: `the policy of ${key} does not say how it is trained`, hint })
}

/**
 * Run the job of the policy to its end, and see what candidate there is then.
 * @param among `all`: the best by the rule of the policy, an older one too; `fresh`: the best of what this training has made
 * @throws Fail USAGE, NOT_DEPLOYED, RUN_FAILED, TIMEOUT, and NO_CANDIDATE when the training has made none
 */
export const trainModel = async (
  model: ModelSession,
  { parameters, timeoutMs }: TrainOptions,
  among: 'all' | 'fresh' = 'all',
): Promise<Trained> => {
  const { session, policy } = model
  const { job, parameters: declared } = trainRule(policy)
  const chosen = { ...declared, ...parameters }
  needCommit(model, ...Object.values(chosen))
  const before = await knownBefore(model)
  const wish = { word: job, parameters: chosen, cluster: undefined, only: [] }
  const started = await start(session, wish)
  const followed = await follow(session, { ...started, timeoutMs })
  const failure = failureOf(session.project, started.what, followed)
  if (failure) throw failure
  const made = await madeSince(model, before)
  return { followed, candidate: among === 'fresh' ? await made() : await findCandidate(model) }
}
