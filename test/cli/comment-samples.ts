import type { VerdictNews } from '../../src/report/events.ts'
import type { Outcome } from '../../src/report/outcome.ts'
import { clusterChange, planOf } from '../report/samples.ts'

export const secret = 'dapi0123456789abcdef'

export const good: Outcome = {
  command: 'plan',
  ok: true,
  exit: 0,
  warnings: [],
  plan: planOf({ clusters: [clusterChange({ action: 'resize' })] }),
}
export const pending: Outcome = {
  ...good,
  ok: false,
  exit: 3,
  failure: { code: 'CHANGES_PENDING', message: '1 change(s) are pending', hint: 'deploy', faults: [] },
}
export const failed: Outcome = {
  command: 'plan',
  ok: false,
  exit: 5,
  warnings: [],
  failure: { code: 'UNAUTHENTICATED', message: `no ${secret}`, hint: 'make a new token', faults: [] },
}
export const cancelled: Outcome = {
  ...failed,
  exit: 4,
  failure: { code: 'INTERRUPTED', message: 'stopped', hint: '', faults: [] },
}

const refusedCheck = {
  check: 'metrics.r2.min',
  status: 'failed',
  found: `0.71 ${secret}`,
  wanted: '>= 0.8',
  code: 'BELOW_MIN',
  why: 'Model is not accurate, retrain the model!',
} as const
const newsOf = (model: string, allows: boolean): VerdictNews => ({
  title: `${model} version 7 to staging`,
  model,
  version: '7',
  place: 'staging',
  evidence: 'ab'.repeat(32),
  verdict: {
    verdict: allows ? 'passed' : 'failed',
    allows,
    mode: 'enforce',
    checks: allows ? [{ ...refusedCheck, status: 'passed', found: '0.9' }] : [refusedCheck],
  },
})
export const accepted: Outcome = {
  command: 'evaluate',
  ok: true,
  exit: 0,
  warnings: [],
  verdicts: [newsOf('prices', true)],
}
export const refused: Outcome = {
  command: 'evaluate',
  ok: false,
  exit: 8,
  warnings: [],
  verdicts: [newsOf('prices', true), newsOf('fraud', false)],
  failure: { code: 'GATE_REFUSED', message: 'fraud may not go to staging', hint: 'see above', faults: [] },
}
