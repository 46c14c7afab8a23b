import { describe, expect, it } from 'vitest'
import type { DeployedPackage, DesiredPackage, RecordedPackage } from '../../src/plan/state-code.ts'
import type { Desired, Plan, Scope } from '../../src/plan/state.ts'
import { cluster, deployed, desired, plan } from './build.ts'

const pathOf = (version: string): string => `dbfs:/FileStore/wheels/tool-${version}-py3-none-any.whl`

const wheel = (version: string): DesiredPackage => ({
  key: 'tool',
  file: `tool-${version}-py3-none-any.whl`,
  path: pathOf(version),
  version,
  sources: version,
})

const recorded = (version: string, more: Partial<RecordedPackage> = {}): RecordedPackage => ({
  path: pathOf(version),
  version,
  sources: version,
  sha256: 'x',
  size: 9,
  in: 1,
  ...more,
})

const all: Scope = ['package', 'cluster', 'libraries', 'files', 'app', 'job']

interface Given {
  wanted?: string
  there?: Partial<DeployedPackage>
  before?: RecordedPackage
  more?: Partial<Desired>
  scope?: Scope
}

const planned = ({ wanted, there = {}, before, more = {}, scope = all }: Given): Plan =>
  plan(
    desired({ ...(wanted === undefined ? {} : { packages: [wheel(wanted)] }), ...more }),
    deployed({
      packages: [{ key: 'tool', ...there }],
      ledger: { number: 1, unsettled: [], state: before ? { packages: { tool: before } } : {} },
    }),
    scope,
  )

const stepsOf = (given: Given): string[] =>
  planned(given).steps.map((step) => {
    if (step.do === 'package.upload') return `upload ${step.package.version}`
    if (step.do !== 'package.delete') return step.do
    return `delete ${step.paths.map((path) => /tool-(.*)-py3/.exec(path)?.[1]).join(' ')}`
  })

describe('packages', () => {
  it.each<[string, Given, string[]]>([
    ['a first one', { wanted: '1' }, ['upload 1']],
    ['there and recorded', { wanted: '1', there: { size: 9 }, before: recorded('1') }, []],
    ['removed by hand', { wanted: '1', before: recorded('1') }, ['upload 1']],
    ['another size', { wanted: '1', there: { size: 8 }, before: recorded('1') }, ['upload 1']],
    ['there, but nobody recorded it', { wanted: '1', there: { size: 9 } }, ['upload 1']],
    ['a new version', { wanted: '2', before: recorded('1') }, ['upload 2']],
  ])('%s', (_, given, steps) => {
    expect(stepsOf(given)).toEqual(steps)
  })

  const old = ['5', '4', '3', '2', '1'].map(pathOf)
  const many: Given = { wanted: '6', there: { size: 9, old }, before: recorded('6') }

  it('keeps the newest five wheels', () => {
    expect(stepsOf(many)).toEqual(['delete 1'])
  })

  it('keeps an older one that a cluster or a job names', () => {
    const clusters = [cluster({ libraries: [{ whl: pathOf('1') }] })]
    expect(stepsOf({ ...many, more: { clusters } }).filter((step) => step.startsWith('delete'))).toEqual([])
    const settings = { name: 'j', tasks: [{ task_key: 't', libraries: [{ whl: pathOf('1') }] }] }
    const jobs = [{ key: 'j', settings, adopt: false }]
    const named = planned({ ...many, more: { jobs } })
    expect(named.steps.filter((step) => step.do === 'package.delete')).toEqual([])
    expect(named.packages?.[0]?.notes).toEqual([expect.stringContaining('1 older wheel(s) stay')])
  })

  it('deletes none where clusters and jobs are not in scope', () => {
    expect(stepsOf({ ...many, scope: ['package'] })).toEqual([])
    expect(stepsOf({ there: { old }, before: recorded('5'), scope: ['package', 'app', 'job'] })).toEqual([])
  })

  it('deletes all when it is no longer declared', () => {
    expect(stepsOf({ there: { old }, before: recorded('5') })).toEqual(['delete 5 4 3 2 1'])
  })
})
