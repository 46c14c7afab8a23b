import { builder, cleaner } from './junit.ts'
import { JunitError, readJunit } from './junit-read.ts'
import { suiteNodes } from './junit-tests.ts'
import type { Redact } from './redact.ts'
import { failedCases, type TestCase, type TestSuite } from './tests.ts'
import { shorten } from './text.ts'

/** The results of one suite, bound to the commit that they are of. */
export interface RecordedTests {
  suite: string
  /** Full hash. */
  commit: string
  suites: readonly TestSuite[]
}

/** The workspace takes files of 10 MB: a trace is cut, a test is never left out. */
const longestText = 2000

const cut = (one: TestCase): TestCase => ({
  ...one,
  message: shorten(one.message, longestText),
  text: shorten(one.text, longestText),
})

/** A suite that is red although none of its tests is: the report has to be red as well. */
const asAWhole = (suite: string, why: string): TestSuite => ({
  name: suite,
  cases: [
    { classname: suite, name: 'the suite as a whole', status: 'error', time: 0, message: why, text: '' },
  ],
})

/**
 * JUnit with the property `commit` on every suite.
 * @param problem why the suite is red, other than that it has no tests
 */
export const recordedJunit = (
  { suite, commit, suites }: RecordedTests,
  { problem, redact }: { problem?: string | undefined; redact: Redact },
): string => {
  const say = cleaner(redact)
  const known = suites.map(({ name, cases }) => ({ name, cases: cases.map(cut) }))
  const red = problem !== undefined && failedCases(suites).length === 0
  const all = red ? [...known, asAWhole(suite, problem)] : known
  const properties = { property: [{ '@name': 'commit', '@value': commit }] }
  const nodes = suiteNodes(all.length > 0 ? all : [{ name: suite, cases: [] }], say)
  return builder.build({
    '?xml': { '@version': '1.0', '@encoding': 'UTF-8' },
    testsuites: {
      '@name': say(suite),
      testsuite: nodes.map(({ testcase, ...attributes }) => ({ ...attributes, properties, testcase })),
    },
  })
}

const property = /<property name="commit" value="([^"]*)"/g

/**
 * What was recorded, and the commit that it says it is of: the same on every suite.
 * @throws JunitError for a report that cannot be read, or names no commit, or several
 */
export const readRecorded = (xml: string): Omit<RecordedTests, 'suite'> => {
  const suites = readJunit(xml)
  const commits = new Set([...xml.matchAll(property)].map(([, commit = '']) => commit))
  const [commit, ...others] = commits
  if (!commit) throw new JunitError('it does not say which commit it is of')
  if (others.length > 0) throw new JunitError('it is of several commits')
  return { commit, suites }
}
