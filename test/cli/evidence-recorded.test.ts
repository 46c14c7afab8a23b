import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { isWorse } from '../../src/cli/model/evidence-whole.ts'
import { suiteEvidence } from '../../src/cli/model/tests.ts'
import { evidencePath } from '../../src/ledger/model-places.ts'
import { keepTestReport } from '../../src/ledger/test-reports.ts'
import type { Evidence } from '../../src/plan/state-evidence.ts'
import { key, place } from '../safety/model-stage.ts'
import { choosing, commit, openTraining, type Training } from './evaluate-stage.ts'

const junit = (of: string, ...cases: string[]): string =>
  `<testsuites><testsuite name="unit"><properties><property name="commit" value="${of}"/></properties>${cases.join('')}</testsuite></testsuites>`

describe('recorded tests', () => {
  const passed = '<testcase name="a"/>'
  it('are counted', () => {
    const failed = '<testcase name="b"><failure message="no"/></testcase>'
    const skipped = '<testcase name="c"><skipped/></testcase>'
    const found = suiteEvidence('unit', junit(commit, passed, failed, skipped))
    expect(found).toMatchObject({ suite: 'unit', commit, tests: 3, passed: 1, failed: 1, skipped: 1 })
  })
  it.each([
    ['without a commit', junit('', passed)],
    ['of two commits', `<testsuites>${junit('a', passed)}${junit('b', passed)}</testsuites>`],
    ['cut off', junit(commit, passed).slice(0, -5)],
  ])('%s prove nothing', (_name, xml) => {
    expect(() => suiteEvidence('unit', xml)).toThrow(/it/)
  })
})

describe('a suite that is recorded again', () => {
  const then = { suite: 'unit', commit, digest: 'd', tests: 12, passed: 10, failed: 0, skipped: 2 }
  it.each([
    ['equal', {}, false],
    ['equal, by another report', { digest: 'e' }, false],
    ['one failed', { passed: 9, failed: 1 }, true],
    ['one failed beside them', { tests: 13, failed: 1 }, true],
    ['fewer passed', { tests: 11, passed: 9 }, true],
    ['one more skipped', { tests: 13, skipped: 3 }, true],
    ['no test', { tests: 0, passed: 0, skipped: 0 }, true],
    ['more passed', { tests: 13, passed: 11 }, false],
    ['fewer skipped', { tests: 11, skipped: 1 }, false],
    ['of another commit', { commit: '0'.repeat(40) }, true],
  ])('%s', (_name, over, expected) => {
    expect(isWorse({ ...then, ...over }, then)).toBe(expected)
  })
  it('is not worse with fewer failures, whatever has passed', () => {
    expect(isWorse({ ...then, passed: 1 }, { ...then, failed: 1 })).toBe(false)
  })
})

const ci = { GITLAB_CI: 'true', CI_COMMIT_SHA: commit, CI_PIPELINE_URL: 'https://gitlab.test/p/1' }

/** The policy asks for the suite `unit`, of which nothing is recorded yet. */
const tested = async (): Promise<Training> => {
  const open = await openTraining('workspace', choosing())
  const { harness } = open
  const spec = readFileSync(join(harness.folder, 'pipelines/brickrail.yml'), 'utf8')
  harness.write('pipelines/brickrail.yml', `${spec}tests: { unit: { command: 'true $BRICKRAIL_JUNIT' } }\n`)
  const policy = readFileSync(join(harness.folder, 'pipelines/models/prices.yml'), 'utf8')
  const asking = policy.replace('checks: {', 'checks: { tests: { junit: [unit] },')
  harness.write('pipelines/models/prices.yml', asking)
  await open.trained()
  return open
}

const green = '<testcase name="a"/>'
const red = '<testcase name="r"><failure message="no"/></testcase>'

const record = async ({ stage }: Training, cases: string): Promise<void> =>
  await keepTestReport(stage.client, { place, commit, suite: 'unit' }, junit(commit, cases))

/** Digest of the evidence that the version names. */
const named = async ({ stage }: Training): Promise<string> =>
  (await stage.registry.version(stage.name, '1'))?.tags['brickrail_evidence'] ?? ''

const stored = async ({ stage }: Training, digest: string): Promise<Evidence> => {
  const bytes = await stage.client.workspace.read(evidencePath(place, key, digest))
  return JSON.parse(Buffer.from(bytes ?? []).toString('utf8')) as Evidence
}

describe('a bundle', () => {
  it('is completed with the tests that came later, and only once', async () => {
    const open = await tested()
    const { stage } = open
    const first = await open.asks('evaluate', [], ci)
    expect(first.data.result?.outputs['verdict']).toBe('waiting')
    const refused = await open.asks('promote', ['--to', 'staging'], ci)
    expect([refused.exit, refused.data.failure?.message]).toEqual([8, expect.stringMatching(/tests\.unit/)])
    await record(open, green)
    expect((await open.asks('promote', ['--to', 'staging'], ci)).exit).toBe(0)
    const digest = await named(open)
    expect(digest).not.toBe(first.data.result?.models[0]?.['evidence'])
    expect((await stored(open, digest)).tests).toMatchObject([{ suite: 'unit', commit, passed: 1 }])
    await open.asks('promote', ['--to', 'production'], ci)
    expect((await stage.registry.version(stage.name, '1'))?.tags['brickrail_evidence']).toBe(digest)
  })

  it('takes what came out worse when it was recorded again, and keeps it until the next evaluation', async () => {
    const open = await tested()
    await record(open, green)
    await open.asks('evaluate', [], ci)
    const first = await named(open)
    await record(open, green + red)
    const plan = await open.asks('promote', ['--to', 'staging', '--plan'], ci)
    expect([plan.data.verdicts?.[0]?.verdict, await named(open)]).toEqual(['failed', first])
    const refused = await open.asks('promote', ['--to', 'staging'], ci)
    expect([refused.exit, refused.data.failure?.message]).toEqual([8, expect.stringMatching(/tests\.unit/)])
    const second = await named(open)
    expect(second).not.toBe(first)
    expect((await stored(open, second)).tests).toMatchObject([{ suite: 'unit', passed: 1, failed: 1 }])
    await record(open, green)
    expect((await open.asks('promote', ['--to', 'staging'], ci)).exit).toBe(8)
    expect(await named(open)).toBe(second)
    await open.asks('evaluate', [], ci)
    expect((await open.asks('promote', ['--to', 'staging'], ci)).exit).toBe(0)
  })

  it.each([
    ['as good', green.replace('"a"', '"b"')],
    ['better', green + green],
  ])('is left as it is when a suite is recorded again, and is %s', async (_name, cases) => {
    const open = await tested()
    await record(open, green)
    await open.asks('evaluate', [], ci)
    const first = await named(open)
    await record(open, cases)
    expect((await open.asks('promote', ['--to', 'staging'], ci)).exit).toBe(0)
    expect(await named(open)).toBe(first)
  })
})
