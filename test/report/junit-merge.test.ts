import { describe, expect, it } from 'vitest'
import { named, withAttempt } from '../../src/report/junit-merge.ts'
import { JunitError, readJunit } from '../../src/report/junit-read.ts'
import { junit } from '../../src/report/junit.ts'
import { caseName, casesOf, countTests, type TestCase, type TestSuite } from '../../src/report/tests.ts'

/** As pytest 8 writes it. */
const pytest = `<?xml version="1.0" encoding="utf-8"?><testsuites name="pytest tests"><testsuite name="pytest" errors="1" failures="1" skipped="1" tests="4" time="0.041" timestamp="2026-11-21T08:00:00+00:00" hostname="h">
<testcase classname="tests.test_a.Features" name="test_width" time="0.001" />
<testcase classname="tests.test_a" name="test_low[1-&quot;x&quot;]" time="1,000.5"><failure message="AssertionError: 1 &lt; 2&#10;assert 1">def test():
&gt;  assert 1 &lt; 2 ]]&gt; é 😀</failure></testcase>
<testcase classname="tests.test_a" name="test_file" time="0.0"><error message="failed on setup with &quot;x&quot;"><![CDATA[trace <b> & more]]></error></testcase>
<testcase classname="tests.test_a" name="test_gpu" time="0.0"><skipped type="pytest.skip" message="no GPU">tests/test_a.py:3: no GPU</skipped></testcase>
</testsuite></testsuites>`

/** As Maven's surefire and Jest do: no outer element, one case, other attributes; suites in suites. */
const surefire = `<testsuite name="a.B" tests="1" failures="0"><properties><property name="x" value="y"/></properties><testcase name="c" classname="a.B" time="0.1" file="src/B.java" line="7"><flakyFailure message="was red">trace</flakyFailure><system-out>hello</system-out></testcase></testsuite>`
const nested = `<testsuites><testsuite name="outer"><testsuite name="inner"><testcase name="a"/></testsuite><testsuite name="other"><testcase name="b"/></testsuite></testsuite></testsuites>`

describe('reading a JUnit report', () => {
  it('of pytest', () => {
    const suites = readJunit(pytest)
    expect(suites.map(({ name }) => name)).toEqual(['pytest'])
    expect(casesOf(suites).map(({ name, status, time }) => [name, status, time])).toEqual([
      ['test_width', 'passed', 0.001],
      ['test_low[1-"x"]', 'failed', 1000.5],
      ['test_file', 'error', 0],
      ['test_gpu', 'skipped', 0],
    ])
    const [, low, file, gpu] = casesOf(suites)
    expect([low?.message, low?.text]).toEqual([
      'AssertionError: 1 < 2\nassert 1',
      'def test():\n>  assert 1 < 2 ]]> é 😀',
    ])
    expect([file?.message, file?.text, gpu?.message]).toEqual([
      'failed on setup with "x"',
      'trace <b> & more',
      'no GPU',
    ])
  })

  it('of Maven, with a test that was flaky there already', () => {
    expect(readJunit(surefire)).toEqual([
      {
        name: 'a.B',
        cases: [
          {
            classname: 'a.B',
            name: 'c',
            status: 'passed',
            time: 0.1,
            message: '',
            text: '',
            file: 'src/B.java',
            line: 7,
            flaky: { attempts: 2, message: 'was red' },
          },
        ],
      },
    ])
  })

  it('keeps the names of suites in suites', () => {
    expect(readJunit(nested).map(({ name, cases }) => [name, cases.length])).toEqual([
      ['inner', 1],
      ['other', 1],
    ])
  })

  it('of a suite that broke before its first test: that is an error, not nothing', () => {
    const suites = readJunit(
      '<testsuite name="s" tests="0" errors="1"><system-err>boom</system-err></testsuite>',
    )
    expect(casesOf(suites)).toMatchObject([{ status: 'error', text: 'boom' }])
  })

  it('of a suite that counts a failure which none of its tests shows', () => {
    const suites = readJunit('<testsuite name="s" tests="1" failures="1"><testcase name="a"/></testsuite>')
    expect(casesOf(suites)).toMatchObject([{ status: 'passed' }, { status: 'error' }])
    const shown = `<testsuites><testsuite name="outer" failures="1">${pytest.slice(pytest.indexOf('<testsuite '), -13)}</testsuite></testsuites>`
    expect(countTests(readJunit(shown)).failed).toBe(2)
  })

  it("of Node's own runner: tests beside the suites count too", () => {
    const suites = readJunit(
      '<testsuites><testcase name="a"><failure/></testcase><testsuite name="s"><testcase name="b"/></testsuite></testsuites>',
    )
    expect(casesOf(suites).map(({ name, status }) => [name, status])).toEqual([
      ['a', 'failed'],
      ['b', 'passed'],
    ])
    expect(countTests(readJunit('<testsuites failures="1"/>')).failed).toBe(1)
  })

  it('counts time without digits that nobody has measured', () => {
    const suites = readJunit(
      '<testsuite><testcase name="a" time="0.1"/><testcase name="b" time="0.2"/></testsuite>',
    )
    expect(countTests(suites).time).toBe(0.3)
  })

  it('of Google Test: what it did not run was not tested', () => {
    const suites = readJunit(
      '<testsuite name="s"><testcase name="a" status="notrun" result="suppressed"/><testcase name="b" status="run" result="completed"/></testsuite>',
    )
    expect(casesOf(suites).map(({ status }) => status)).toEqual(['skipped', 'passed'])
  })

  it.each([
    ['<testsuites/>', 0],
    ['<testsuite name="s" tests="0"/>', 0],
    ['<testsuite><testcase name="only"/></testsuite>', 1],
    [`\u{FEFF}${surefire}`, 1],
  ])('%s: %i tests', (xml, tests) => expect(countTests(readJunit(xml)).tests).toBe(tests))

  it.each<[string, string, RegExp]>([
    ['nothing', '', /empty/],
    ['white space', ' \n', /empty/],
    ['cut off', pytest.slice(0, 700), /whole XML/],
    ['cut off after a case', pytest.slice(0, pytest.indexOf('</testsuite>')), /whole XML/],
    ['text', 'all tests passed', /XML|no <testsuites>/],
    ['HTML', '<html><body>Sign in</body></html>', /no <testsuites>/],
    ['JSON', '{"tests": 3}', /XML|no <testsuites>/],
    ['two roots', '<testsuite/><oops', /whole XML/],
  ])('that is %s is refused', (_name, xml, why) => {
    const read = () => readJunit(xml)
    expect(read).toThrow(JunitError)
    expect(read).toThrow(why)
  })

  it('that expands without end is refused, or stays small', () => {
    const levels = Array.from({ length: 20 }, (_, i) => `<!ENTITY e${i + 1} "${`&e${i};`.repeat(10)}">`).join(
      '',
    )
    const bomb = `<!DOCTYPE x [<!ENTITY e0 "ha">${levels}]><testsuite><testcase name="&e20;"/></testsuite>`
    const size = () => {
      try {
        return JSON.stringify(readJunit(bomb)).length
      } catch (error) {
        return error instanceof JunitError ? 0 : Infinity
      }
    }
    expect(size()).toBeLessThan(100_000)
  })
})

const one = (name: string, status: TestCase['status'], message = ''): TestCase => ({
  classname: 'c',
  name,
  status,
  time: 1,
  message,
  text: '',
})
const suite = (...cases: TestCase[]): TestSuite[] => [{ name: 's', cases }]
const seen = (suites: readonly TestSuite[]): string[] =>
  casesOf(suites).map(
    (found) =>
      `${found.name} ${found.status}${found.flaky ? ` flaky ${found.flaky.attempts} ${found.flaky.message}` : ''}`,
  )

describe('a second attempt', () => {
  const rows: [string, TestSuite[], TestSuite[], string[]][] = [
    [
      'a failed test that passes is flaky',
      suite(one('a', 'failed', 'no')),
      suite(one('a', 'passed')),
      ['a passed flaky 2 no'],
    ],
    [
      'one that fails again has failed',
      suite(one('a', 'failed', 'x')),
      suite(one('a', 'error', 'y')),
      ['a error'],
    ],
    [
      'one that was not run again has failed',
      suite(one('a', 'failed')),
      suite(one('b', 'passed')),
      ['a failed', 'b passed'],
    ],
    [
      'one that is skipped now has failed',
      suite(one('a', 'failed')),
      suite(one('a', 'skipped')),
      ['a failed'],
    ],
    [
      'one that passed and fails now has failed',
      suite(one('a', 'passed')),
      suite(one('a', 'failed')),
      ['a failed'],
    ],
    [
      'those that passed stay',
      suite(one('a', 'passed'), one('b', 'failed')),
      suite(one('b', 'passed')),
      ['a passed', 'b passed flaky 2 '],
    ],
    [
      'cases of one name are told apart by their order',
      suite(one('a', 'passed'), one('a', 'failed', 'no')),
      suite(one('a', 'passed'), one('a', 'passed')),
      ['a passed', 'a passed flaky 2 no'],
    ],
  ]
  it.each(rows)('%s', (_name, before, after, expected) => {
    expect(seen(withAttempt(before, after, 2))).toEqual(expected)
  })

  it('a third one keeps what was flaky before', () => {
    const second = withAttempt(
      suite(one('a', 'failed', 'x'), one('b', 'failed')),
      suite(one('a', 'passed'), one('b', 'failed')),
      2,
    )
    const third = withAttempt(second, suite(one('b', 'passed')), 3)
    expect(seen(third)).toEqual(['a passed flaky 2 x', 'b passed flaky 3 '])
  })
})

describe('names of suites', () => {
  it.each([
    ['', 'unit'],
    ['unit', 'unit'],
    ['pytest', 'unit: pytest'],
  ])('«%s» becomes %s', (name, expected) => {
    expect(named('unit', [{ name, cases: [] }])).toEqual([{ name: expected, cases: [] }])
  })

  it('several files of one suite are one', () => {
    const found = named('unit', [...suite(one('a', 'passed')), ...suite(one('b', 'passed'))])
    expect(found.map(({ name, cases }) => [name, cases.map(caseName)])).toEqual([['unit: s', ['c.a', 'c.b']]])
  })
})

describe('the report of a run that has tested', () => {
  const outcome = { command: 'test', ok: false, exit: 8, warnings: [] }
  const written = (suites: readonly TestSuite[]): string =>
    junit({ outcome, tasks: [], suites, startedAt: 0, endedAt: 1000 }, (text) =>
      text.replaceAll('hunter22', '***'),
    )

  it('has the tests beside its own cases, as they were', () => {
    const suites = named('unit', readJunit(pytest))
    const [own, ...tests] = readJunit(written(suites))
    expect(own?.name).toBe('brickrail test')
    expect(tests).toEqual(suites)
  })

  it('marks flaky tests, hides secrets, and counts', () => {
    const flaky = withAttempt(suite(one('a', 'failed', 'key hunter22')), suite(one('a', 'passed')), 2)
    const xml = written([...flaky, ...suite(one('b', 'error', '\u0000 hunter22'), one('c', 'skipped'))])
    expect(xml).toContain('<property name="flaky" value="true"/>')
    expect(xml).toContain('<property name="attempts" value="2"/>')
    expect(xml).toContain('<property name="first_failure" value="key ***"/>')
    expect(xml).not.toContain('hunter22')
    expect(/<testsuites [^>]*>/.exec(xml)?.[0]).toContain('tests="4" failures="1" errors="1" skipped="1"')
  })
})
