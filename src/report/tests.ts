/** How a test ended: `failed` by an assertion, `error` by anything else. */
export type TestStatus = 'passed' | 'failed' | 'error' | 'skipped'

export interface TestCase {
  classname: string
  name: string
  status: TestStatus
  /** Seconds. */
  time: number
  /** Of a failure: one line, or several. */
  message: string
  /** Of a failure: the trace. */
  text: string
  file?: string
  line?: number
  /** Attempts that it took to pass, when it was more than one. */
  flaky?: { attempts: number; message: string }
}

/** The tests of one suite that somebody else has run. Nothing in it is redacted. */
export interface TestSuite {
  name: string
  cases: readonly TestCase[]
}

export interface TestCounts {
  tests: number
  /** Neither skipped nor left out: without one, nothing was tested. */
  executed: number
  passed: number
  failed: number
  skipped: number
  flaky: number
  /** Seconds. */
  time: number
}

const isBad = ({ status }: TestCase): boolean => status === 'failed' || status === 'error'

export const casesOf = (suites: readonly TestSuite[]): TestCase[] => suites.flatMap(({ cases }) => [...cases])

export const failedCases = (suites: readonly TestSuite[]): TestCase[] => casesOf(suites).filter(isBad)

export const flakyCases = (suites: readonly TestSuite[]): TestCase[] =>
  casesOf(suites).filter(({ flaky }) => flaky !== undefined)

export const countTests = (suites: readonly TestSuite[]): TestCounts => {
  const cases = casesOf(suites)
  const skipped = cases.filter(({ status }) => status === 'skipped').length
  const failed = cases.filter(isBad).length
  return {
    tests: cases.length,
    executed: cases.length - skipped,
    passed: cases.length - skipped - failed,
    failed,
    skipped,
    flaky: cases.filter(({ flaky }) => flaky).length,
    // Sums of decimal fractions have digits that nobody has measured.
    time: Math.round(cases.reduce((sum, { time }) => sum + time, 0) * 1e6) / 1e6,
  }
}

/** `tests.test_features.Features.test_width`, as people and other tools call it. */
export const caseName = ({ classname, name }: Pick<TestCase, 'classname' | 'name'>): string =>
  classname === '' ? name : `${classname}.${name}`
