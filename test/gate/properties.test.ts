import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import type { GateCheck } from '../../src/gate/check.ts'
import { checks } from '../../src/gate/checks.ts'
import { judgeWith } from '../../src/gate/judge.ts'
import type { CheckStatus } from '../../src/plan/state-evidence.ts'
import { sampleOf, type Sample } from './sample.ts'
import { scenarios } from './scenarios.ts'

const failing: GateCheck = {
  name: 'never',
  codes: ['NO'],
  ask: () => [{ check: 'never', status: 'failed', code: 'NO', why: 'no', found: '', wanted: '' }],
}

const judge = (list: readonly GateCheck[], { policy, evidence, moment }: Sample) =>
  judgeWith(list)(policy, evidence, moment)

const some = fc.subarray([...checks])
/** Fine, or spoilt in one way. */
const sample = fc
  .option(fc.constantFrom(...scenarios), { nil: undefined })
  .map((one) => sampleOf(one?.change))
const runs = { numRuns: 200 }
const severity = { passed: 0, waiting: 1, failed: 2 }

it('one more check never turns a verdict green', () => {
  fc.assert(
    fc.property(some, some, sample, (few, more, asked) => {
      const all = checks.filter((check) => few.includes(check) || more.includes(check))
      const [before, after] = [judge(few, asked), judge(all, asked)]
      expect(severity[after.verdict]).toBeGreaterThanOrEqual(severity[before.verdict])
      expect(after.allows && !before.allows).toBe(false)
    }),
    runs,
  )
})

it('one failing check among any others refuses', () => {
  fc.assert(
    fc.property(some, sample, fc.nat(), (list, asked, at) => {
      const with_ = list.toSpliced(at % (list.length + 1), 0, { ...failing, rollback: true })
      expect(judge(with_, asked)).toMatchObject({ verdict: 'failed', allows: false })
    }),
    runs,
  )
})

it('is passed only if every check is, or is skipped', () => {
  const good: CheckStatus[] = ['passed', 'skipped']
  fc.assert(
    fc.property(sample, (asked) => {
      const found = judge(checks, asked)
      expect(found.verdict === 'passed').toBe(found.checks.every(({ status }) => good.includes(status)))
      expect(found.allows).toBe(found.verdict === 'passed')
    }),
    runs,
  )
})

it('never says that it passed for NaN, wherever a number stands in the evidence', () => {
  const spoilt = sampleOf().evidence
  const paths: (string | number)[][] = []
  const visit = (value: unknown, path: (string | number)[]): void => {
    if (typeof value === 'number') paths.push(path)
    else if (typeof value === 'object' && value !== null)
      for (const [key, part] of Object.entries(value)) visit(part, [...path, key])
  }
  visit(spoilt, [])
  // Not judged: the form of the evidence, what was logged beside an evaluation, slices too small, what no rule compares.
  const free = /^(version|logged\..*|.*\.south\.metrics\.rmse|evaluation\.champion\.metrics\.(r2|rmse))$/
  const asked = paths.filter((path) => !free.test(path.join('.')))
  expect(asked.length).toBeGreaterThan(20)
  for (const path of asked) {
    const found = sampleOf((s) => {
      let at: unknown = s.evidence
      for (const key of path.slice(0, -1)) at = Object(at)[key]
      Object(at)[path.at(-1) ?? ''] = Number.NaN
    })
    expect([path.join('.'), judge(checks, found).verdict]).toEqual([path.join('.'), 'failed'])
  }
})
