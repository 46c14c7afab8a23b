import { Fail } from '../../errors.ts'
import { caseName, countTests, failedCases, flakyCases, type TestCase } from '../../report/tests.ts'
import { count, duration, shorten } from '../../report/text.ts'
import { countsText, type SuiteOutcome } from './suite.ts'

/** Failed tests that are named one by one. */
const most = 20

const messageOf = ({ message, text }: TestCase): string =>
  shorten((message.trim() || text.trim()).split(/[\r\n]/, 1)[0] ?? '', 300)

const listed = (cases: readonly TestCase[], say: (one: TestCase) => string): string[] => [
  ...cases.slice(0, most).map((one) => `    ${say(one)}`),
  ...(cases.length > most ? [`    … and ${cases.length - most} more`] : []),
]

const flakyText = (one: TestCase): string =>
  `flaky: ${caseName(one)} passed at attempt ${one.flaky?.attempts}${one.flaky?.message ? `; before: ${shorten(one.flaky.message.split('\n', 1)[0] ?? '', 200)}` : ''}`

const why = ({ problem, error }: SuiteOutcome): string => {
  if (problem) return `  FAILED: ${problem.why}`
  return error instanceof Error ? `  FAILED: ${error.message}` : ''
}

const suiteLines = (outcome: SuiteOutcome): string[] => {
  const { name, suites, attempts } = outcome
  const counts = countTests(suites)
  const again = attempts > 1 ? `, ${count(attempts, 'attempt')}` : ''
  return [
    `${name}  ${countsText(counts)}  ${duration(counts.time * 1000)}${again}${why(outcome)}`,
    ...listed(failedCases(suites), (one) => `${one.status}: ${caseName(one)}: ${messageOf(one)}`),
    ...listed(flakyCases(suites), flakyText),
  ]
}

/** A block of lines for each suite. */
export const testText = (outcomes: readonly SuiteOutcome[]): string => outcomes.flatMap(suiteLines).join('\n')

const suiteData = ({ name, suites, attempts, problem, error }: SuiteOutcome): Record<string, unknown> => ({
  suite: name,
  ok: problem === undefined && error === undefined,
  attempts,
  ...countTests(suites),
  failures: failedCases(suites)
    .slice(0, most)
    .map((one) => ({ test: caseName(one), message: messageOf(one), trace: shorten(one.text, 4000) })),
  flaky_tests: flakyCases(suites).map(caseName),
  ...(problem ? { problem: problem.why } : {}),
  ...(error instanceof Error ? { problem: error.message } : {}),
})

/** The JSON document of `test`, with what later jobs may know. */
export const testData = (outcomes: readonly SuiteOutcome[]): Record<string, unknown> => {
  const { tests, executed, failed, skipped, flaky } = countTests(
    outcomes.flatMap(({ suites }) => [...suites]),
  )
  return {
    tests,
    executed,
    failed,
    skipped,
    flaky,
    suites: outcomes.map(suiteData),
    outputs: { tests: executed, failed_tests: failed, flaky_tests: flaky },
  }
}

const namesOf = ({ suites }: SuiteOutcome): string => {
  const cases = failedCases(suites)
  const names = cases.slice(0, 5).map(caseName)
  if (cases.length === 0) return ''
  return `: ${names.join(', ')}${cases.length > names.length ? ` and ${cases.length - names.length} more` : ''}`
}

const isRed = ({ problem, error }: SuiteOutcome): boolean => problem !== undefined || error !== undefined

/** Every red suite: who mends one wants to know of the others. */
const saidOf = (outcomes: readonly SuiteOutcome[]): string =>
  outcomes
    .filter(isRed)
    .map((outcome) => {
      const { name, problem, error } = outcome
      if (problem) return `suite ${name}: ${problem.why}${namesOf(outcome)}`
      return `suite ${name}: ${error instanceof Error ? error.message : String(error)}`
    })
    .join('; ')

/**
 * Undefined when all is green. Failed tests count most, then suites that could not be run, then those that tested nothing; what is
 * said is of all of them.
 * @param hint what to do about failed tests
 */
export const testFailure = (outcomes: readonly SuiteOutcome[], hint: string): unknown => {
  const red = outcomes.filter(isRed)
  const what = saidOf(red)
  if (red.some(({ problem }) => problem?.code === 'TESTS_FAILED'))
    return new Fail('TESTS_FAILED', { what, hint })
  const broken = red.flatMap(({ error }) => (error === undefined ? [] : [error]))
  const [first] = broken
  // With its own exit code, unless it would hide what is wrong with others.
  if (first !== undefined && red.length === 1) return first
  if (first !== undefined)
    return new Fail('TESTS_FAILED', { what, hint: first instanceof Fail ? first.hint : hint })
  return red.length > 0 ? new Fail('NO_TESTS', { what }) : undefined
}
