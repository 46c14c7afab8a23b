import { orAbsent } from '../../client/absent.ts'
import { placeNames } from '../../client/registry/registry.ts'
import { Fail } from '../../errors.ts'
import type { PromotionRecord } from '../../ledger/promotion.ts'
import type { Evidence, JsonNumber } from '../../plan/state-evidence.ts'
import type { ModelPolicy, Place } from '../../plan/state-policy.ts'
import type { VersionInfo } from '../../plan/state-registry.ts'
import { evidenceTags, storedBundle } from './bundle.ts'
import { loggedOf } from './lineage.ts'
import type { ModelSession } from './open.ts'

/** One line of the table. */
export interface ModelRow {
  version: string
  status: string
  /** Stage and aliases: `Production, champion`. */
  at: string[]
  places: Place[]
  /** `evaluated` on common rows, or only `logged` by the training. */
  measured: 'evaluated' | 'logged' | 'nothing'
  metrics: Record<string, JsonNumber>
  commit?: string
  tests?: { passed: number; failed: number }
  verdict?: string
  evidence?: string
  promoted?: { place: Place; by: string; at: string }
}

export const placesOf = ({ stage, aliases }: VersionInfo): Place[] =>
  (['staging', 'production'] as const).filter(
    (place) => stage === placeNames[place].stage || aliases.includes(placeNames[place].alias),
  )

/** Names that the policy asks for, in its order. */
export const metricNames = ({ checks, candidate }: ModelPolicy): string[] => [
  ...new Set([...checks.metrics.map(({ name }) => name), ...candidate.order.map(({ metric }) => metric)]),
]

const testsOf = ({ tests }: Evidence): ModelRow['tests'] =>
  tests.length === 0
    ? undefined
    : {
        passed: tests.reduce((sum, one) => sum + one.passed, 0),
        failed: tests.reduce((sum, one) => sum + one.failed, 0),
      }

/** Evidence that cannot be used is said, and shown as none. */
const evidenceOf = async (model: ModelSession, version: VersionInfo): Promise<Evidence | undefined> => {
  try {
    return (await storedBundle(model, version))?.evidence
  } catch (error) {
    if (!(error instanceof Fail) || error.code !== 'EVIDENCE_INVALID') throw error
    model.session.run.emit({ type: 'notice', level: 'warning', text: error.message, hint: error.hint })
    return undefined
  }
}

/** Metrics and where they come from; of a run that is gone there are none. */
export const measuresOf = async (
  { mlflow }: ModelSession,
  { runId }: VersionInfo,
  evidence: Evidence | undefined,
): Promise<Pick<ModelRow, 'measured' | 'metrics'>> => {
  if (evidence?.evaluation)
    return {
      measured: 'evaluated',
      metrics: { ...evidence.logged, ...evidence.evaluation.candidate.metrics },
    }
  if (evidence && Object.keys(evidence.logged).length > 0)
    return { measured: 'logged', metrics: evidence.logged }
  const run = runId === undefined ? undefined : await orAbsent(mlflow.run(runId))
  const metrics = loggedOf(run)
  return { measured: Object.keys(metrics).length === 0 ? 'nothing' : 'logged', metrics }
}

const promotedOf = (records: readonly PromotionRecord[], version: string): ModelRow['promoted'] => {
  const found = records.find((one) => one.status === 'done' && one.promotion.version === version)
  if (found === undefined) return undefined
  const { promotion, owner, endedAt, startedAt } = found
  return { place: promotion.place, by: owner.actor, at: endedAt ?? startedAt }
}

/** @param records newest first */
export const rowOf = async (
  model: ModelSession,
  version: VersionInfo,
  records: readonly PromotionRecord[],
): Promise<ModelRow> => {
  const evidence = await evidenceOf(model, version)
  const { stage, aliases, tags } = version
  const commit = evidence?.lineage['commit'] ?? evidence?.commit ?? tags[evidenceTags.commit]
  const tests = evidence && testsOf(evidence)
  const [verdict, digest] = [tags[evidenceTags.verdict], tags[evidenceTags.evidence]]
  const promoted = promotedOf(records, version.version)
  return {
    version: version.version,
    status: version.status,
    at: [...(stage === undefined || stage === 'None' ? [] : [stage]), ...aliases],
    places: placesOf(version),
    ...(await measuresOf(model, version, evidence)),
    ...(commit ? { commit } : {}),
    ...(tests ? { tests } : {}),
    ...(verdict ? { verdict } : {}),
    ...(digest ? { evidence: digest } : {}),
    ...(promoted ? { promoted } : {}),
  }
}
