import { expect, it } from 'vitest'
import { withRejection } from '../../src/cli/model/promote-judge.ts'
import type { Evidence } from '../../src/plan/state-evidence.ts'
import { ada, withPeople } from './approve-stage.ts'
import { recordOf } from './promotion-record.ts'

interface Shown {
  result: { outputs: Record<string, string> }
  verdicts: { checks: { check: string; code?: string }[] }[]
}

const unasked = 'required: 0, from: [], distinct_from: []'
const args = ['--to', 'staging', '--version', '1']

it('closes open requests, keeps who and why, and promote refuses until the version is evaluated anew', async () => {
  const { as, stage, harness } = await withPeople('workspace', 'transition_request')
  await stage.version(0.9)
  expect((await as(ada, 'approve', args)).exit).toBe(0)
  const rejected = await as('admin', 'reject', [...args, '--reason', 'the data is wrong', '-o', 'json'])
  expect(JSON.parse(rejected.stdout)).toMatchObject({
    result: { outcome: 'rejected', requests: 1, record: 1, reason: 'the data is wrong' },
  })
  expect(await stage.registry.requests?.list(stage.name, '1')).toEqual([])
  const refused = await as('admin', 'promote', args)
  expect([refused.exit, refused.stderr]).toEqual([8, expect.stringMatching(/somebody has said no/)])
  await harness.forget()
  const again = await as('admin', 'reject', [...args, '--reason', 'the data is wrong'])
  expect(again.exit).toBe(0)
  expect((await stage.registry.version(stage.name, '1'))?.tags['brickrail_verdict']).toBe('rejected')
  const told = await as('admin', 'history', ['--model', 'prices', '-o', 'json'])
  expect(told.stdout).toContain('the data is wrong')
})

it('holds though somebody takes the tag away; evidence that is made later has an answer of its own', async () => {
  const { as, stage } = await withPeople('workspace', 'transition_request', unasked)
  await stage.version(0.9)
  await as('admin', 'reject', [...args, '--reason', 'no'])
  await stage.registry.setVersionTag(stage.name, '1', 'brickrail_verdict', 'passed')
  const refused = await as('admin', 'promote', args)
  expect([refused.exit, refused.stderr]).toEqual([8, expect.stringMatching(/somebody has said no/)])
})

it.each([
  ['2026-11-01T11:00:00.000Z', 'e', 'rejected'],
  ['2026-11-01T13:00:00.000Z', 'e', 'passed'],
  ['2026-11-01T13:00:00.000Z', 'old', 'rejected'],
])('evidence of %s (%s), after a «no» at noon: %s', (at, digest, verdict) => {
  const version = { version: '1', status: 'READY', aliases: [], tags: { brickrail_verdict: 'passed' } }
  const no = { ...recordOf(1, { action: 'reject', evidence: 'old' }), status: 'rejected' as const }
  const bundle = { evidence: { at } as Evidence, digest }
  expect(withRejection(version, [no], bundle).tags['brickrail_verdict']).toBe(verdict)
  expect(withRejection({ ...version, version: '2' }, [no], bundle).tags['brickrail_verdict']).toBe('passed')
})

it.each([
  ['the tag', 'rejected'],
  ['the ledger alone', 'passed'],
])('shows as failed in what is stored, by %s, until the version is evaluated anew', async (_by, verdict) => {
  const { as, stage } = await withPeople('workspace', 'transition_request', unasked)
  await stage.version(0.9)
  const stored = async () => {
    const { exit, stdout } = await as('admin', 'evaluate', ['--stored', '-o', 'json'])
    const { result, verdicts } = JSON.parse(stdout) as Shown
    const codes = verdicts[0]?.checks.flatMap(({ check, code }) => (code ? [`${check} ${code}`] : []))
    return { exit, verdict: result.outputs['verdict'], codes }
  }
  const before = await stored()
  expect(before.codes).not.toContain('candidate.ready REJECTED')
  expect((await as('admin', 'reject', [...args, '--reason', 'no'])).exit).toBe(0)
  await stage.registry.setVersionTag(stage.name, '1', 'brickrail_verdict', verdict)
  expect(await stored()).toEqual({
    exit: 0,
    verdict: 'failed',
    codes: ['candidate.ready REJECTED', ...(before.codes ?? [])],
  })
  const anew = await as('admin', 'evaluate', ['--version', '1', '-o', 'json'])
  expect(anew.stdout).not.toContain('"REJECTED"')
  expect((await stage.registry.version(stage.name, '1'))?.tags['brickrail_verdict']).not.toBe('rejected')
  expect((await stored()).codes).not.toContain('candidate.ready REJECTED')
})

it('is nothing to do a second time', async () => {
  const { as, stage, harness } = await withPeople('workspace', 'transition_request', unasked)
  await stage.version(0.9)
  expect((await as('admin', 'reject', [...args, '--reason', 'no'])).exit).toBe(0)
  await harness.forget()
  const again = await as('admin', 'reject', [...args, '--reason', 'no'])
  expect(again.stdout).toMatch(/rejected already: nothing changed/)
  expect((await harness.requests()).filter(({ method }) => method !== 'GET')).toEqual([])
})

it('leaves what serves as it is', async () => {
  const { as, stage } = await withPeople('workspace', 'transition_request', unasked)
  await stage.version(0.9)
  expect((await as('admin', 'promote', args)).exit).toBe(0)
  const refused = await as('admin', 'reject', [...args, '--reason', 'no'])
  expect([refused.exit, refused.stderr]).toEqual([2, expect.stringMatching(/in staging already/)])
  expect((await stage.registry.places(stage.name)).holders.staging).toEqual(['1'])
})
