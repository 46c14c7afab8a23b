import { Fail } from '../../errors.ts'
import type { ModelPolicy } from '../../plan/state-policy.ts'
import type { Session } from '../session.ts'
import { chosenPolicies, emptyAsAbsent, openModel, type ModelSession } from './open.ts'

/**
 * The models that the command line means, opened: `--model` may be repeated; none named: all of them.
 * @throws Fail USAGE, CREDENTIALS_MISSING, ENV_MISSING
 */
export const openModels = async (session: Session): Promise<ModelSession[]> => {
  const policies = chosenPolicies(session, session.run.lists['model'] ?? [])
  return await Promise.all(policies.map((policy) => openModel(session, policy)))
}

/**
 * The one policy that the command line means: the named one, or the only one.
 * @throws Fail USAGE
 */
export const onePolicy = (session: Session): ModelPolicy => {
  const policies = chosenPolicies(session, session.run.lists['model'] ?? [])
  const [policy] = policies
  if (policy !== undefined && policies.length === 1) return policy
  const hint = `--model ${policies.map(({ key }) => key).join(' | ')}`
  throw new Fail('USAGE', { what: 'one model has to be named', hint })
}

/** `--version` is a number as text, as registries write it. @throws Fail USAGE */
export const namedVersion = ({ run }: Session, models: readonly unknown[]): string | undefined => {
  const version = emptyAsAbsent(run.values['version'])
  if (version === undefined) return undefined
  // Versions are 64-bit numbers, from 1.
  if (!/^0*[1-9]\d{0,17}$/.test(version))
    throw new Fail('USAGE', { what: `--version ${version} is not a number` })
  if (models.length > 1)
    throw new Fail('USAGE', { what: '--version needs --model: a version is one of a model' })
  return String(BigInt(version))
}
