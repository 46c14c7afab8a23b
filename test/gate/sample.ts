import { expect } from 'vitest'
import { checks as allChecks } from '../../src/gate/checks.ts'
import { judgeWith } from '../../src/gate/judge.ts'
import type { CheckResult, Evaluation, Evidence, Moment, Verdict } from '../../src/plan/state-evidence.ts'
import type { CheckRules, MetricRule, ModelPolicy, SliceRule } from '../../src/plan/state-policy.ts'

export const digest = 'ab12cd34ef56ab12cd34ef56ab12cd34ef56ab12cd34ef56ab12cd34ef56ab12'
export const commit = '1f2e3d4c5b6a79880716253443526170f0e1d2c3'

/** All that a verdict is made of, to be changed at will. */
export interface Sample {
  policy: ModelPolicy
  evidence: Evidence | undefined
  moment: Moment
}

/** One metric for every kind of rule, so that one can be spoilt without the others. */
export const metricRules: MetricRule[] = [
  { name: 'r2', min: 0.8, message: 'Model is not accurate, retrain the model!' },
  { name: 'rmse', max: 2.5 },
  { name: 'f1', direction: 'max', minRelativeGain: 0.01 },
  { name: 'mae', direction: 'min', maxRelativeLoss: 0.05 },
  { name: 'auc', direction: 'max', minAbsoluteGain: 0.02 },
  { name: 'mape', direction: 'min', maxAbsoluteLoss: 1 },
]

export const sliceRules: SliceRule[] = [
  { by: 'Quarter', metric: 'r2', direction: 'max', min: 0.7, minRows: 20 },
  { by: 'Region', metric: 'rmse', direction: 'min', max: 5, minRows: 20 },
  { by: 'Year', metric: 'rmse', direction: 'min', maxGap: 2, minRows: 20 },
]

const policy = (): ModelPolicy => ({
  key: 'stock',
  name: 'stock-price',
  file: 'pipelines/models/stock.yml',
  digest: 'p0',
  registry: { kind: 'workspace', names: 'stages' },
  mode: 'enforce',
  path: ['staging', 'production'],
  firstRelease: { allow: true, requiresApproval: true },
  candidate: { order: [], tieBreak: 'newest' },
  evaluation: {
    dataset: 'dbfs:/holdout.csv',
    label: 'Close',
    task: 'regression',
    minRows: 30,
    maxAgeHours: 24,
    championOnSameData: true,
    timeoutSeconds: 1800,
  },
  checks: {
    lineage: { require: ['commit', 'params', 'dataset'], commitMatchesPipeline: true, cleanTree: true },
    tests: { junit: ['unit', 'data'], minPassed: 2, maxSkipped: 1 },
    signature: { required: true, inputExample: true, compatibleWith: 'champion' },
    metrics: structuredClone(metricRules),
    data: { maxAgeHours: 720 },
    slices: structuredClone(sliceRules),
    tags: { require: { owner: null, risk: 'low' } },
    docs: {
      description: true,
      modelCard: {
        file: 'docs/model-card.md',
        sections: ['purpose', 'data'],
        found: ['Purpose', 'Data', 'More'],
      },
    },
  },
  approvals: {
    production: {
      required: 1,
      from: ['group:ml-leads', 'eve@x.example'],
      distinctFrom: ['training_run_user', 'committer'],
      validHours: 72,
      sources: ['transition_request', 'signed_file'],
    },
  },
  freeze: [{ cron: '0 0 * * 5', hours: 72, exceptRollback: false }],
  archive: true,
})

const evaluation = (): Evaluation => ({
  at: '2026-11-21T10:00:00Z',
  dataset: { path: 'dbfs:/holdout.csv', digest: 'd0', rows: 30, newest: '2026-11-01' },
  rule: { label: 'Close', task: 'regression' },
  candidate: {
    metrics: { r2: 0.8, rmse: 2.5, f1: 0.909, mae: 2.205, auc: 0.72, mape: 8 },
    slices: {
      Quarter: { Q1: { rows: 40, metrics: { r2: 0.7 } }, Q2: { rows: 20, metrics: { r2: 0.9 } } },
      Region: { north: { rows: 40, metrics: { rmse: 5 } }, south: { rows: 19, metrics: { rmse: 50 } } },
      Year: { 2024: { rows: 40, metrics: { rmse: 1.1 } }, 2025: { rows: 40, metrics: { rmse: 3.1 } } },
    },
  },
  champion: {
    version: '6',
    metrics: { r2: 0.7, rmse: 2.6, f1: 0.9, mae: 2.1, auc: 0.7, mape: 7 },
    slices: {},
  },
})

export const inputs =
  '[{"type": "double", "name": "a", "required": true}, {"type": "long", "name": "b", "required": true}]'
export const outputs = '[{"type": "tensor", "tensor-spec": {"dtype": "float64", "shape": [-1]}}]'

const evidence = (): Evidence => ({
  version: 1,
  model: {
    key: 'stock',
    name: 'stock-price',
    registry: 'workspace',
    version: '7',
    runId: 'r7',
    status: 'READY',
  },
  trainer: 'tom@x.example',
  committer: 'Cleo <cleo@x.example>',
  champion: { version: '6' },
  policy: 'p0',
  commit,
  at: '2026-11-21T10:01:00Z',
  lineage: { commit, params: '7 parameters', dataset: 'd0' },
  cleanTree: true,
  signature: { inputs, outputs },
  championSignature: { inputs, outputs },
  inputExample: true,
  logged: { r2: 0.1, rmse: 99 },
  evaluation: evaluation(),
  tests: ['unit', 'data'].map((suite) => ({
    suite,
    commit,
    digest: 'j0',
    tests: 3,
    passed: 2,
    failed: 0,
    skipped: 1,
  })),
  tags: { owner: 'ada', risk: 'low' },
  description: 'Prices of tomorrow',
})

const moment = (): Moment => ({
  place: 'production',
  action: 'promote',
  now: '2026-11-21T12:00:00Z',
  evidence: digest,
  holders: { staging: ['7'], production: ['6'] },
  candidate: { version: '7', status: 'READY', stage: 'Staging', aliases: [], tags: {} },
  approvals: [
    {
      user: 'ada@x.example',
      source: 'transition_request',
      evidence: digest,
      version: '7',
      place: 'production',
      at: '2026-11-21T11:00:00Z',
      groups: ['ml-leads'],
    },
  ],
  passed: { staging: 'e0' },
  protected: false,
  frozenUntil: undefined,
})

export type Change = (sample: Sample) => void

/** Every check is asked, and every one passes, most of them at their bounds. */
export const sampleOf = (change: Change = () => undefined): Sample => {
  const sample = { policy: policy(), evidence: evidence(), moment: moment() }
  change(sample)
  return sample
}

/** Of the evidence; a change that has taken it away cannot change it. */
export const ev = (sample: Sample): Evidence => {
  if (!sample.evidence) throw new Error('there is no evidence')
  return sample.evidence
}

export const evald = (sample: Sample): Evaluation => {
  const { evaluation: found } = ev(sample)
  if (!found) throw new Error('there is no evaluation')
  return found
}

/** Nothing is asked but these. */
export const only = (sample: Sample, rules: Partial<CheckRules>): void => {
  sample.policy.checks = { metrics: [], slices: [], ...rules }
}

/** Every result names a reason that its check declares, if and only if it did not pass. */
const judged = (sample: Sample, checks = allChecks): Verdict => {
  for (const check of checks) {
    for (const { code, status, why } of check.ask(sample)) {
      if (status === 'failed' || status === 'waiting') {
        expect(check.codes).toContain(code)
        expect(why).toBeTruthy()
      } else expect(code).toBeUndefined()
    }
  }
  return judgeWith(checks)(sample.policy, sample.evidence, sample.moment)
}

export const judgeSample = (change?: Change, checks = allChecks): Verdict => judged(sampleOf(change), checks)

/** The one result of this name. */
export const resultOf = (check: string, change?: Change): CheckResult => {
  const found = judgeSample(change).checks.filter((one) => one.check === check)
  if (found.length !== 1 || !found[0]) throw new Error(`${found.length} results of ${check}`)
  return found[0]
}

/** `passed`, `skipped`, `failed BELOW_MIN`, `waiting APPROVAL_MISSING`, or `none`: the check was not asked. */
export const answerOf = (check: string, change?: Change): string => {
  const found = judgeSample(change).checks.filter((one) => one.check === check)
  return (
    found.map(({ status, code }) => (code === undefined ? status : `${status} ${code}`)).join('; ') || 'none'
  )
}

/** A row of a table: what it is about, the change, the check, its answer. */
export type Row = [about: string, check: string, answer: string, change: Change]
