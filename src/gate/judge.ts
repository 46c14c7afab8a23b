import type { CheckResult, CheckStatus, Evidence, Moment, Verdict } from '../plan/state-evidence.ts'
import type { ModelPolicy } from '../plan/state-policy.ts'
import type { Asked, GateCheck } from './check.ts'
import { checks as allChecks } from './checks.ts'

/** Of one check, and whether the mode may pass over it. */
interface Line {
  result: CheckResult
  neverOff: boolean
}

const notAsked = ({ check, found, wanted }: CheckResult): CheckResult => ({
  check,
  found,
  wanted,
  status: 'skipped',
  why: 'not asked: mode is off',
})

const linesOf = (check: GateCheck, asked: Asked): Line[] => {
  const { policy, moment } = asked
  const rollback = moment.action === 'rollback'
  if (rollback && !check.rollback) return []
  // A mode says what is asked of candidates; a rollback goes back to what was in production.
  const off = policy.mode === 'off' && !rollback && !check.neverOff
  return check.ask(asked).map((result) => ({
    result: off ? notAsked(result) : result,
    neverOff: check.neverOff === true,
  }))
}

const names = (results: readonly CheckResult[], status: CheckStatus): string =>
  results.flatMap((one) => (one.status === status ? [one.check] : [])).join(', ')

const overall = (results: readonly CheckResult[]): Verdict['verdict'] => {
  if (results.some(({ status }) => status === 'failed')) return 'failed'
  return results.some(({ status }) => status === 'waiting') ? 'waiting' : 'passed'
}

type Obstacle = Required<Pick<Verdict, 'obstacle' | 'why'>>

const stopped = (results: readonly CheckResult[]): Obstacle | undefined => {
  const obstacle = overall(results)
  return obstacle === 'passed' ? undefined : { obstacle, why: `${obstacle}: ${names(results, obstacle)}` }
}

const left = (mode: string, what: string): Obstacle => ({
  obstacle: 'mode',
  why: `mode is ${mode}: ${what} is left as it is`,
})

/** Why it is not let through. What the mode passes over still counts in the table, and stops nothing. */
const obstacleOf = (lines: readonly Line[], { policy, moment }: Asked): Obstacle | undefined => {
  const all = lines.map(({ result }) => result)
  if (policy.mode === 'enforce' || moment.action === 'rollback') return stopped(all)
  const firm = stopped(lines.filter(({ neverOff }) => neverOff).map(({ result }) => result))
  if (firm) return firm
  if (moment.place !== 'staging') return left(policy.mode, moment.place)
  return moment.protected ? left(policy.mode, 'a protected target') : undefined
}

/** The gate made of some checks: tests take single ones out, to show that each of them is needed. */
export const judgeWith =
  (checks: readonly GateCheck[]) =>
  (policy: ModelPolicy, evidence: Evidence | undefined, moment: Moment): Verdict => {
    const asked = { policy, evidence, moment }
    const lines = checks.flatMap((check) => linesOf(check, asked))
    const results = lines.map(({ result }) => result)
    const obstacle = obstacleOf(lines, asked)
    return {
      verdict: overall(results),
      allows: obstacle === undefined,
      mode: policy.mode,
      checks: results,
      ...obstacle,
    }
  }

/**
 * Whether a version may go to a place: the policy's checks, one by one, of evidence and the present moment. Pure: no clock, no
 * network; the same question has the same answer. It does not throw: what is missing, or makes no sense, is a failed check.
 */
export const judge = judgeWith(allChecks)
