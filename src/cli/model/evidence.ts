import type { Evidence, Evaluation } from '../../plan/state-evidence.ts'
import type { Holders, VersionInfo } from '../../plan/state-registry.ts'
import type { MlflowRun } from '../../wire/tracking.ts'
import { keepBundle, nameBundle, type Bundle } from './bundle.ts'
import { authorOf, sourceOf } from './evidence-source.ts'
import { wholeBundle } from './evidence-whole.ts'
import { lineageOf, loggedOf, trainerOf } from './lineage.ts'
import type { ModelSession } from './open.ts'
import { readFacts, type ModelFacts } from './signature.ts'
import { recordedTests } from './tests.ts'

export { digestOf, storedBundle, type Bundle } from './bundle.ts'

/** Those that Brickrail sets are about the evidence, not part of it. */
const ownTags = /^brickrail_/

const tagsOf = (...all: readonly Readonly<Record<string, string>>[]): Record<string, string> =>
  Object.fromEntries(
    Object.entries(Object.assign({}, ...all)).filter(([key]) => !ownTags.test(key)),
  ) as Record<string, string>

/** Production may hold several, by somebody else's mistake: the newest is compared with, and the gate sees the others. */
export const championOf = ({ production }: Holders): string | undefined => production.at(-1)

const modelOf = ({ policy, registry }: ModelSession, version: VersionInfo): Evidence['model'] => ({
  key: policy.key,
  name: policy.name,
  registry: registry.kind,
  version: version.version,
  ...(version.runId === undefined ? {} : { runId: version.runId }),
  ...(version.source === undefined ? {} : { source: version.source }),
  status: version.status,
})

const championFacts = async (
  model: ModelSession,
  champion: string | undefined,
): Promise<Partial<ModelFacts>> =>
  champion !== undefined && model.policy.checks.signature?.compatibleWith === 'champion'
    ? await readFacts(model, champion)
    : {}

/** A run that was deleted meanwhile is unknown; what policies ask of it fails then. */
const runOf = async ({ mlflow }: ModelSession, { runId }: VersionInfo): Promise<MlflowRun | undefined> =>
  runId === undefined ? undefined : await mlflow.run(runId)

/**
 * All that a verdict on a version rests on.
 * @param champion version in production
 */
export const collectEvidence = async (
  model: ModelSession,
  version: VersionInfo,
  champion: string | undefined,
  evaluation: Evaluation | undefined,
): Promise<Evidence> => {
  const { session, policy, registry } = model
  const [source, run, facts, other, registered] = await Promise.all([
    sourceOf(session),
    runOf(model, version),
    readFacts(model, version.version),
    championFacts(model, champion),
    registry.model(policy.name),
  ])
  const lineage = lineageOf(run, version, facts, source)
  const trainer = trainerOf(run, version)
  const committer = await authorOf(session.project.root, [lineage['commit'], source.commit])
  const description = version.description ?? registered?.description
  return {
    version: 1,
    model: modelOf(model, version),
    ...(trainer === undefined ? {} : { trainer }),
    ...(committer === undefined ? {} : { committer }),
    ...(champion === undefined ? {} : { champion: { version: champion } }),
    policy: policy.digest,
    ...source,
    at: new Date(session.run.world.clock.now()).toISOString(),
    lineage,
    ...(facts.signature === undefined ? {} : { signature: facts.signature }),
    ...(other.signature === undefined ? {} : { championSignature: other.signature }),
    inputExample: facts.inputExample,
    logged: loggedOf(run),
    ...(evaluation === undefined ? {} : { evaluation }),
    tests: await recordedTests(model, source.commit),
    tags: tagsOf(registered?.tags ?? {}, version.tags),
    ...(description === undefined ? {} : { description }),
  }
}

/**
 * The bundle with the tests of its commit as they are recorded now, see `wholeBundle`, stored; the same one when nothing is new.
 * @throws Fail NOT_APPLIED
 */
export const completeBundle = async (
  model: ModelSession,
  { version }: Pick<VersionInfo, 'version'>,
  bundle: Bundle,
): Promise<Bundle> => {
  const whole = await wholeBundle(model, bundle)
  if (whole === bundle) return bundle
  const complete = await keepBundle(model, whole.evidence)
  await nameBundle(model, version, complete)
  return complete
}
