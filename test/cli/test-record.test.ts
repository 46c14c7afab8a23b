import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { testReportPath } from '../../src/ledger/model-places.ts'
import { readRecorded } from '../../src/report/junit-recorded.ts'
import { casesOf } from '../../src/report/tests.ts'
import { inCi, writes, type Harness } from '../support/harness.ts'
import { open, sound } from './project.ts'

const commit = '0'.repeat(40)
const passed = '<testcase classname="c" name="good"/>'
const failed = '<testcase classname="c" name="bad"><failure message="1 is not 2">trace</failure></testcase>'
const report = (...cases: string[]): string =>
  `<testsuites><testsuite name="s">${cases.join('')}</testsuite></testsuites>`

const suite = (name: string, exit = 0): string =>
  `  ${name}: { command: 'cp ${name}.xml ${name}.out; exit ${exit}', junit: ${name}.out }\n`

/** A project whose suites leave these reports. */
const withSuites = (
  tests: string,
  reports: Readonly<Record<string, string>> = { 'unit.xml': report(passed) },
): Harness =>
  open({ 'pipelines/brickrail.yml': `${sound['pipelines/brickrail.yml']}tests:\n${tests}`, ...reports })

const record = async (harness: Harness, env: Record<string, string | undefined> = {}, args: string[] = []) =>
  await harness.run('test', ['--record', ...args], {
    env: { ...inCi(harness), PATH: process.env['PATH'], ...env },
  })

const kept = async (harness: Harness, name: string, of = commit): Promise<string | undefined> => {
  const path = testReportPath({ project: 'sample', target: 'dev' }, of, name)
  const query = new URLSearchParams({ path, direct_download: 'true', format: 'AUTO' })
  const response = await harness.emulator.fetch(
    `http://workspace.test/api/2.0/workspace/export?${query.toString()}`,
    {
      headers: { authorization: `Bearer ${harness.emulator.token}` },
    },
  )
  return response.ok ? await response.text() : undefined
}

const summary = (xml: string | undefined) => {
  if (xml === undefined) return undefined
  const { commit: of, suites } = readRecorded(xml)
  return { of, cases: casesOf(suites).map(({ name, status, message }) => [name, status, message]) }
}

describe('results of tests that are kept for a commit', () => {
  it('are those of each suite, green or red', async () => {
    const harness = withSuites(`${suite('unit')}${suite('data')}`, {
      'unit.xml': report(passed),
      'data.xml': report(passed, failed),
    })
    const ran = await record(harness)
    expect([ran.exit, ran.stderr]).toEqual([
      8,
      expect.stringContaining('suite unit are kept for commit 00000000'),
    ])
    expect(summary(await kept(harness, 'unit'))).toEqual({ of: commit, cases: [['good', 'passed', '']] })
    expect(summary(await kept(harness, 'data'))).toEqual({
      of: commit,
      cases: [
        ['good', 'passed', ''],
        ['bad', 'failed', '1 is not 2'],
      ],
    })
  })

  it('are red when the suite is, although no test of it failed', async () => {
    const harness = withSuites(suite('unit', 3))
    expect((await record(harness)).exit).toBe(8)
    const [, whole] = summary(await kept(harness, 'unit'))?.cases ?? []
    expect(whole).toEqual(['the suite as a whole', 'error', expect.stringContaining('exit code 3')])
  })

  it('are kept of a suite without tests, which proves nothing', async () => {
    const harness = withSuites(suite('unit'), { 'unit.xml': report() })
    expect((await record(harness)).exit).toBe(8)
    expect(summary(await kept(harness, 'unit'))).toEqual({ of: commit, cases: [] })
  })

  it('take the place of earlier ones of the same commit, and of no other', async () => {
    const harness = withSuites(suite('unit'))
    await record(harness)
    await record(harness, { CI_COMMIT_SHA: '1'.repeat(40) })
    harness.write('unit.xml', report(passed, failed))
    await record(harness)
    expect(summary(await kept(harness, 'unit'))?.cases).toHaveLength(2)
    expect(summary(await kept(harness, 'unit', '1'.repeat(40)))?.cases).toHaveLength(1)
  })

  it('hold no secret', async () => {
    const secret = 'hunter2hunter2'
    const harness = withSuites(suite('unit'), { 'unit.xml': report(failed.replace('trace', `a ${secret}`)) })
    await record(harness, { DB_PASSWORD: secret })
    expect(await kept(harness, 'unit')).not.toContain(secret)
  })

  it('are not kept unless asked for', async () => {
    const harness = withSuites(suite('unit'))
    const env = { ...inCi(harness), PATH: process.env['PATH'] }
    expect((await harness.run('test', [], { env })).exit).toBe(0)
    expect(await harness.requests()).toEqual([])
  })
})

const local = { GITLAB_CI: undefined, CI_COMMIT_SHA: undefined }
const git = (folder: string, ...args: string[]): string =>
  execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], {
    cwd: folder,
    encoding: 'utf8',
  }).trim()
const committed = (harness: Harness): string => {
  git(harness.folder, 'init', '-q')
  harness.write('.gitignore', '*.out\n')
  git(harness.folder, 'add', '-A')
  git(harness.folder, 'commit', '-qm', 'all')
  return git(harness.folder, 'rev-parse', 'HEAD')
}

describe('results that are those of no commit', () => {
  const refused = (why: string) => [2, expect.stringContaining(why), []]
  const told = async (harness: Harness, env: Record<string, string | undefined>) => {
    const { exit, stderr } = await record(harness, env)
    return [exit, stderr, writes(await harness.requests())]
  }

  it('of no checkout', async () => {
    expect(await told(withSuites(suite('unit')), local)).toEqual(
      refused('this is no Git checkout with a commit'),
    )
  })

  it('of a checkout with changes; of a clean one they are kept', async () => {
    const harness = withSuites(suite('unit'))
    const head = committed(harness)
    harness.write('workspace/a.py', 'print(3)\n')
    expect(await told(harness, local)).toEqual(refused(`changes that are not in commit ${head.slice(0, 8)}`))
    git(harness.folder, 'checkout', '-q', '.')
    expect((await record(harness, local)).exit).toBe(0)
    expect(summary(await kept(harness, 'unit', head))?.of).toBe(head)
  })

  it('of another commit than the pipeline’s', async () => {
    const harness = withSuites(suite('unit'))
    const head = committed(harness)
    expect(await told(harness, {})).toEqual(refused(`the checkout is at ${head.slice(0, 8)}`))
  })

  it('of clusters where something else is deployed', async () => {
    const harness = withSuites('  data: { cluster: Main }\n', {})
    expect(await told(harness, {})).toEqual(
      refused('on the clusters something else is deployed than this commit'),
    )
  })
})

describe('a report that was kept', () => {
  const property = (value: string) => `<properties><property name="commit" value="${value}"/></properties>`
  const of = (...suites: string[]): string => `<testsuites>${suites.join('')}</testsuites>`
  it.each([
    ['no commit', report(passed), 'it does not say which commit it is of'],
    [
      'two commits',
      of(
        `<testsuite>${property('a')}${passed}</testsuite>`,
        `<testsuite>${property('b')}${passed}</testsuite>`,
      ),
      'it is of several commits',
    ],
    ['cut off', '<testsuites><testsuite>', 'it is not whole XML'],
  ])('%s', (_name, xml, why) => {
    expect(() => readRecorded(xml)).toThrow(why)
  })
})
