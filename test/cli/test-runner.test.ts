import { deflateSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { judge, type Attempt } from '../../src/cli/test/attempt.ts'
import { readResult } from '../../src/cli/test/runner.ts'

const xml = (...cases: string[]): string => `<testsuite name="pytest">${cases.join('')}</testsuite>`
const passed = '<testcase classname="c" name="good"/>'
const failed = '<testcase classname="c" name="bad"><failure message="no"/></testcase>'

const packed = (text: string): string => deflateSync(text).toString('base64')
const result = (text: string, exit = 0, ids: string[] = []): string =>
  JSON.stringify({ exit, junit: packed(text), failed: ids })

const verdict = (read: Omit<Attempt, 'tail'>) => {
  const problem = judge({ ...read, tail: [] })
  return problem ? `${problem.code}: ${problem.why}` : 'green'
}

describe('what a cluster gives back', () => {
  const useless = 'TESTS_FAILED: the report of the cluster is of no use: '
  const rows: [string, string | undefined, boolean, string][] = [
    ['passed', result(xml(passed)), false, 'green'],
    ['failed', result(xml(passed, failed), 1, ['a.py::bad']), false, 'TESTS_FAILED: 1 of 2 tests failed'],
    ['nothing was found', result(xml(), 5), false, 'NO_TESTS: its report has no test'],
    [
      'pytest broke',
      result(xml(passed), 3),
      false,
      'TESTS_FAILED: pytest had an error of its own, although no test of its report failed',
    ],
    [
      'an exit code that is yet to be invented',
      result(xml(passed), 9),
      false,
      'TESTS_FAILED: pytest ended with 9, although no test of its report failed',
    ],
    ['no result', undefined, false, `${useless}the notebook gave none back`],
    ['too long', result(xml(passed)), true, `${useless}it is longer than 5 MB: split the suite`],
    ['cut off', result(xml(passed)).slice(0, -5), false, `${useless}it is not what the runner writes`],
    ['something else', '"done"', false, `${useless}it is not what the runner writes`],
    [
      'no base64 of zlib',
      JSON.stringify({ exit: 0, junit: 'QUJD', failed: [] }),
      false,
      `${useless}incorrect header check`,
    ],
    [
      'half of the bytes',
      JSON.stringify({ exit: 0, junit: packed(xml(passed)).slice(0, 24), failed: [] }),
      false,
      `${useless}unexpected end of file`,
    ],
    ['no XML', result('oops'), false, `${useless}it is not whole XML: line 1: char 'o' is not expected.`],
  ]
  it.each(rows)('%s', (_name, text, truncated, expected) => {
    expect(verdict(readResult(text, truncated))).toBe(expected)
  })

  it('names the tests to run again', () => {
    expect(readResult(result(xml(failed), 1, ['a.py::bad']), false).failed).toEqual(['a.py::bad'])
  })

  it('that would fill the memory is refused', () => {
    const bomb = JSON.stringify({ exit: 0, junit: packed('x'.repeat(80 * 1024 * 1024)), failed: [] })
    expect(verdict(readResult(bomb, false))).toMatch(/is of no use: Cannot create a Buffer larger than/)
  })
})

describe('a verdict', () => {
  it('says the last words of what broke before it could test', () => {
    const tail = ['collecting', 'ModuleNotFoundError: no sklearn']
    const attempt = {
      suites: [],
      ended: 'the command ended with exit code 1',
      noReport: 'it left no report a.xml',
      tail,
    }
    expect(judge(attempt)).toEqual({
      code: 'TESTS_FAILED',
      why: `the command ended with exit code 1, and it left no report a.xml; it said last:\n${tail.join('\n')}`,
    })
  })
})
