import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readEvaluation } from '../../src/cli/model/evaluator-result.ts'
import { evaluatorSource } from '../../src/cli/model/evaluator-source.ts'
import { measuredRule } from '../../src/cli/model/evaluator.ts'
import { Fail } from '../../src/errors.ts'
import { writes } from '../support/harness.ts'
import { choosing, commit, openTraining } from './evaluate-stage.ts'

const digest = 'a'.repeat(64)
const measured = {
  metrics: { rmse: 1.5, r2: 'NaN' },
  slices: {
    q: {
      Q1: { rows: 2, metrics: { rmse: 'Infinity' } },
      // Names that objects have of themselves.
      constructor: { rows: 1, metrics: { rmse: 1 } },
      prototype: { rows: 1, metrics: { rmse: 2 } },
    },
  },
}
const whole = {
  dataset: { digest, rows: 2, newest: '2026-11-20T00:00:00Z' },
  candidate: measured,
  champion: measured,
}

const why = (result: string | undefined, truncated = false): string => {
  try {
    readEvaluation({ model: 'prices', version: '3' }, result, truncated)
    return 'read'
  } catch (error) {
    if (!(error instanceof Fail)) throw error
    return `${error.code}: ${String(error.context['why'])}: ${error.hint}`
  }
}

describe('what the evaluator gives back', () => {
  const useless = /^EVALUATION_FAILED: what the run gave back is not what the evaluator writes/
  const bad = (over: object): string => JSON.stringify({ ...whole, ...over })
  const rows: [string, string | undefined, boolean, RegExp][] = [
    ['whole', JSON.stringify(whole), false, /^read$/],
    [
      'its own words',
      '{"error":"there is no dataset","hint":"make it"}',
      false,
      /^EVALUATION_FAILED: there is no dataset: make it$/,
    ],
    ['nothing', undefined, false, /^EVALUATION_FAILED: the run gave nothing back/],
    ['cut off', JSON.stringify(whole), true, /^EVALUATION_FAILED: its result is longer than/],
    ['half', JSON.stringify(whole).slice(0, -3), false, useless],
    ['a word', '"done"', false, useless],
    ['no digest', bad({ dataset: { digest: 'x', rows: 2 } }), false, useless],
    ['half a row', bad({ dataset: { digest, rows: 1.5 } }), false, useless],
    ['a time that is none', bad({ dataset: { digest, rows: 2, newest: 'today' } }), false, useless],
    ['a metric that is text', bad({ candidate: { metrics: { rmse: 'good' }, slices: {} } }), false, useless],
    ['a slice that is a list', bad({ candidate: { metrics: {}, slices: { q: [] } } }), false, useless],
    [
      'a slice without rows',
      bad({ candidate: { metrics: {}, slices: { q: { constructor: { metrics: {} } } } } }),
      false,
      useless,
    ],
    ['no candidate', bad({ candidate: null }), false, useless],
  ]
  it.each(rows)('%s', (_name, result, truncated, expected) => {
    expect(why(result, truncated)).toMatch(expected)
  })

  it('is kept as it is', () => {
    expect(readEvaluation({ model: 'm', version: '1' }, JSON.stringify(whole), false)).toEqual(whole)
    const alone = { dataset: { digest, rows: 2 }, candidate: measured }
    const text = JSON.stringify({ ...alone, champion: null })
    expect(readEvaluation({ model: 'm', version: '1' }, text, false)).toEqual(alone)
  })
})

it('has a notebook of one cell for each part', async () => {
  const source = await evaluatorSource()
  expect(source.split('\n')[0]).toBe('# Databricks notebook source')
  expect(source.split('# COMMAND ----------')).toHaveLength(4)
})

it('keeps of the rule what the numbers depend on', () => {
  const limits = { dataset: 'dbfs:/x.csv', minRows: 1, championOnSameData: true, timeoutSeconds: 60 }
  const whole = { label: 'y', task: 'regression', features: ['b', 'a'], time: 'Date' } as const
  const { label, task } = whole
  expect(measuredRule({ ...limits, ...whole, features: ['b', 'a'], cluster: 'Main' })).toEqual(whole)
  expect(measuredRule({ ...limits, label, task })).toStrictEqual({ label, task })
})

const ci = { GITLAB_CI: 'true', CI_COMMIT_SHA: commit }

describe.each(['workspace', 'mlflow'] as const)('evaluate, %s', (kind) => {
  it('fails on a failed check, says why, and keeps the evidence all the same', async () => {
    const { trained, asks, stage } = await openTraining(kind, choosing())
    await trained({ metrics: { rmse: 1, r2: 0.5 } })
    const { exit, data } = await asks('evaluate', [], ci)
    expect([exit, data.failure?.code]).toEqual([8, 'GATE_REFUSED'])
    expect(data.failure?.message).toContain('metrics.r2.min')
    expect((await stage.registry.version(stage.name, '1'))?.tags).toMatchObject({
      brickrail_verdict: 'failed',
      brickrail_commit: commit,
    })
  })

  it('that is stored is judged by the policy of today, without a write', async () => {
    const { trained, asks, harness } = await openTraining(kind, choosing())
    await trained()
    expect((await asks('evaluate', ['--stored'], ci)).data.result?.outputs).toEqual({ verdict: '' })
    await asks('evaluate', [], ci)
    const policy = readFileSync(join(harness.folder, 'pipelines/models/prices.yml'), 'utf8')
    harness.write('pipelines/models/prices.yml', policy.replace('min: 0.8', 'min: 0.95'))
    await harness.forget()
    const { exit, data } = await asks('evaluate', ['--stored'], ci)
    expect([exit, data.result?.outputs['verdict'], data.verdicts?.[0]?.verdict]).toEqual([
      0,
      'failed',
      'failed',
    ])
    const read = new Set(['runs/search', 'registered-models/get-latest-versions'])
    expect(
      writes(await harness.requests()).filter(({ path }) => ![...read].some((one) => path.endsWith(one))),
    ).toEqual([])
  })
})

it('warns where the policy only warns', async () => {
  const { trained, asks } = await openTraining('workspace', [...choosing(), 'mode: warn'])
  await trained({ metrics: { rmse: 1, r2: 0.5 } })
  expect((await asks('evaluate', [], ci)).exit).toBe(0)
})

it('leaves the evidence among the reports', async () => {
  const { trained, asks, harness } = await openTraining('workspace', choosing())
  await trained()
  const { data } = await asks('evaluate', [], { ...ci, BRICKRAIL_REPORTS: 'reports' })
  const read = (name: string) => readFileSync(join(harness.folder, 'reports', name), 'utf8')
  expect(JSON.parse(read('evidence-prices.json'))).toMatchObject({
    digest: data.result?.models[0]?.['evidence'],
    evidence: { commit, logged: { r2: 0.9 } },
    verdict: { verdict: 'passed' },
  })
  expect(read('evaluate.junit.xml')).toContain('metrics.r2.min')
  expect(read('evaluate.md')).toContain('metrics.r2.min')
})

it('says that the tags of a version were not set', async () => {
  const { trained, asks, harness } = await openTraining('workspace', choosing())
  await trained()
  const path = '/api/2.0/mlflow/model-versions/set-tag'
  await harness.control('faults', { method: 'POST', path, status: 200, body: {}, times: 9 })
  const { exit, data } = await asks('evaluate', [], ci)
  expect([exit, data.failure?.code]).toEqual([4, 'NOT_APPLIED'])
})

it('needs a version to be that of one model', async () => {
  const { asks } = await openTraining('workspace', choosing())
  expect((await asks('evaluate', ['--model', 'nobody'])).data.failure?.code).toBe('USAGE')
})

const measuring = [
  ...choosing(),
  'evaluation: { dataset: dbfs:/x.csv, label: y, task: regression, cluster: Main, timeout: 60 }',
]

it('needs a cluster that is deployed, and one that runs code', async () => {
  const { trained, asks, harness, stage } = await openTraining('workspace', measuring)
  const spec = readFileSync(join(harness.folder, 'pipelines/brickrail.yml'), 'utf8')
  harness.write('pipelines/brickrail.yml', `${spec}clusters: { Main: { spec: clusters/main.json } }\n`)
  const cluster = { spark_version: '17.3.x-scala2.13', node_type_id: 'Standard_DS3_v2', num_workers: 1 }
  harness.write('pipelines/clusters/main.json', JSON.stringify({ ...cluster, autotermination_minutes: 60 }))
  await trained()
  expect((await asks('evaluate', [], ci)).data.failure?.code).toBe('NOT_DEPLOYED')
  expect((await harness.run('deploy')).exit).toBe(0)
  const { exit, data } = await asks('evaluate', [], ci)
  expect([exit, data.failure?.code]).toEqual([8, 'EVALUATION_FAILED'])
  // Nothing was measured, so nothing is kept.
  expect((await stage.registry.version(stage.name, '1'))?.tags).toEqual({})
})
