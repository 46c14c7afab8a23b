import { describe, expect, it } from 'vitest'
import { checks } from '../../src/gate/checks.ts'
import { judgeSample } from './sample.ts'
import { scenarios, type Scenario } from './scenarios.ts'

const pair = ({ check, code }: { check: string; code: string }): string => `${check} ${code}`

/** `metrics.r2.min` is a result of `metrics.<name>.min`. */
const isOf = (result: string, name: string): boolean => {
  const pattern = name.replaceAll('.', '\\.').replaceAll(/<\w+>/g, '.+')
  return new RegExp(`^${pattern}$`).test(result)
}

const refusals = ({ change }: Scenario, among = checks): { check: string; code: string }[] =>
  judgeSample(change, among).checks.flatMap(({ check, status, code = '' }) =>
    status === 'failed' || status === 'waiting' ? [{ check, code }] : [],
  )

describe('remove any single check from the gate, and something passes that must not', () => {
  it.each(scenarios.filter(({ together }) => !together))('$check $code', (scenario) => {
    const found = refusals(scenario)
    expect(found.length).toBeGreaterThan(0)
    for (const { check, code } of found) {
      expect(isOf(check, scenario.check)).toBe(true)
      expect(code).toBe(scenario.code)
    }
    const [whole, mutant] = [
      judgeSample(scenario.change),
      judgeSample(
        scenario.change,
        checks.filter(({ name }) => name !== scenario.check),
      ),
    ]
    expect(whole.verdict).toBe(scenario.code === 'APPROVAL_MISSING' ? 'waiting' : 'failed')
    expect(whole.allows).toBe(false)
    expect(mutant).toMatchObject({ verdict: 'passed', allows: true })
  })

  it.each(scenarios.filter(({ together }) => together))('$check $code, by itself', (scenario) => {
    const [itself] = [checks.filter(({ name }) => name === scenario.check)]
    expect(refusals(scenario, itself).map(({ code }) => code)).toContain(scenario.code)
    expect(judgeSample(scenario.change, itself).allows).toBe(false)
  })

  it('for every check, and for every reason that it may give', () => {
    const declared = checks.flatMap(({ name, codes }) => codes.map((code) => pair({ check: name, code })))
    expect(new Set(scenarios.map(pair))).toEqual(new Set(declared))
    const flipped = new Set(scenarios.filter(({ together }) => !together).map(({ check }) => check))
    expect(checks.map(({ name }) => name).filter((name) => !flipped.has(name))).toEqual([])
  })

  it('has names and codes once', () => {
    const names = checks.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    for (const { codes } of checks) expect(new Set(codes).size).toBe(codes.length)
  })
})
