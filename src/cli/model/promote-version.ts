import { Fail } from '../../errors.ts'
import { poll } from '../../http/poll.ts'
import type { Place } from '../../plan/state-policy.ts'
import type { Holders, VersionInfo } from '../../plan/state-registry.ts'
import { versionsText } from '../../plan/model-hits.ts'
import type { ModelSession } from './open.ts'

/** Set by `evaluate`: the digest of the evidence bundle. */
const evidenceTag = 'brickrail_evidence'

/** Who may not read a model finds no version of it in a search; asked for by name, the registry says why. */
const mayRead = async ({ registry, policy }: Pick<ModelSession, 'registry' | 'policy'>): Promise<void> => {
  await registry.model(policy.name)
}

const newestEvaluated = async ({ registry, policy }: ModelSession): Promise<string> => {
  const found = (await registry.versions(policy.name)).find(({ tags }) => tags[evidenceTag])
  if (found) return found.version
  await mayRead({ registry, policy })
  const hint = 'evaluate one first: `brickrail evaluate`; or name a version with --version'
  throw new Fail('NO_CANDIDATE', { model: policy.name, why: 'no version was evaluated', hint })
}

const onlyOneInStaging = async (
  { policy, registry }: ModelSession,
  { staging }: Holders,
): Promise<string> => {
  const model = policy.name
  const [version, ...others] = staging
  if (version === undefined) {
    await mayRead({ registry, policy })
    throw new Fail('NO_CANDIDATE', {
      model,
      why: 'no version is in staging',
      hint: 'promote one first: `brickrail promote --to staging`; or name a version with --version',
    })
  }
  if (others.length === 0) return version
  const hint = 'name one with --version'
  throw new Fail('NO_CANDIDATE', { model, why: `${versionsText(staging)} are both in staging`, hint })
}

/**
 * The version that `promote` means without --version. Production has one and nothing is in staging: that is its own candidate,
 * so the same command once more has nothing to do. Who is where is asked only where it matters.
 * @throws Fail NO_CANDIDATE
 */
export const candidateFor = async (
  model: ModelSession,
  place: Place,
  look: () => Promise<Holders>,
): Promise<string> => {
  if (place === 'staging') return await newestEvaluated(model)
  const holders = await look()
  const [champion, ...others] = holders.production
  if (champion !== undefined && others.length === 0 && holders.staging.length === 0) return champion
  return await onlyOneInStaging(model, holders)
}

/**
 * The version, once it is READY.
 * @throws Fail MODEL_NOT_FOUND, VERSION_NOT_READY (FAILED_REGISTRATION), TIMEOUT
 */
export const readyVersion = async (
  { registry, policy, session }: ModelSession,
  version: string,
  timeoutMs: number,
): Promise<VersionInfo> => {
  const { clock, stop } = session.run.world
  const what = `version ${version} of ${policy.name}`
  const read = async (): Promise<VersionInfo> => {
    const found = await registry.version(policy.name, version)
    if (!found) {
      const hint = `see \`brickrail models --model ${policy.key}\``
      throw new Fail('MODEL_NOT_FOUND', { what, registry: registry.title, hint })
    }
    if (found.status !== 'FAILED_REGISTRATION') return found
    const why = found.statusMessage ? `: ${found.statusMessage}` : ''
    throw new Fail('VERSION_NOT_READY', { version, model: policy.name, status: found.status, why })
  }
  const told = new Set<string>()
  return await poll({
    read,
    done: ({ status }) => status === 'READY',
    state: ({ status }) => status,
    what: `${what} to be READY`,
    hint: 'its files may still be copied: run again later; if it stays so, register the model again',
    timeoutMs,
    clock,
    stop,
    onState: (state) => {
      if (told.has(state)) return
      told.add(state)
      session.run.emit({ type: 'notice', level: 'info', text: `${what} is ${state}: waiting` })
    },
  })
}
