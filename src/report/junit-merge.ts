import { caseName, type TestCase, type TestSuite } from './tests.ts'

/** Two suites of one name become one: a report may be in several files. */
const byName = (suites: readonly TestSuite[]): TestSuite[] => {
  const found = new Map<string, TestCase[]>()
  for (const { name, cases } of suites) found.set(name, [...(found.get(name) ?? []), ...cases])
  return [...found].map(([name, cases]) => ({ name, cases }))
}

/** The reports of one declared suite under its name: `unit: pytest`. */
export const named = (name: string, suites: readonly TestSuite[]): TestSuite[] =>
  byName(suites).map((suite) => ({
    ...suite,
    name: suite.name === '' || suite.name === name ? name : `${name}: ${suite.name}`,
  }))

const failed = ({ status }: TestCase): boolean => status === 'failed' || status === 'error'

/** Cases of one name in one suite (parametrised ones) are told apart by their order. */
const keysOf = (suites: readonly TestSuite[]): (readonly [string, TestCase])[] => {
  const seen = new Map<string, number>()
  return suites.flatMap((suite) =>
    suite.cases.map((one) => {
      const name = `${suite.name}\n${caseName(one)}`
      const number = (seen.get(name) ?? 0) + 1
      seen.set(name, number)
      return [`${name}\n${number}`, one] as const
    }),
  )
}

/**
 * A test that passes after it had failed is flaky, and stays marked; one that was not run again has failed. One that fails now has
 * failed, whatever it did before.
 */
const again = (before: TestCase, after: TestCase | undefined, attempt: number): TestCase => {
  if (after === undefined || after.status === 'skipped') return before
  if (failed(after)) return after
  return failed(before) ? { ...after, flaky: { attempts: attempt, message: before.message } } : before
}

/**
 * The suites after what failed was run again.
 * @param attempt number of the later run, from 2
 */
export const withAttempt = (
  before: readonly TestSuite[],
  after: readonly TestSuite[],
  attempt: number,
): TestSuite[] => {
  const later = new Map(keysOf(after))
  const keyed = new Map(keysOf(before).map(([key, one]) => [one, key] as const))
  const known = new Set(keyed.values())
  const laterOf = (one: TestCase): TestCase | undefined => later.get(keyed.get(one) ?? '')
  const merged = before.map(({ name, cases }) => ({
    name,
    cases: cases.map((one) => again(one, laterOf(one), attempt)),
  }))
  // What only appears now, because the first attempt broke off, counts as it is.
  const added = after.map(({ name }) => ({ name, cases: [] as TestCase[] }))
  for (const [key, one] of later) {
    if (known.has(key)) continue
    const suite = added.find(({ name }) => key.startsWith(`${name}\n`))
    suite?.cases.push(one)
  }
  return byName([...merged, ...added.filter(({ cases }) => cases.length > 0)])
}
