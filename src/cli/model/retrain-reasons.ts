import { judge } from '../../gate/judge.ts'
import type { Evaluation, Evidence } from '../../plan/state-evidence.ts'
import type { MetricRule, ModelPolicy } from '../../plan/state-policy.ts'
import type { VersionInfo } from '../../plan/state-registry.ts'

const dayMs = 86_400_000

/** Whole days since the version was made; undefined when its registry does not say. */
export const ageDays = ({ createdAt }: VersionInfo, now: number): number | undefined =>
  createdAt === undefined ? undefined : Math.floor((now - Number(createdAt)) / dayMs)

/** Why the age of the champion asks for a new model; undefined: it does not. */
export const ageReason = (
  champion: VersionInfo,
  maxAgeDays: number | undefined,
  now: number,
): string | undefined => {
  if (maxAgeDays === undefined) return undefined
  const age = ageDays(champion, now)
  if (age === undefined) return `nobody knows how old the champion, version ${champion.version}, is`
  // The whole day has to be over: 45 days and a minute are older than 45 days.
  const older = now - Number(champion.createdAt) > maxAgeDays * dayMs
  return older
    ? `the champion, version ${champion.version}, is ${age} days old, ${maxAgeDays} are allowed`
    : undefined
}

/** Of a rule what asks for a value by itself: no comparison with a champion. */
const bounds = ({ name, min, max, direction, message }: MetricRule): MetricRule[] =>
  min === undefined && max === undefined
    ? []
    : [
        {
          name,
          ...(direction === undefined ? {} : { direction }),
          ...(min === undefined ? {} : { min }),
          ...(max === undefined ? {} : { max }),
          ...(message === undefined ? {} : { message }),
        },
      ]

/** The policy as far as a champion is held to it once it serves. */
export const ofChampions = (policy: ModelPolicy): ModelPolicy => ({
  ...policy,
  mode: 'enforce',
  path: ['production'],
  checks: { metrics: policy.checks.metrics.flatMap(bounds), slices: [] },
  approvals: {},
  freeze: [],
})

/** The bounds that the champion breaks on the rows of today, a sentence each. The gate decides, as it does of candidates. */
export const failureReasons = (
  policy: ModelPolicy,
  champion: VersionInfo,
  evaluation: Evaluation,
): string[] => {
  const { key, name, registry } = policy
  const evidence: Evidence = {
    version: 1,
    model: { key, name, registry: registry.kind, version: champion.version, status: champion.status },
    policy: policy.digest,
    at: evaluation.at,
    lineage: {},
    logged: {},
    evaluation,
    tests: [],
    tags: {},
  }
  const { checks } = judge(ofChampions(policy), evidence, {
    place: 'production',
    action: 'evaluate',
    now: evaluation.at,
    evidence: '',
    holders: { staging: [], production: [champion.version] },
    candidate: champion,
    approvals: [],
    passed: {},
    protected: false,
    frozenUntil: undefined,
  })
  return checks
    .filter(({ check, status }) => check.startsWith('metrics.') && status !== 'passed')
    .map(
      ({ check, found, wanted }) =>
        `${check.slice('metrics.'.length)} of the champion is ${found}, wanted ${wanted}`,
    )
}
