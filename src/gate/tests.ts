import type { CheckResult, SuiteEvidence } from '../plan/state-evidence.ts'
import {
  judged,
  mayStillCome,
  noEvidence,
  refused,
  type Asked,
  type GateCheck,
  type Refusal,
} from './check.ts'
import { isCount } from './numbers.ts'

type Code =
  | 'NO_EVIDENCE'
  | 'TESTS_MISSING'
  | 'TWO_REPORTS'
  | 'NO_COMMIT'
  | 'TESTS_OF_OTHER_COMMIT'
  | 'UNREADABLE_COUNTS'
  | 'ZERO_TESTS'
  | 'TESTS_FAILED'
  | 'TOO_FEW_PASSED'
  | 'TOO_MANY_SKIPPED'

type Rules = NonNullable<Asked['policy']['checks']['tests']>

const record = '`brickrail test --record` in a pipeline of that commit'

const unreadable = ({ tests, passed, failed, skipped }: SuiteEvidence): boolean =>
  ![tests, passed, failed, skipped].every(isCount) || passed + failed + skipped !== tests

const ofCounts = (suite: SuiteEvidence, { minPassed, maxSkipped }: Rules): Refusal<Code> | undefined => {
  const { tests, passed, failed, skipped } = suite
  if (unreadable(suite))
    return { code: 'UNREADABLE_COUNTS', why: `its counts do not add up: record again, ${record}` }
  if (passed + failed === 0)
    return { code: 'ZERO_TESTS', why: tests === 0 ? 'the report has no test' : 'every test was skipped' }
  if (failed > 0) return { code: 'TESTS_FAILED', why: `${failed} of ${tests} failed: mend them` }
  if (!(passed >= minPassed)) return { code: 'TOO_FEW_PASSED', why: `${passed} passed, ${minPassed} must` }
  return skipped <= maxSkipped
    ? undefined
    : { code: 'TOO_MANY_SKIPPED', why: `${skipped} were skipped, ${maxSkipped} may be` }
}

const ofSuite = (name: string, { evidence }: Asked, rules: Rules): Refusal<Code> | undefined => {
  if (!evidence) return noEvidence
  if (!evidence.commit)
    return {
      code: 'NO_COMMIT',
      why: 'the evidence names no commit whose tests would count: evaluate in a pipeline',
    }
  const [suite, second] = evidence.tests.filter((one) => one.suite === name)
  if (!suite)
    return { code: 'TESTS_MISSING', why: `suite ${name} is not recorded for ${evidence.commit}: ${record}` }
  if (second) return { code: 'TWO_REPORTS', why: 'two reports name this suite, and they need not agree' }
  if (suite.commit !== evidence.commit)
    return { code: 'TESTS_OF_OTHER_COMMIT', why: `they are of ${suite.commit || 'no commit'}: ${record}` }
  return ofCounts(suite, rules)
}

const counts = (suite: SuiteEvidence | undefined): string =>
  suite ? `${suite.passed} passed, ${suite.failed} failed, ${suite.skipped} skipped` : 'no report'

const judgeSuite = (name: string, asked: Asked, rules: Rules): CheckResult => {
  const facts = {
    check: `tests.${name}`,
    found: counts(asked.evidence?.tests.find(({ suite }) => suite === name)),
    wanted: `>= ${rules.minPassed} passed, 0 failed, <= ${rules.maxSkipped} skipped`,
  }
  const refusal = ofSuite(name, asked, rules)
  // Other jobs of the same pipeline may still be testing.
  return refusal?.code === 'TESTS_MISSING' && mayStillCome(asked)
    ? refused(facts, refusal, true)
    : judged(facts, refusal)
}

/** The tests of the commit that was evaluated are green. */
export const testSuites: GateCheck<Code> = {
  name: 'tests.<suite>',
  codes: [
    'NO_EVIDENCE',
    'NO_COMMIT',
    'TESTS_MISSING',
    'TWO_REPORTS',
    'TESTS_OF_OTHER_COMMIT',
    'UNREADABLE_COUNTS',
    'ZERO_TESTS',
    'TESTS_FAILED',
    'TOO_FEW_PASSED',
    'TOO_MANY_SKIPPED',
  ],
  ask: (asked) => {
    const rules = asked.policy.checks.tests
    return rules ? rules.junit.map((name) => judgeSuite(name, asked, rules)) : []
  },
}
