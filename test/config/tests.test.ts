import { describe, expect, it } from 'vitest'
import { loadTests, testsSomewhere } from '../../src/config/tests.ts'
import { get } from '../../src/config/located.ts'
import { parseText } from '../../src/config/parse.ts'
import type { Fault } from '../../src/errors.ts'
import { repository } from '../support/harness.ts'

const parse = (yaml: string) => {
  const { node } = parseText(yaml, 'brickrail.yml')
  if (!node) throw new Error('no YAML')
  return node
}

const load = async (suite: string) => {
  const faults: Fault[] = []
  const known = { clusters: ['Main', 'Other'], sourceDir: `${repository}src`, root: repository }
  const section = get(parse(`tests:\n  unit: ${suite}\n`), 'tests')
  return { suites: await loadTests({ faults }, section, known), faults }
}

describe('a suite', () => {
  const good: [string, object][] = [
    [
      '{ command: make test, junit: out/*.xml }',
      { kind: 'command', command: 'make test', junit: 'out/*.xml' },
    ],
    ['{ command: "make R=$BRICKRAIL_JUNIT" }', { kind: 'command', command: 'make R=$BRICKRAIL_JUNIT' }],
    [
      '{ python: test/cli, retries: 2, timeout: 60 }',
      { kind: 'python', folder: 'test/cli', retries: 2, timeout: 60 },
    ],
    ['{ cluster: Main, path: ./config/ }', { kind: 'cluster', cluster: 'Main', path: 'config' }],
    ['{ cluster: Main }', { kind: 'cluster', cluster: 'Main', path: '' }],
  ]
  it.each(good)('%s', async (suite, expected) => {
    const { suites, faults } = await load(suite)
    expect(faults).toEqual([])
    expect(suites).toEqual([{ name: 'unit', retries: 0, timeout: 1800, ...expected }])
  })

  const bad: [string, string, string][] = [
    ['{ retries: 1 }', 'one-way-to-run', 'none of command, python, cluster'],
    ['{ command: a, junit: b, cluster: Main }', 'one-way-to-run', 'command and cluster'],
    ['{ command: a }', 'suite-without-report', 'nobody knows where the suite unit leaves its JUnit report'],
    ['{ command: " ", junit: a }', 'empty-command', 'empty'],
    ['{ python: nowhere }', 'file-not-found', 'nowhere'],
    ['{ cluster: Mian }', 'unknown-cluster', 'there is no cluster «Mian»'],
    ['{ cluster: Main, path: nowhere }', 'file-not-found', 'nowhere'],
    ['{ cluster: Main, junit: a.xml }', 'useless-key', '«junit» means nothing'],
    ['{ command: a, junit: b, path: c }', 'useless-key', '«path» means nothing'],
    ['{ cluster: Main, retries: 6 }', 'bad-number', 'retries is 6'],
    ['{ cluster: Main, retries: 1.5 }', 'bad-number', 'retries is 1.5'],
    ['{ cluster: Main, timeout: 0 }', 'bad-number', 'timeout is 0'],
  ]
  it.each(bad)('%s: %s', async (suite, rule, says) => {
    const { faults } = await load(suite)
    expect(faults.map((fault) => [fault.rule, fault.line, fault.message])).toEqual([
      [rule, 2, expect.stringContaining(says)],
    ])
  })
})

it.each([
  ['name: a', false, false],
  ['tests: { a: { command: x, junit: y } }', true, false],
  ['tests: { a: { cluster: Main } }', false, true],
  ['targets: { dev: { tests: { a: { cluster: Main }, b: { python: x } } } }', true, true],
  ['targets: { dev: { tests: { a: null } }, prod: null }', false, false],
])('%s: suites on the job itself %s, on a cluster %s', (yaml, local, remote) => {
  expect(testsSomewhere(parse(yaml))).toEqual({ local, remote })
})
