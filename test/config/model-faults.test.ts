import { describe, expect, test } from 'vitest'
import type { Fault } from '../../src/errors.ts'
import {
  approvalCases,
  brickrail,
  checkCases,
  evaluationCases,
  pathCases,
  policyPath,
  referenceCases,
  registryCases,
  remote,
  shapeCases,
  withPolicy,
} from './model-cases.ts'
import { faultsOf } from './project.ts'

const place = ({ line, column, rule }: Fault): string => `${line}:${column} ${rule}`
const faults = async (policy: string): Promise<Fault[]> => {
  const loaded = await withPolicy(policy)
  return loaded.ok ? [] : loaded.faults
}

describe.each([
  ['shape', shapeCases],
  ['registry', registryCases],
  ['references', referenceCases],
  ['path, freeze, retrain', pathCases],
  ['evaluation', evaluationCases],
  ['checks', checkCases],
  ['approvals', approvalCases],
])('faults of a policy: %s', (_name, cases) => {
  test.each(cases)('%s: %s', async (policy, at, says) => {
    const found = await faults(policy)
    expect(found.map(place)).toEqual([at])
    expect(found.map(({ message, hint }) => `${message} ${hint ?? ''}`).join()).toContain(says)
    expect(found[0]?.file).toBe(policyPath)
    expect(found[0]?.hint ?? 'wrong-type').not.toBe('')
  })
})

test('all faults at once, in their order', async () => {
  const found = await faults(
    [
      'mode: enfroce',
      'path: [production]',
      'train: { job: trian }',
      'checks:',
      '  metrics: [{ name: r2, min: 3, max: 1 }]',
      '  tests: { junit: [nope] }',
      'freeze: [{ cron: never, hours: 1 }]',
    ].join('\n'),
  )
  expect(found.map(place)).toEqual([
    '1:7 unknown-value',
    '2:7 path-has-staging',
    '3:15 unknown-job',
    '5:25 min-below-max',
    '6:20 unknown-suite',
    '7:18 cron-of-five-fields',
  ])
})

test('a registry that is nowhere: an MLflow server is named, unless it is the embedded one', async () => {
  expect(faultsOf(await withPolicy('registry: mlflow'))).toEqual([])
  expect(faultsOf(await withPolicy('registry: mlflow', remote))).toEqual([
    `${policyPath}:1:11 registry-needs-uri: where is the MLflow server? The target has a host, so it is not the embedded one`,
  ])
})

test('a file that is not there', async () => {
  expect(faultsOf(await withPolicy(undefined))).toEqual([
    'pipelines/brickrail.yml:8:18 file-not-found: there is no file pipelines/models/price.yml',
  ])
})

test('two policies of one model', async () => {
  const yml = brickrail.replace(/models: .*/, 'models: { price: models/price.yml, again: models/again.yml }')
  const files = { 'pipelines/brickrail.yml': yml, 'pipelines/models/again.yml': 'model: price' }
  expect(faultsOf(await withPolicy('mode: enforce', files))).toEqual([
    'pipelines/models/again.yml:1:8 one-policy-per-model: the models price and again are both «price» in the same registry',
  ])
})

test('a token is the name of a variable; its value is never shown', async () => {
  const secret = `dapi${'0'.repeat(32)}`
  const [fault, ...others] = await faults(`registry: { kind: mlflow, token: ${secret} }`)
  expect([fault?.rule, others]).toEqual(['no-secret-in-files', []])
  expect(JSON.stringify(fault)).not.toContain(secret)
  expect(await faults('registry: { kind: mlflow, token: MLFLOW_TRACKING_TOKEN }')).toEqual([])
})
