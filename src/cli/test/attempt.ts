import { countTests, failedCases, type TestSuite } from '../../report/tests.ts'

/** Why a suite is red. */
export interface Problem {
  code: 'TESTS_FAILED' | 'NO_TESTS'
  /** The end of a sentence that begins with the suite's name. */
  why: string
}

/** One run of a suite. */
export interface Attempt {
  suites: readonly TestSuite[]
  /** How what ran the tests ended; undefined: well. */
  ended?: string
  /** Why there is no report, or none that counts. */
  noReport?: string
  /** Why there is one, and it cannot be read. */
  unreadable?: string
  /** Names of the failed tests as the runner wants them to run just those again. */
  failed?: readonly string[]
  /** The last lines that it has printed. */
  tail: readonly string[]
}

/** Lines of output that say why nothing was tested. */
const tailLines = 20

const withTail = (why: string, tail: readonly string[]): string =>
  tail.length === 0 ? why : `${why}; it said last:\n${tail.slice(-tailLines).join('\n')}`

/** Whether an attempt proves that the tests pass: only a whole report with executed tests, none of which failed, does. */
export const judge = ({ suites, ended, noReport, unreadable, tail }: Attempt): Problem | undefined => {
  const { tests, executed, skipped } = countTests(suites)
  const bad = failedCases(suites).length
  if (bad > 0) return { code: 'TESTS_FAILED', why: `${bad} of ${executed} tests failed` }
  if (unreadable !== undefined) return { code: 'TESTS_FAILED', why: unreadable }
  if (noReport !== undefined && ended !== undefined)
    return { code: 'TESTS_FAILED', why: withTail(`${ended}, and ${noReport}`, tail) }
  if (noReport !== undefined) return { code: 'NO_TESTS', why: noReport }
  if (executed === 0) {
    const all = skipped === 1 ? 'its only test was skipped' : `all its ${skipped} tests were skipped`
    const why = tests === 0 ? 'its report has no test' : all
    return { code: 'NO_TESTS', why: ended === undefined ? why : `${why} (${ended})` }
  }
  if (ended === undefined) return undefined
  return { code: 'TESTS_FAILED', why: withTail(`${ended}, although no test of its report failed`, tail) }
}
