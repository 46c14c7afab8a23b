import { XMLParser, XMLValidator } from 'fast-xml-parser'
import type { TestCase, TestStatus, TestSuite } from './tests.ts'

/** Characters; a larger report is not one of tests. */
const longest = 64 * 1024 * 1024

/** A report that cannot be read proves nothing. `message` says why, without the name of the file. */
export class JunitError extends Error {}

/** A node of the parser: attributes begin with `@`. */
type Node = Readonly<Record<string, unknown>>

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The children of one name. An element without attributes and with text alone is a string to the parser. */
const children = (node: Node, name: string): Node[] => {
  const found = node[name]
  const list: unknown[] = Array.isArray(found) ? found : found === undefined ? [] : [found]
  return list.map((one) => (isNode(one) ? one : { '#text': one }))
}

const text = (node: Node, name: string): string => {
  const value = node[name]
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

/** Some writers put a comma between thousands. */
const secondsOf = (node: Node): number => {
  const seconds = Number(text(node, '@time').replaceAll(',', ''))
  return Number.isFinite(seconds) && seconds > 0 ? seconds : 0
}

const outcomes: readonly (readonly [string, TestStatus])[] = [
  ['error', 'error'],
  ['failure', 'failed'],
  ['skipped', 'skipped'],
]

/** Maven says of a test that has passed in the end how it failed before. */
const flakyOf = (node: Node): Pick<TestCase, 'flaky'> => {
  const before = [...children(node, 'flakyFailure'), ...children(node, 'flakyError')]
  const [first] = before
  return first ? { flaky: { attempts: before.length + 1, message: text(first, '@message') } } : {}
}

/** Google Test says so of what it was told to leave out, without an element for it. */
const wasNotRun = (node: Node): boolean =>
  /^(notrun|disabled|skipped|suppressed)$/i.test(text(node, '@status')) ||
  /^(skipped|suppressed)$/i.test(text(node, '@result'))

const caseOf = (node: Node): TestCase => {
  const found = outcomes.flatMap(([name, status]) => children(node, name).map((why) => ({ why, status })))
  const [worst] = found
  const line = Number(text(node, '@line'))
  return {
    classname: text(node, '@classname'),
    name: text(node, '@name'),
    status: worst?.status ?? (wasNotRun(node) ? 'skipped' : 'passed'),
    time: secondsOf(node),
    message: worst ? text(worst.why, '@message') : '',
    text: found
      .map(({ why }) => text(why, '#text').trim())
      .filter(Boolean)
      .join('\n'),
    ...(node['@file'] === undefined ? {} : { file: text(node, '@file') }),
    ...(Number.isInteger(line) && line > 0 ? { line } : {}),
    ...(worst ? {} : flakyOf(node)),
  }
}

const isBad = ({ status }: TestCase): boolean => status === 'failed' || status === 'error'

const saysBad = (suite: Node): boolean =>
  ['@errors', '@failures'].some((name) => Number(text(suite, name)) > 0)

const broken = (suite: Node): TestCase => ({
  classname: text(suite, '@name'),
  name: 'the suite as a whole',
  status: 'error',
  time: secondsOf(suite),
  message: 'it says that something in it failed, and not which test',
  text: children(suite, 'system-err')
    .map((one) => text(one, '#text'))
    .join('\n')
    .trim(),
})

/** A count of failures that no test shows: it broke before its first test, or after its last. */
const unexplained = (node: Node, cases: readonly TestCase[], inner: readonly TestSuite[]): TestCase[] =>
  saysBad(node) && !cases.some(isBad) && !inner.some((one) => one.cases.some(isBad)) ? [broken(node)] : []

/** Suites may be nested; each keeps its name. */
const suiteIn = (suite: Node): TestSuite[] => {
  const own = children(suite, 'testcase').map(caseOf)
  const inner = children(suite, 'testsuite').flatMap(suiteIn)
  const cases = [...own, ...unexplained(suite, own, inner)]
  return cases.length > 0 || inner.length === 0 ? [{ name: text(suite, '@name'), cases }, ...inner] : inner
}

/** Node's own test runner puts tests that are in no suite beside the suites. */
const suitesIn = (node: Node): TestSuite[] => {
  const loose = children(node, 'testcase').map(caseOf)
  const inner = children(node, 'testsuite').flatMap(suiteIn)
  const cases = [...loose, ...unexplained(node, loose, inner)]
  return cases.length > 0 ? [{ name: text(node, '@name'), cases }, ...inner] : inner
}

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  // Also &#10; and the like.
  htmlEntities: true,
})

const parse = (xml: string): unknown => {
  try {
    const valid = XMLValidator.validate(xml)
    if (valid !== true) throw new JunitError(`it is not whole XML: line ${valid.err.line}: ${valid.err.msg}`)
    return parser.parse(xml)
  } catch (error) {
    if (error instanceof JunitError) throw error
    throw new JunitError(`it cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/**
 * The suites of a JUnit report, as pytest, Maven, Jest and others write it: https://github.com/testmoapp/junitxml
 * @throws JunitError for a report that is no XML, was cut off, is none of tests, or too long
 */
export const readJunit = (xml: string): TestSuite[] => {
  if (xml.trim() === '') throw new JunitError('it is empty')
  if (xml.length > longest) throw new JunitError(`it has more than ${longest} characters`)
  const root = parse(xml)
  if (!isNode(root)) throw new JunitError('it has no <testsuites> and no <testsuite>')
  const outer = root['testsuites'] === undefined ? [root] : children(root, 'testsuites')
  const known = root['testsuites'] !== undefined || root['testsuite'] !== undefined
  if (!known) throw new JunitError('it has no <testsuites> and no <testsuite>')
  return outer.flatMap(suitesIn)
}
