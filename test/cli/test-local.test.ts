import { existsSync, mkdirSync, readFileSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Fail } from '../../src/errors.ts'
import { readJunit } from '../../src/report/junit-read.ts'
import { casesOf } from '../../src/report/tests.ts'
import type { Harness, Ran } from '../support/harness.ts'
import { open, sound } from './project.ts'

/** A project whose suites are these lines of YAML. */
const withTests = (tests: string, files: Record<string, string> = {}): Harness =>
  open({ 'pipelines/brickrail.yml': `${sound['pipelines/brickrail.yml']}tests:\n${tests}`, ...files })

const report = (...cases: string[]): string =>
  `<testsuites><testsuite name="s">${cases.join('')}</testsuite></testsuites>`
const passed = '<testcase classname="c" name="good"/>'
const failed =
  '<testcase classname="c" name="bad"><failure message="1 is not 2">trace of it</failure></testcase>'
const skipped = '<testcase classname="c" name="gpu"><skipped message="no GPU"/></testcase>'

interface Tested extends Ran {
  junit: string
}

const run = async (harness: Harness, args: string[] = ['--local']): Promise<Tested> => {
  // No token, no host: nothing here may need one.
  const env = { PATH: process.env['PATH'], BRICKRAIL_REPORTS: 'brickrail-reports' }
  const ran = await harness.run('test', args, { env })
  const file = join(harness.folder, 'brickrail-reports', 'test.junit.xml')
  return { ...ran, junit: existsSync(file) ? readFileSync(file, 'utf8') : '' }
}

/** The suite prints this file as its report, then ends with an exit code. */
const suiteOf = (exit: number, more = ''): string =>
  `  unit: { command: 'cp report.xml out.xml; exit ${exit}', junit: out.xml${more} }\n`

describe('a suite of this machine', () => {
  const rows: [string, string | undefined, number, number, string][] = [
    ['passes', report(passed, passed), 0, 0, 'unit  2 passed'],
    ['a failed test', report(passed, failed), 1, 8, 'suite unit: 1 of 2 tests failed: c.bad'],
    ['a failed test, whatever the command says', report(passed, failed), 0, 8, '1 of 2 tests failed: c.bad'],
    [
      'the command fails, and no test does',
      report(passed),
      3,
      8,
      'the command ended with exit code 3, although no test',
    ],
    ['no report', undefined, 0, 8, 'no test was executed: suite unit: it left no report out.xml'],
    [
      'no report, because the command broke',
      undefined,
      127,
      8,
      'exit code 127, and it left no report out.xml',
    ],
    ['no test in it', report(), 0, 8, 'no test was executed: suite unit: its report has no test'],
    [
      'all of them skipped',
      report(skipped, skipped),
      0,
      8,
      'no test was executed: suite unit: all its 2 tests were skipped',
    ],
    ['one of them skipped', report(passed, skipped), 0, 0, 'unit  1 passed, 1 skipped'],
    ['cut off', report(passed).slice(0, -20), 0, 8, 'its report out.xml is of no use: it is not whole XML'],
    ['empty', '', 0, 8, 'its report out.xml is of no use: it is empty'],
    ['a login page', '<html><body/></html>', 0, 8, 'its report out.xml is of no use: it has no <testsuites>'],
  ]
  it.each(rows)('%s', async (_name, xml, exit, expected, says) => {
    const harness = withTests(suiteOf(exit), xml === undefined ? {} : { 'report.xml': xml })
    const ran = await run(harness)
    expect([ran.exit, ran.stdout + ran.stderr]).toEqual([expected, expect.stringContaining(says)])
    expect(await harness.requests()).toEqual([])
  })

  it('does not count a report of an earlier run', async () => {
    const harness = withTests("  unit: { command: 'true', junit: 'out/*.xml' }\n", {
      'out/a.xml': report(passed),
    })
    utimesSync(join(harness.folder, 'out/a.xml'), new Date(), new Date())
    const ran = await run(harness)
    expect([ran.exit, ran.stderr]).toEqual([
      8,
      expect.stringContaining('the report out/*.xml is from an earlier run'),
    ])
  })

  it('collects all reports of a glob, and only the new ones', async () => {
    const command = 'cp report.xml out/one.xml; mkdir -p out/sub; cp report.xml out/sub/two.xml'
    const harness = withTests(`  unit: { command: '${command}', junit: 'out/**/*.xml' }\n`, {
      'report.xml': report(passed),
      'out/old.xml': report(failed),
    })
    const ran = await run(harness)
    expect([ran.exit, ran.stdout]).toEqual([0, expect.stringContaining('unit  2 passed')])
  })

  it('may write the report that BRICKRAIL_JUNIT names, and its output is seen', async () => {
    const command = 'echo from the suite; echo to stderr >&2; pwd; cp report.xml "$BRICKRAIL_JUNIT"'
    const harness = withTests(`  unit: { command: '${command}' }\n`, { 'report.xml': report(passed) })
    const ran = await run(harness)
    expect(ran.exit).toBe(0)
    for (const line of ['unit | from the suite', 'unit | to stderr', `unit | ${harness.folder}`])
      expect(ran.stderr).toContain(line)
    expect(readFileSync(join(harness.folder, 'brickrail-reports/test-unit.log'), 'utf8')).toContain(
      'from the suite',
    )
  })

  it('that takes too long is stopped, with what it has started', async () => {
    const harness = withTests(
      "  unit: { command: 'sleep 100 & sleep 100; true', junit: out.xml, timeout: 1 }\n",
    )
    const ran = await run(harness)
    expect([ran.exit, ran.stderr]).toEqual([8, expect.stringContaining('the command was stopped after 1 s')])
  })

  it('that leaves a program behind in a group of its own ends all the same', async () => {
    const away = `require("child_process").spawn("sleep",["20"],{detached:true,stdio:"inherit"}).unref()`
    const harness = withTests('  unit: { command: "sh leave.sh", junit: out.xml }\n', {
      'report.xml': report(passed),
      'leave.sh': `'${process.execPath}' -e '${away}'; cp report.xml out.xml\n`,
    })
    const begun = Date.now()
    expect((await run(harness)).exit).toBe(0)
    expect(Date.now() - begun).toBeLessThan(15_000)
  })

  it('shows no credentials of this machine: not in its output, the log, or the report', async () => {
    const secret = 'dose-0123456789abcdef'
    const command =
      'echo "it is $DATABRICKS_TOKEN"; sed "s/trace of it/$DATABRICKS_TOKEN/" report.xml > out.xml; exit 1'
    const harness = withTests(`  unit: { command: '${command}', junit: out.xml }\n`, {
      'report.xml': report(failed),
    })
    const env = { PATH: process.env['PATH'], BRICKRAIL_REPORTS: 'reports', DATABRICKS_TOKEN: secret }
    const ran = await harness.run('test', ['--local', '-o', 'json'], { env })
    const written = ['test.junit.xml', 'test-unit.log'].map((name) =>
      readFileSync(join(harness.folder, 'reports', name), 'utf8'),
    )
    expect(ran.exit).toBe(8)
    expect([ran.stdout, ran.stderr, ...written].join('\n')).not.toContain(secret)
    expect(written).toEqual([expect.stringContaining('***'), 'it is ***\n'])
  })

  it('ends with this process', async () => {
    const harness = withTests("  unit: { command: 'sleep 100', junit: out.xml }\n")
    const stop = new AbortController()
    setTimeout(() => stop.abort(new Fail('INTERRUPTED', { signal: 'SIGTERM', what: 'all has ended' })), 300)
    const env = { PATH: process.env['PATH'] }
    const ran = await harness.run('test', ['--local'], { env, stop: stop.signal })
    expect([ran.exit, ran.stderr]).toEqual([4, expect.stringContaining('stopped by SIGTERM')])
  })
})

describe('suites', () => {
  const two = [
    "  one: { command: 'cp bad.xml a.xml; exit 1', junit: a.xml }\n",
    "  two: { command: 'cp good.xml b.xml', junit: b.xml }\n",
  ].join('')
  const files = { 'bad.xml': report(failed), 'good.xml': report(passed) }

  it('are all run, and merged into one report', async () => {
    const ran = await run(withTests(two, files))
    expect([ran.exit, ran.stdout]).toEqual([8, expect.stringContaining('two  1 passed')])
    expect(ran.stdout).toContain('failed: c.bad: 1 is not 2')
    const suites = readJunit(ran.junit).slice(1)
    expect(suites.map(({ name }) => name)).toEqual(['one: s', 'two: s'])
    expect(casesOf(suites).map(({ name, text }) => `${name} ${text}`)).toEqual(['bad trace of it', 'good '])
  })

  it('that are red are all named at the end, with where the rest is', async () => {
    const harness = withTests(`${two}  three: { command: 'cp none.xml c.xml', junit: c.xml }\n`, {
      ...files,
      'none.xml': report(),
    })
    const ran = await run(harness)
    expect(ran.stderr).toContain(
      'error: suite one: 1 of 1 tests failed: c.bad; suite three: its report has no test\n',
    )
    expect(ran.stderr).toMatch(/✗ suite three .*: its report has no test\n/)
    expect(ran.stderr).toContain('all of them are in the JUnit report')
    const bare = await harness.run('test', ['--local'], { env: { PATH: process.env['PATH'] } })
    expect(bare.stderr).toContain('with BRICKRAIL_REPORTS=<folder> they are kept as a JUnit report')
  })

  it('may be chosen by name; the JSON document has the failures', async () => {
    const ran = await run(withTests(two, files), ['two', '-o', 'json'])
    expect(JSON.parse(ran.stdout)).toMatchObject({
      ok: true,
      result: { tests: 1, executed: 1, failed: 0, outputs: { tests: 1, failed_tests: 0, flaky_tests: 0 } },
    })
    const bad = await run(withTests(two, files), ['one', 'two', '-o', 'json'])
    expect(JSON.parse(bad.stdout)).toMatchObject({
      exit: 8,
      failure: { code: 'TESTS_FAILED' },
      result: {
        suites: [
          { suite: 'one', ok: false, failures: [{ test: 'c.bad', message: '1 is not 2' }] },
          { ok: true },
        ],
      },
    })
  })

  it.each<[string, string, string[], number, string]>([
    ['a name that is not there', two, ['twoo'], 2, 'there is no suite «twoo»: did you mean «two»?'],
    ['none of this kind', two, ['--remote'], 8, 'declares no suite that runs on a cluster'],
    ['none at all', '  {}\n', ['--local'], 8, 'declares no suite that runs on this machine'],
  ])('%s', async (_name, tests, args, exit, says) => {
    const ran = await run(withTests(tests, files), args)
    expect([ran.exit, ran.stderr.replace('\n  what to do: ', ': ')]).toEqual([
      exit,
      expect.stringContaining(says),
    ])
  })
})

describe('retries', () => {
  /** Fails as often as the file `left` has lines. */
  const flaky = (retries: number, left: number): Harness => {
    const command = 'if [ -s left ]; then sed -i 1d left; cp bad.xml out.xml; exit 1; fi; cp good.xml out.xml'
    return withTests(`  unit: { command: '${command}', junit: out.xml, retries: ${retries} }\n`, {
      left: 'x\n'.repeat(left),
      'bad.xml': report(passed, failed),
      'good.xml': report(passed, '<testcase classname="c" name="bad"/>'),
    })
  }

  it.each([
    [0, 1, 8, '1 of 2 tests failed'],
    [1, 1, 0, 'flaky: c.bad passed at attempt 2; before: 1 is not 2'],
    [2, 2, 0, 'flaky: c.bad passed at attempt 3'],
    [2, 3, 8, '1 of 2 tests failed'],
  ])('%i, of a test that fails %i times: exit %i', async (retries, left, exit, says) => {
    const ran = await run(flaky(retries, left))
    expect([ran.exit, ran.stdout]).toEqual([exit, expect.stringContaining(says)])
    expect(ran.junit.includes('<property name="flaky" value="true"/>')).toBe(exit === 0)
  })

  it('are not for a suite that tests nothing', async () => {
    const command = 'echo again >> count; cp empty.xml out.xml'
    const harness = withTests(`  unit: { command: '${command}', junit: out.xml, retries: 3 }\n`, {
      'empty.xml': report(),
    })
    expect((await run(harness)).exit).toBe(8)
    expect(readFileSync(join(harness.folder, 'count'), 'utf8')).toBe('again\n')
  })
})

it('the folder of reports need not be there', async () => {
  const harness = withTests(suiteOf(0), { 'report.xml': report(passed) })
  mkdirSync(join(harness.folder, 'elsewhere'))
  const ran = await harness.run('test', ['--local'], { env: { PATH: process.env['PATH'] } })
  expect([ran.exit, existsSync(join(harness.folder, 'brickrail-reports'))]).toEqual([0, false])
})
