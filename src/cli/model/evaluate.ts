import { judge } from '../../gate/judge.ts'
import type { Verdict } from '../../plan/state-evidence.ts'
import type { Place } from '../../plan/state-policy.ts'
import type { Holders, VersionInfo } from '../../plan/state-registry.ts'
import { evidenceTags, keepBundle, nameBundle, storedBundle, type Bundle } from './bundle.ts'
import { findCandidate } from './candidate.ts'
import { measure } from './evaluator.ts'
import { championOf, collectEvidence } from './evidence.ts'
import { frozenUntil } from './freeze.ts'
import { observeHolders } from './observe.ts'
import type { ModelSession } from './open.ts'
import { withRejection } from './promote-judge.ts'
import { promotionsOf } from './record.ts'
import { readVersion, versionGone } from './register.ts'
import { tellVerdict } from './tell-verdict.ts'

/** A version, what is known of it, and what the policy says of that. */
export interface EvaluatedVersion {
  version: VersionInfo
  champion?: string
  bundle: Bundle
  verdict: Verdict
  /** Where it would go next. */
  place: Place
}

/** The gate, asked of an evaluation: what tests and people have yet to say is waited for. */
const askPolicy = (
  model: ModelSession,
  version: VersionInfo,
  { evidence, digest }: Bundle,
  { holders, place }: { holders: Holders; place: Place },
): Verdict => {
  const { session, policy } = model
  const now = session.run.world.clock.now()
  const verdict = judge(policy, evidence, {
    place,
    action: 'evaluate',
    now: new Date(now).toISOString(),
    evidence: digest,
    holders,
    candidate: version,
    approvals: [],
    passed: {},
    protected: session.project.target.protected,
    frozenUntil: frozenUntil(policy.freeze, 'evaluate', now),
  })
  tellVerdict(model, { version, place, digest, verdict })
  return verdict
}

const judged = (
  model: ModelSession,
  version: VersionInfo,
  bundle: Bundle,
  holders: Holders,
): EvaluatedVersion => {
  const champion = championOf(holders)
  // Of a version that is to be evaluated the first place is asked: the path to later ones is a matter of promotion.
  const place = model.policy.path[0] ?? 'staging'
  const verdict = askPolicy(model, version, bundle, { holders, place })
  return { version, bundle, verdict, place, ...(champion === undefined ? {} : { champion }) }
}

/** An earlier «no» was said to other evidence: a new evaluation has an answer of its own. */
const anew = (version: VersionInfo): VersionInfo => ({
  ...version,
  tags: { ...version.tags, [evidenceTags.verdict]: '' },
})

/**
 * Choose the candidate, measure it and the champion on the same rows, collect the evidence, keep it, and judge it.
 * @param version number of a version in place of the policy's rule
 * @throws Fail NO_CANDIDATE, CANDIDATES_TIED, MODEL_NOT_FOUND, VERSION_NOT_READY, ALIAS_DANGLES, EVALUATION_FAILED, NOT_APPLIED, TIMEOUT
 */
export const evaluateModel = async (model: ModelSession, version?: string): Promise<EvaluatedVersion> => {
  const { registry, policy, session } = model
  const candidate = await findCandidate(model, version)
  const holders = await observeHolders(registry, policy.name, 'production')
  const champion = championOf(holders)
  const against = champion === undefined ? ', there is no champion' : `, the champion is version ${champion}`
  const text = `${policy.key}: the candidate is version ${candidate.version}${against}`
  session.run.emit({ type: 'notice', level: 'info', text })
  const { evaluation: rule } = policy
  const evaluation = rule && (await measure(model, rule, candidate.version, champion))
  const evidence = await collectEvidence(model, candidate, champion, evaluation)
  const bundle = await keepBundle(model, evidence)
  const result = judged(model, anew(candidate), bundle, holders)
  await nameBundle(model, candidate.version, bundle, result.verdict.verdict)
  return result
}

const storedVersion = async (
  { registry, policy }: ModelSession,
  { staging }: Holders,
): Promise<VersionInfo | undefined> => {
  const versions = await registry.versions(policy.name)
  const inStaging = versions.find(({ version }) => version === staging.at(-1))
  return inStaging ?? versions.find(({ tags }) => tags[evidenceTags.evidence])
}

/**
 * Judge what is stored, with the present policy: no run, no write.
 * @returns undefined when nothing was evaluated yet
 * @throws Fail EVIDENCE_INVALID, MODEL_NOT_FOUND, ALIAS_DANGLES
 */
export const judgeStored = async (
  model: ModelSession,
  version?: string,
): Promise<EvaluatedVersion | undefined> => {
  const { registry, policy } = model
  if ((await registry.model(policy.name)) === undefined) return undefined
  const holders = await observeHolders(registry, policy.name, 'production')
  const named = version === undefined ? undefined : await registry.version(policy.name, readVersion(version))
  if (version !== undefined && named === undefined) throw versionGone(model, version)
  const found = named ?? (await storedVersion(model, holders))
  const bundle = found && (await storedBundle(model, found))
  if (!found || !bundle) return undefined
  return judged(model, withRejection(found, await promotionsOf(model), bundle), bundle, holders)
}
