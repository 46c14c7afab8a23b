import { expect, it } from 'vitest'
import { checks } from '../../src/gate/checks.ts'
import { judge } from '../../src/gate/judge.ts'
import { judgeSample, sampleOf } from './sample.ts'

it('asks every check of the sample, and all pass', () => {
  const verdict = judgeSample()
  expect(verdict.checks.filter(({ status }) => status !== 'passed')).toEqual([])
  expect(verdict).toMatchObject({ verdict: 'passed', allows: true, mode: 'enforce' })
  expect(verdict).not.toHaveProperty('why')
  const silent = checks.filter((check) => check.ask(sampleOf()).length === 0).map(({ name }) => name)
  expect(silent).toEqual(['champion.first-release'])
})

it('is pure: it changes nothing that it was given, and says the same again', () => {
  const [given, again] = [sampleOf(), sampleOf()]
  const first = judge(given.policy, given.evidence, given.moment)
  expect(given).toEqual(again)
  expect(judge(given.policy, given.evidence, given.moment)).toEqual(first)
})
