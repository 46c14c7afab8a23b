import { countTests, type TestCase, type TestSuite } from './tests.ts'

type Say = (text: string) => string

const seconds = (time: number): string => time.toFixed(3)

const outcome = ({ status, message, text }: TestCase, say: Say): Record<string, unknown> => {
  if (status === 'skipped')
    return { skipped: { '@message': say(message), ...(text === '' ? {} : { '#text': say(text) }) } }
  if (status === 'passed') return {}
  const what = { '@message': say(message), '@type': status, '#text': say(text) }
  return status === 'failed' ? { failure: what } : { error: what }
}

/** A flaky test has passed; that it had failed before is a property, which every host keeps. */
const properties = ({ flaky }: TestCase, say: Say): Record<string, unknown> =>
  flaky
    ? {
        properties: {
          property: [
            { '@name': 'flaky', '@value': 'true' },
            { '@name': 'attempts', '@value': String(flaky.attempts) },
            { '@name': 'first_failure', '@value': say(flaky.message) },
          ],
        },
      }
    : {}

const caseNode = (one: TestCase, say: Say): Record<string, unknown> => ({
  '@classname': say(one.classname),
  '@name': say(one.name),
  '@time': seconds(one.time),
  ...(one.file === undefined ? {} : { '@file': say(one.file) }),
  ...(one.line === undefined ? {} : { '@line': one.line }),
  ...properties(one, say),
  ...outcome(one, say),
})

/** Suites of tests as nodes of a JUnit report; attributes begin with `@`. */
export const suiteNodes = (suites: readonly TestSuite[], say: Say): Record<string, unknown>[] =>
  suites.map((suite) => {
    const { tests, skipped, time } = countTests([suite])
    const of = (status: TestCase['status']) => suite.cases.filter((one) => one.status === status).length
    return {
      '@name': say(suite.name),
      '@tests': tests,
      '@failures': of('failed'),
      '@errors': of('error'),
      '@skipped': skipped,
      '@time': seconds(time),
      testcase: suite.cases.map((one) => caseNode(one, say)),
    }
  })
