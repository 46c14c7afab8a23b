import { stripVTControlCharacters } from 'node:util'
import { XMLBuilder } from 'fast-xml-parser'
import type { Fault } from '../errors.ts'
import { createPaint } from './output.ts'
import { suiteNodes } from './junit-tests.ts'
import type { Redact } from './redact.ts'
import type { RunRecord } from './run-record.ts'
import { countTests, failedCases, type TestSuite } from './tests.ts'
import { faultLines, warningLines } from './text.ts'

/** Attributes begin with `@`, as the builder wants it. */
interface Case {
  '@classname': string
  '@name': string
  '@time': string
  '@file'?: string
  '@line'?: number
  failure?: { '@message': string; '@type': string; '#text': string }
  skipped?: { '@message': string }
}

type Texts = (text: string) => string

/** https://www.w3.org/TR/xml/#charsets: all other characters may not even be escaped. */
const forbidden = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu

/** Redacted again at the end: what is taken out may have stood in the middle of a secret. */
export const cleaner =
  (redact: Redact): Texts =>
  (text) =>
    redact(stripVTControlCharacters(redact(text)).replace(forbidden, ''))

const seconds = (ms: number): string => (Math.max(0, ms) / 1000).toFixed(3)

const failed = (message: string, type: string, text: string): Pick<Required<Case>, 'failure'> => ({
  failure: { '@message': message.split(/[\r\n]/, 1)[0] ?? '', '@type': type, '#text': text },
})

const faultCase = (fault: Fault, say: Texts): Case => {
  const { file, line, column, rule, message } = fault
  const place = line > 0 ? `${file}:${line}:${column}` : file
  return {
    '@classname': say(file),
    '@name': say(`${rule} at ${place}`),
    '@time': seconds(0),
    '@file': say(file),
    ...(line > 0 ? { '@line': line } : {}),
    ...failed(say(message), say(rule), say(faultLines(fault).join('\n'))),
  }
}

const taskCases = ({ outcome, tasks, endedAt }: RunRecord, say: Texts): Case[] =>
  tasks.map((task) => {
    const end = 'endedAt' in task ? task.endedAt : endedAt
    const trace = 'trace' in task && task.trace !== undefined ? `\n${task.trace}` : ''
    const detail = say(`${task.detail ?? 'failed'}${trace}`)
    return {
      '@classname': `brickrail.${outcome.command}`,
      '@name': say(task.title),
      '@time': seconds(end - task.startedAt),
      ...('state' in task && task.state === 'failed' ? failed(detail, 'step', detail) : {}),
      ...('state' in task ? {} : { skipped: { '@message': 'not finished when the run ended' } }),
    }
  })

/** The run as a whole: a report without any case of its own would be one where nothing was tested. */
const outcomeCase = ({ outcome, startedAt, endedAt }: RunRecord, say: Texts): Case => {
  const { command, ok, exit, failure } = outcome
  const message = failure?.message ?? `exit ${exit}`
  const text = failure ? `${failure.message}\nwhat to do: ${failure.hint}` : message
  return {
    '@classname': `brickrail.${command}`,
    '@name': `brickrail ${command}`,
    '@time': seconds(endedAt - startedAt),
    ...(ok ? {} : failed(say(message), failure?.code ?? 'EXIT', say(text))),
  }
}

/** Hosts take two cases of one name for one. */
const distinct = (cases: readonly Case[]): Case[] => {
  const seen = new Map<string, number>()
  return cases.map((one) => {
    const key = `${one['@classname']}\n${one['@name']}`
    const count = (seen.get(key) ?? 0) + 1
    seen.set(key, count)
    return count === 1 ? one : { ...one, '@name': `${one['@name']} (${count})` }
  })
}

const totals = (
  own: { '@tests': number; '@failures': number; '@skipped': number },
  suites: readonly TestSuite[],
): Record<string, number> => {
  const { tests, skipped } = countTests(suites)
  const errors = failedCases(suites).filter(({ status }) => status === 'error').length
  return {
    '@tests': own['@tests'] + tests,
    '@failures': own['@failures'] + failedCases(suites).length - errors,
    '@errors': errors,
    '@skipped': own['@skipped'] + skipped,
  }
}

const paint = createPaint(false)

export const builder = new XMLBuilder({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  // Else an attribute that is `true` loses its value.
  suppressBooleanAttributes: false,
  suppressEmptyNode: true,
  format: true,
})

/**
 * A run as a JUnit report: every step, every fault of a file, and the run itself are test cases; warnings are its output. The
 * tests that it has run are suites beside it.
 * https://github.com/testmoapp/junitxml
 */
export const junit = (record: RunRecord, redact: Redact): string => {
  const say = cleaner(redact)
  const { outcome, startedAt, endedAt, suites = [] } = record
  const cases = distinct([
    ...taskCases(record, say),
    ...(outcome.failure?.faults ?? []).map((fault) => faultCase(fault, say)),
    outcomeCase(record, say),
  ])
  const counts = {
    '@name': `brickrail ${outcome.command}`,
    '@tests': cases.length,
    '@failures': cases.filter(({ failure }) => failure).length,
    '@errors': 0,
    '@skipped': cases.filter(({ skipped }) => skipped).length,
    '@time': seconds(endedAt - startedAt),
  }
  const warnings = outcome.warnings.flatMap((one) => warningLines(one, paint)).join('\n')
  const suite = {
    ...counts,
    '@timestamp': new Date(startedAt).toISOString().slice(0, 19),
    testcase: cases,
    ...(warnings === '' ? {} : { 'system-out': say(warnings) }),
  }
  return builder.build({
    '?xml': { '@version': '1.0', '@encoding': 'UTF-8' },
    testsuites: { ...counts, ...totals(counts, suites), testsuite: [suite, ...suiteNodes(suites, say)] },
  })
}
